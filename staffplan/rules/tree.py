"""Der Baum der Organisation: jede Einheit hat höchstens eine übergeordnete, und nie dreht sie sich im Kreis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from staffplan.rules import Refused


class Version(NamedTuple):
    """Fassung einer Einheit in einem Zeitraum."""

    nummer: str
    uebergeordnet: str | None
    ab: date
    bis: date | None


def check(versions: Sequence[Version]) -> None:
    """Prüft den Baum an jedem Tag, an dem sich etwas ändert; wirft Refused."""
    days = {one.ab for one in versions} | {_next(one.bis) for one in versions if one.bis and one.bis < date.max}
    for day in sorted(days):
        check_day({one.nummer: one.uebergeordnet for one in versions if one.ab <= day <= (one.bis or date.max)}, day)


def check_day(parents: Mapping[str, str | None], day: date) -> None:
    """Prüft den Baum an einem Tag: keine fehlende übergeordnete Einheit, kein Kreis."""
    sound: set[str] = set()
    for start in parents:
        path: list[str] = []
        at: str | None = start
        while at is not None and at not in sound:
            if at in path:
                loop = " → ".join([*path[path.index(at):], at])
                raise Refused(f"Organisationseinheit {start}, übergeordnete Einheit: am {day:%d.%m.%Y} dreht sich die "
                              f"Organisation im Kreis ({loop}); eine andere übergeordnete Einheit wählen.")
            if at not in parents:
                raise Refused(f"Organisationseinheit {path[-1]}, übergeordnete Einheit: {at} gibt es am "
                              f"{day:%d.%m.%Y} nicht; Einheit anlegen oder eine andere wählen.")
            path.append(at)
            at = parents[at]
        sound.update(path)


def ordered(parents: Mapping[str, str | None]) -> list[tuple[str, int]]:
    """Einheiten von oben nach unten mit ihrer Tiefe, Geschwister nach Nummer."""
    children: dict[str | None, list[str]] = {}
    for nummer, parent in sorted(parents.items()):
        children.setdefault(parent if parent in parents else None, []).append(nummer)
    found: list[tuple[str, int]] = []
    waiting = [(nummer, 0) for nummer in reversed(children.get(None, []))]
    while waiting:
        nummer, depth = waiting.pop()
        found.append((nummer, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(nummer, []))]
    return found


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
