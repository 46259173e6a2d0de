"""Stempel: Kommen und Gehen zu einer Arbeitszeit, in einer Zeile oder als einzelne Buchungen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from timekeeping.imports.moments import lasting
from timekeeping.imports.problems import Unlesbar
from timekeeping.imports.rows import Eintrag

LONGEST = 24 * 3600
PAIRED = 16 * 3600
KOMMEN = {"k", "ko", "kommen", "kommt", "ein", "in", "beginn", "come", "b1"}
GEHEN = {"g", "ge", "gehen", "geht", "aus", "out", "ende", "go", "b2"}


def finish(entry: Eintrag, start: datetime, end: datetime, pause: int) -> None:
    """Trägt Anfang, Ende und die Zeit dazwischen ohne Pause ein."""
    length = lasting(start, end)
    if not 0 < length <= LONGEST:
        raise Unlesbar("Gehen liegt nicht nach dem Kommen oder mehr als 24 Stunden danach", "Stempel prüfen")
    if pause >= length:
        raise Unlesbar("Die Pause ist so lang wie die Anwesenheit", "Pause prüfen")
    entry.beginn, entry.ende, entry.einheit = start, end, "sekunden"
    entry.menge = Decimal(length - pause)
    entry.von, entry.bis = start.date(), (end - timedelta(seconds=1)).date()


@lru_cache(maxsize=64)
def direction(text: str) -> bool:
    """Wahr: Kommen; falsch: Gehen."""
    low = text.strip().lower()
    if low in KOMMEN:
        return True
    if low in GEHEN:
        return False
    raise Unlesbar("Richtung ist weder Kommen noch Gehen", "K oder G schreiben")


def pair(events: Iterable[tuple[Eintrag, bool]]) -> None:
    """Macht aus einzelnen Buchungen Paare; die Eingänge behalten ihre Stelle, verbrauchte Gehen bekommen 0 Zeilen.

    Was allein bleibt, wird zurückgestellt. Ein Gehen gehört zum Kommen davor, wenn höchstens 16 Stunden vergehen.
    """
    by_person: dict[str, list[tuple[Eintrag, bool]]] = {}
    for entry, comes in events:
        by_person.setdefault(entry.personalnummer, []).append((entry, comes))
    for stamped in by_person.values():
        stamped.sort(key=lambda one: (one[0].beginn, one[1], one[0].zeile))
        opened: Eintrag | None = None
        for entry, comes in stamped:
            if comes:
                _alone(opened, "ein Kommen ohne Gehen", "fehlendes Gehen nachtragen")
                opened = entry
            elif opened is None or not 0 < lasting(opened.beginn, entry.beginn) <= PAIRED:
                _alone(opened, "ein Kommen ohne Gehen", "fehlendes Gehen nachtragen")
                _alone(entry, "ein Gehen ohne Kommen", "fehlendes Kommen nachtragen")
                opened = None
            else:
                finish(opened, opened.beginn, entry.beginn, 0)
                opened.quellzeilen, entry.quellzeilen, opened = 2, 0, None
        _alone(opened, "ein Kommen ohne Gehen", "fehlendes Gehen nachtragen")


def _alone(entry: Eintrag | None, grund: str, abhilfe: str) -> None:
    if entry is not None:
        entry.zurueckstellen(grund, abhilfe)
