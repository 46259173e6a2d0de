"""Eingaben aus Formularen: deutsche Tage, Beträge, Zahlen und Monate; jeder Fehler nennt Regel und Abhilfe."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})|(\d{4})-(\d{2})-(\d{2})")
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})*(,\d+)?")
PLAIN = re.compile(r"[+-]?\d+([.,]\d+)?")
MAX_DIGITS = 12


class InputError(ValueError):
    """Die Eingabe passt nicht; der Text sagt, was erwartet wird."""


def day(text: str) -> date:
    """Tag als 01.11.2026 oder 2026-11-01."""
    found = DAY.fullmatch(text.strip())
    if found is None:
        raise InputError("Bitte als Tag.Monat.Jahr angeben, zum Beispiel 01.11.2026.")
    german, iso = found.groups()[:3], found.groups()[3:]
    year, month, day_ = (german[2], german[1], german[0]) if german[0] else iso
    try:
        value = date(int(year), int(month), int(day_))
    except ValueError:
        raise InputError(f"Den Tag {text.strip()} gibt es nicht. Bitte das Datum prüfen.") from None
    if not 1900 <= value.year <= 2199:
        raise InputError("Das Jahr muss zwischen 1900 und 2199 liegen.")
    return value


def month(text: str) -> date:
    """Monat als 2026-11; das Ergebnis ist der Monatserste."""
    found = MONTH.fullmatch(text)
    if found is None or not 1900 <= int(found[1]) <= 2199:
        raise InputError("Bitte den Monat als Jahr-Monat angeben, zum Beispiel 2026-11.")
    return date(int(found[1]), int(found[2]), 1)


def decimal(text: str, *, places: int) -> Decimal:
    """Zahl mit Komma (1.284,33) oder Punkt (1284.33), höchstens so viele Nachkommastellen."""
    bare = text.strip().replace("\u00a0", "").replace(" ", "").replace("\u2212", "-").removesuffix("€")
    if not bare.isascii() or len(bare) > MAX_DIGITS + places + 4:
        raise InputError("Bitte eine Zahl angeben, zum Beispiel 1.284,33.")
    if GROUPED.fullmatch(bare):
        value = Decimal(bare.replace(".", "").replace(",", "."))
    elif PLAIN.fullmatch(bare):
        value = Decimal(bare.replace(",", "."))
    else:
        raise InputError("Bitte eine Zahl angeben, zum Beispiel 1.284,33.")
    if -value.as_tuple().exponent > places:  # type: ignore[operator]  # finite by the patterns above
        raise InputError(f"Höchstens {places} Nachkommastellen angeben.")
    return value


def cents(text: str) -> int:
    """Betrag in Euro als ganze Cent."""
    return int(decimal(text, places=2).scaleb(2))


def whole(text: str) -> int:
    """Ganze Zahl."""
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text.strip()):
        raise InputError("Bitte eine ganze Zahl angeben.")
    return int(text)
