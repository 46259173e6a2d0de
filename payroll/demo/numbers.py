"""Invented identity numbers that pass their check digits; they belong to nobody."""

from __future__ import annotations

from datetime import date

from stdnum.de import idnr

# Position 1 to 12 of the insurance number, with the letter as two digits (§ 2 VKVV).
FACTORS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
AREA = "13"


def steuer_id(number: int) -> str:
    """A tax id of eleven digits: one digit twice, all others at most once, check digit by ISO 7064."""
    digits = [int(digit) for digit in f"{number:09d}"]
    chosen: list[int] = []
    for digit in [digits[0] % 9 + 1, *digits]:
        if digit not in chosen:
            chosen.append(digit)
    chosen += [digit for digit in range(10) if digit not in chosen]
    body = [*chosen[:9], chosen[number % 8]]
    base = "".join(map(str, body))
    return next(base + str(check) for check in range(10) if idnr.is_valid(base + str(check)))


def sv_nummer(born: date, name: str, number: int, area: str = AREA) -> str:
    """An insurance number: area, birthday, first letter, serial number, check digit."""
    letter = _letter(name)
    base = f"{area}{born:%d%m%y}{letter}{number % 99:02d}"
    digits = f"{base[:8]}{ord(letter) - 64:02d}{base[9:]}"
    check = sum(_cross(int(digit) * factor) for digit, factor in zip(digits, FACTORS, strict=True)) % 10
    return f"{base}{check}"


def _letter(name: str) -> str:
    """First Latin letter of the name without marks."""
    plain = {"Ä": "A", "Ö": "O", "Ü": "U", "Ç": "C", "Đ": "D", "Ł": "L", "Š": "S", "Ś": "S"}
    first = name.strip()[0].upper()
    first = plain.get(first, first)
    return first if "A" <= first <= "Z" else "X"


def _cross(number: int) -> int:
    return number // 10 + number % 10
