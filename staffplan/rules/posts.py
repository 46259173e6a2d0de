"""Was eine Stelle für sich erfüllen muss: Gruppe und Laufbahn, Anteil, Verteilung, Erstattung, lückenlose Zeiträume."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from staffplan import grades, shares
from staffplan.rules import Refused
from staffplan.state import ALWAYS, Stelle, Vermerk


def check(stelle: Stelle, grid: int | None = None) -> None:
    """Prüft eine Stelle; `grid`: nur Vielfache von 1/grid sind erlaubt (2: ganze und halbe Stellen)."""
    try:
        grade = grades.parse(stelle.gruppe)
        if stelle.bewertung:
            grades.parse(stelle.bewertung)
    except grades.UnknownGrade as error:
        raise _refused(stelle.nummer, "Gruppe", str(error)) from error
    if (stelle.art == "planstelle") != grade.civil:
        kind = "Planstellen haben Besoldungsgruppen (A, B, R, W)" if stelle.art == "planstelle" else (
            "Stellen für Tarifbeschäftigte haben Entgeltgruppen (E, S, P)")
        raise _refused(stelle.nummer, "Gruppe", f"{kind}, angegeben ist {grade}; Art oder Gruppe berichtigen")
    if problem := grades.check_career(grade, stelle.laufbahn):
        raise _refused(stelle.nummer, "Laufbahngruppe", problem)
    check_share(stelle.nummer, stelle.anteil, grid)
    if (stelle.zulage or stelle.ausgesondert) and not grade.civil:
        raise _refused(stelle.nummer, "Zulage", "Amtszulage und Aussonderung gibt es nur bei Planstellen")
    if not stelle.bezeichnung.strip():
        raise _refused(stelle.nummer, "Bezeichnung", "fehlt; die Funktion der Stelle angeben")
    if stelle.befristet_bis is not None and stelle.befristet_bis < stelle.ab:
        raise _refused(stelle.nummer, "Befristung", "endet vor dem Beginn der Stelle; Tag berichtigen")


def check_share(nummer: str, share: Fraction, grid: int | None = None) -> None:
    """Ein Anteil liegt über 0 und höchstens bei 1; mit Raster ist er ein Vielfaches davon."""
    if not 0 < share <= 1:
        raise _refused(nummer, "Anteil", f"{shares.short(share)} liegt nicht zwischen 0 und 1; eine Stelle hat "
                       "höchstens den Umfang 1, mehr Umfang sind weitere Stellen")
    if grid is not None and (share * grid).denominator != 1:
        allowed = " und ".join(shares.short(Fraction(n, grid)) for n in range(1, grid + 1))
        raise _refused(nummer, "Anteil", f"{shares.short(share)} passt nicht in das Raster dieses Plans; erlaubt sind "
                       f"{allowed}")


def check_distribution(nummer: str, parts: Mapping[str, Fraction]) -> None:
    """Die Teile einer Stelle auf Produkte ergeben genau 1."""
    for product, part in parts.items():
        if not 0 < part <= 1:
            raise _refused(nummer, f"Produkt {product}", f"der Teil {shares.short(part)} liegt nicht zwischen 0 und 1")
    total = sum(parts.values(), Fraction(0))
    if parts and total != 1:
        word = "mehr" if total > 1 else "weniger"
        raise _refused(nummer, "Verteilung", f"die Teile ergeben {shares.exact(total)}, {word} als 1; Teile "
                       "berichtigen, bis die ganze Stelle verteilt ist")


def check_refinancing(nummer: str, parts: Iterable[tuple[str, Fraction, date, date | None]]) -> None:
    """An keinem Tag erstatten alle Quellen zusammen mehr als die ganze Stelle."""
    held = list(parts)
    for day in sorted({ab for _, _, ab, _ in held}):
        total = sum((part for _, part, ab, bis in held if ab <= day <= (bis or ALWAYS)), Fraction(0))
        if total > 1:
            raise _refused(nummer, "Erstattung", f"am {day:%d.%m.%Y} ergeben die Quellen zusammen "
                           f"{shares.exact(total)}, mehr als 1; Anteile berichtigen")


def check_no_gap(nummer: str, known: Iterable[tuple[date, date | None]], new_from: date) -> None:
    """Eine weggefallene Stelle lebt nicht mit einer Lücke wieder auf; sie bekommt eine neue Nummer."""
    held = sorted(known)
    if not held:
        return
    last = max((bis or ALWAYS) for _, bis in held)
    if new_from < held[0][0]:
        raise _refused(nummer, "gültig ab", f"liegt vor dem Beginn der Stelle ({held[0][0]:%d.%m.%Y}); Tag prüfen")
    if last < ALWAYS and new_from > date.fromordinal(last.toordinal() + 1):
        raise _refused(nummer, "gültig ab", f"die Stelle ist am {last:%d.%m.%Y} weggefallen, dazwischen bliebe eine "
                       "Lücke; eine neue Stelle mit eigener Nummer anlegen")


def check_note(stelle: Stelle, note: Vermerk) -> None:
    """kw und ku passen zur Stelle: der Teil ist nicht größer als sie, das Ziel liegt darunter."""
    if note.bis is not None and note.bis < note.ab:
        raise _refused(stelle.nummer, "Vermerk", "endet vor seinem Beginn; Zeitraum berichtigen")
    if note.art == "kw" and note.teil is not None and not 0 < note.teil <= stelle.anteil:
        raise _refused(stelle.nummer, "kw-Vermerk", f"der Teil {shares.short(note.teil)} ist größer als die Stelle")
    if note.art != "ku":
        return
    try:
        target, now = grades.parse(note.ziel_gruppe or ""), grades.parse(stelle.gruppe)
    except grades.UnknownGrade as error:
        raise _refused(stelle.nummer, "ku-Vermerk", str(error)) from error
    if problem := grades.check_career(target, note.ziel_laufbahn):
        raise _refused(stelle.nummer, "ku-Vermerk", problem)
    same = target.table == now.table and note.ziel_laufbahn == stelle.laufbahn
    if same and target.rank >= now.rank:
        raise _refused(stelle.nummer, "ku-Vermerk", f"{target} liegt nicht unter {now}; eine niedrigere Gruppe "
                       "angeben, Anhebungen beschließt der Plan")


def _refused(nummer: str, field: str, rule: str) -> Refused:
    return Refused(f"Stelle {nummer}, {field}: {rule}.")
