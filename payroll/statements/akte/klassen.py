"""Klassen der Personalakte: wer sie sieht, wer einreicht, ob ihr Text durchsucht wird, wie lange sie bleiben."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Klasse:
    """Eine Klasse. recht: zusätzlich nötiges Recht; selbst: Beschäftigte reichen ein; suche: der Text ist durchsuchbar;
    frist: wie lange sie bleibt, in Worten."""

    name: str
    titel: str
    frist: str
    selbst: bool = False
    suche: bool = True
    recht: str = ""


WITH_PERSON = "mit dem Personalstamm"
KLASSEN = (
    Klasse("vertrag", "Vertrag, Ernennung", WITH_PERSON),
    Klasse("bezuege", "Bezüge, Eingruppierung, Stufen", WITH_PERSON),
    Klasse("nachweis", "Zeugnisse, Nachweise, Urkunden", WITH_PERSON, selbst=True),
    Klasse("familie", "Familie, Kinder", WITH_PERSON, selbst=True),
    Klasse("antrag", "Anträge", WITH_PERSON, selbst=True),
    Klasse("schriftwechsel", "Schriftwechsel", WITH_PERSON),
    Klasse("gesundheit", "Krankheit, Gesundheit", "fünf Jahre nach dem Jahr des Dokuments", selbst=True, suche=False),
    Klasse("pfaendung", "Pfändung, Abtretung", "drei Jahre nach dem Jahr, in dem die letzte Forderung erledigt war",
           suche=False, recht="claim.read"),
)
BY_NAME = {one.name: one for one in KLASSEN}
NAMEN = tuple(BY_NAME)
SELBST = tuple(one for one in KLASSEN if one.selbst)


def readable(may: Callable[[str], bool]) -> tuple[Klasse, ...]:
    """Klassen, die jemand mit diesen Rechten am Schreibtisch sieht."""
    return tuple(one for one in KLASSEN if not one.recht or may(one.recht))
