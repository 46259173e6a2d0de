"""Blätter einer Datei finden und ihre Zeilen lesen: in der Arbeitsmappe am Titel, in einer CSV an der Kopfzeile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from payroll.masterdata.imports.blaetter.arten import BLAETTER, NACH_TITEL
from payroll.masterdata.imports.blaetter.blatt import Blatt
from payroll.masterdata.imports.columns import HINWEIS, ZEILE, normal
from payroll.masterdata.imports.zeilen import Zeile

OWN = {HINWEIS, ZEILE}


@dataclass
class Blatttabelle:
    """Ein gelesenes Blatt; `spalten` in der Reihenfolge der Datei."""

    blatt: Blatt
    spalten: list[str]
    zeilen: list[Zeile] = field(default_factory=list)


def blatt_by_title(title: str) -> Blatt | None:
    """Das Blatt mit diesem Titel, ohne Rücksicht auf Schreibweise."""
    return NACH_TITEL.get(normal(title))


def blatt_by_header(names: Sequence[str]) -> Blatt | None:
    """Das Blatt, dessen Spalten die Kopfzeile trägt: alle Pflichtspalten, keine fremde; sonst None."""
    given = {name for name in names if name} - OWN
    for blatt in sorted(BLAETTER, key=lambda one: -len(given & set(one.nach_name))):
        own = blatt.nach_name
        needed = {name for name, spalte in own.items() if spalte.pflicht and not spalte.schuetzenswert}
        if needed <= given <= set(own):
            return blatt
    return None
