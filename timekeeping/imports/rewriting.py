"""Ein Profil mit anderen Zuordnungen: der Aufbau bleibt, wie er ist."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import tomli_w

from timekeeping.imports import profile
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.profile import Zuordnung


def remapped(text: str, *, schluessel: Sequence[Zuordnung], personen: Mapping[str, str],
             einheiten: Mapping[str, str], mandant: str, bestaetigung: bool | None = None) -> str:
    """Wortlaut des Profils mit diesen Zuordnungen; bestaetigung None: wie bisher.

    Raises ImportFehler, wenn sie sich widersprechen.
    """
    _clear(schluessel)
    given: dict[str, Any] = tomllib.loads(text)
    for name in ("schluessel", "personen", "einheiten", "mandant"):
        given.pop(name, None)
    if mandant:
        given["mandant"] = mandant
    if bestaetigung is not None:
        given["bestaetigung"] = bestaetigung
    tables: dict[str, Any] = {}
    if personen:
        tables["personen"] = dict(sorted(personen.items()))
    if einheiten:
        tables["einheiten"] = dict(sorted(einheiten.items()))
    if schluessel:
        tables["schluessel"] = [_row(one) for one in schluessel]
    made = tomli_w.dumps(given | tables)
    profile.parse(made)
    return made


def _row(one: Zuordnung) -> dict[str, Any]:
    days = {name: day for name, day in (("von", one.von), ("bis", one.bis)) if day is not None}
    return {"fremd": one.fremd, "eigen": one.eigen, **days}


def _clear(rows: Sequence[Zuordnung]) -> None:
    """Ein fremder Schlüssel heißt an jedem Tag nur eines."""
    for at, one in enumerate(rows):
        if one.von and one.bis and one.bis < one.von:
            raise ImportFehler(f"Schlüssel „{one.fremd}“: das Ende liegt vor dem Beginn", "Tage prüfen")
        for other in rows[at + 1 :]:
            apart = ((one.bis and other.von and one.bis < other.von)
                     or (other.bis and one.von and other.bis < one.von))
            if one.fremd == other.fremd and not apart:
                raise ImportFehler(f"Schlüssel „{one.fremd}“ ist für denselben Tag zweimal zugeordnet",
                                   "Zeiträume trennen oder eine Zeile leeren")
