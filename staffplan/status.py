"""Was an einer Stelle auffällt: frei, überbesetzt, über der Bewertung, gesperrt, endet bald, Vermerk fällig."""

from __future__ import annotations

from datetime import date, timedelta

from staffplan import grades
from staffplan.state import Besetzung, Stelle

ZEICHEN = ("frei", "teilweise", "ueberbesetzt", "ueberwertig", "unterwertig", "gesperrt", "endet", "faellig",
           "ohne_produkt")  # fmt: skip


def marks(post: Stelle, day: date, horizon: int = 180) -> list[str]:
    """Auffälligkeiten einer Stelle an einem Tag; `horizon`: Tage voraus, die als bald gelten."""
    soon = day + timedelta(days=horizon)
    found = []
    if post.frei == post.anteil:
        found.append("frei")
    elif post.frei > 0:
        found.append("teilweise")
    elif post.frei < 0:
        found.append("ueberbesetzt")
    if any(over(post, one) for one in post.besetzungen):
        found.append("ueberwertig")
    if any(under(post, one) for one in post.besetzungen):
        found.append("unterwertig")
    if any(one.art == "sperre" and one.stands(day) for one in post.vermerke):
        found.append("gesperrt")
    ends = [post.befristet_bis, *(one.bis for one in post.besetzungen)]
    if any(end is not None and day <= end <= soon for end in ends):
        found.append("endet")
    if any(one.art in ("kw", "ku") and (one.acts(day) if one.termin else one.stands(day) and post.frei >= (
            one.teil or post.anteil)) for one in post.vermerke):
        found.append("faellig")
    if not post.verteilung:
        found.append("ohne_produkt")
    return found


def over(post: Stelle, held: Besetzung) -> bool:
    """Liegt die Gruppe der Person über der Stelle?"""
    return grades.above(grades.parse(held.gruppe), held.laufbahn, grades.parse(post.gruppe), post.laufbahn)


def under(post: Stelle, held: Besetzung) -> bool:
    """Liegt die Gruppe der Person unter der Stelle? Das ist erlaubt."""
    return grades.above(grades.parse(post.gruppe), post.laufbahn, grades.parse(held.gruppe), held.laufbahn)
