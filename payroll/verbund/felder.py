"""Beträge und Stufen aus Feldern lesen; Mängel kommen in eine Liste statt als Abbruch."""

from __future__ import annotations

import re

from payroll.verbund.errors import at

AMOUNT = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{1,9})(?:,(\d{1,2}))?")


def amount(text: str, word: str, wrong: list[str], field: str = "") -> int:
    """Betrag mit Komma in Cent (oder Prozent in Hundertstel); leer ist null. field: an dem ein Mangel steht."""
    bare = text.strip().removesuffix("€").removesuffix("%").strip()
    if not bare:
        return 0
    found = AMOUNT.fullmatch(bare)
    if found is None:
        wrong.append(at(field, f"{word}: „{text.strip()[:20]}“ ist kein Betrag; zum Beispiel 11,50 angeben."))
        return 0
    return int(found[1].replace(".", "")) * 100 + int((found[2] or "").ljust(2, "0"))


def hundredths(value: int) -> str:
    """Cent (oder Hundertstel Prozent) mit Komma, so wie amount sie liest."""
    return f"{'-' if value < 0 else ''}{abs(value) // 100},{abs(value) % 100:02d}"


def tiers(text: str, wrong: list[str]) -> tuple[tuple[int, int], ...]:
    """Stufen „1: 11,50; 101: 9,80“: ab welchem Fall des Monats welcher Preis gilt; die erste beginnt bei 1."""
    found: list[tuple[int, int]] = []
    for part in (one for one in re.split(r"[;\n]", text) if one.strip()):
        start, colon, price = part.partition(":")
        if not colon or re.fullmatch(r"\d{1,6}", start.strip()) is None or not price.strip():
            wrong.append(at("staffel", f"Staffel: „{part.strip()[:30]}“; je Stufe „ab Fall: Preis“, dazwischen "
                                       "Semikolon."))
            continue
        found.append((int(start), amount(price, f"Staffel ab {start.strip()}", wrong, "staffel")))
    if [start for start, _ in found] != sorted({start for start, _ in found}) or not found or found[0][0] != 1:
        wrong.append(at("staffel", "Staffel: aufsteigend angeben, die erste Stufe beginnt bei Fall 1."))
    return tuple(found)
