"""Sabbatical eines Falls: seine Abschnitte im Monat und der Anteil, nach dem sie bezahlt werden.

Der Anteil geht als Bruch in die Stunden ein (Zähler mal vereinbarte, Nenner mal volle Stunden): alles, was der
Arbeitszeit folgt, folgt ihm ohne Rundung dazwischen. Die wirklichen Stunden stehen mit den Zahlen daneben.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import Case

DAY = timedelta(days=1)
ANSPAREN, FREI = "Ansparphase", "Freistellungsphase"


@dataclass(frozen=True)
class Phase:
    """Anteil und Abschnitt; ohne Modell 1 von 1 und kein Text."""

    zaehler: int = 1
    nenner: int = 1
    text: str = ""


def phases(case: Case, facts: Facts, first: date, last: date) -> Iterator[tuple[date, date, Phase]]:
    """Teilt einen Zeitraum dort, wo ein Modell beginnt, endet oder die Freistellung wechselt."""
    rows = facts.tarif.models.get(case.job.anchor, ())
    cuts = {first, last + DAY}
    for row in rows:
        until = row.valid_to or last
        cuts |= {row.valid_from, until + DAY, row.freistellung_ab, (row.freistellung_bis or until) + DAY}
    days = sorted(day for day in cuts if first <= day <= last + DAY)
    for begin, following in pairwise(days):
        yield begin, following - DAY, phase_on(rows, begin)


def phase_on(rows: Any, day: date) -> Phase:
    """Der Abschnitt eines Tages."""
    for row in rows:
        if row.valid_from <= day <= (row.valid_to or day):
            free = row.freistellung_ab <= day <= (row.freistellung_bis or day)
            return Phase(row.anteil_zaehler, row.anteil_nenner, FREI if free else ANSPAREN)
    return Phase()


def scaled(grade: Any, phase: Phase) -> dict[str, Any]:
    """Stunden der Scheibe mit dem Anteil, dazu Anteil und Abschnitt."""
    return {"wochenstunden": int(grade.wochenstunden * 100) * phase.zaehler,
            "vollzeitstunden": int(grade.vollzeitstunden * 100) * phase.nenner,
            "modell_zaehler": phase.zaehler, "modell_nenner": phase.nenner, "modell": phase.text}


def special_case(case: Case, facts: Facts) -> Any | None:
    """Das Modell, das in diesem Monat als Störfall endet; Beamte haben kein Wertguthaben."""
    if case.danach or case.job.art not in ("tarif", "auszubildende"):
        return None
    rows = facts.tarif.models.get(case.job.anchor, ())
    return next((row for row in rows if row.stoerfall is not None and case.first <= row.valid_to <= case.last), None)


def announced(case: Case, facts: Facts) -> Iterator[Finding]:
    """Beginn des Modells mit seinem Anteil, Beginn der Freistellung, Störfall."""
    for row in facts.tarif.models.get(case.job.anchor, ()):
        if case.first <= row.valid_from <= case.last and row.valid_to is not None and row.stoerfall is None:
            yield from _share(case, row)
        if case.first <= row.freistellung_ab <= case.last:
            yield case.hint("sabbatical", f"Freistellungsphase des Sabbaticals ab {row.freistellung_ab:%d.%m.%Y}",
                            "Zeiterfassung und Zugänge ab diesem Tag prüfen")


def _share(case: Case, row: Any) -> Iterator[Finding]:
    """Gearbeitete durch alle Tage soll der Anteil sein; Abweichungen unter einem Prozent sind Kalendertage."""
    whole = (row.valid_to - row.valid_from).days + 1
    free = (min(row.freistellung_bis or row.valid_to, row.valid_to) - row.freistellung_ab).days + 1
    if abs((whole - free) * row.anteil_nenner - row.anteil_zaehler * whole) * 100 > whole * row.anteil_nenner:
        yield case.finding(
            "sabbatical",
            f"Anteil {row.anteil_zaehler}/{row.anteil_nenner} passt nicht zu {whole - free} gearbeiteten von {whole} "
            "Tagen; das Wertguthaben geht nicht auf (§ 7b SGB IV)",
            "Anteil oder Beginn und Ende der Freistellung mit der Vereinbarung vergleichen", left_out=False)
