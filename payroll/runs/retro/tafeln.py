"""Monate, die nach einer anderen mitgelieferten Tabelle bezahlt sind, als das Programm sie heute kennt.

Jeder Lauf hält fest, mit welchen Tabellen er gerechnet hat; seine Rückrechnung hat auch die Monate davor danach
gerechnet. Verglichen wird deshalb mit dem neuesten Lauf; bei Beschäftigungen, deren Rückrechnung damals offen blieb,
mit jedem. Unter Vorbehalt Gezahltes hat seinen eigenen Weg (:mod:`payroll.runs.retro.verkuendet`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select

from payroll.law.parameters.editions import Editions, differing, editions
from payroll.law.parameters.uploaded import FAMILIE
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Bezuegezuordnung, Familienzuschlag
from payroll.runs.retro.affected import Affected, Closed, Ursache, month_end
from tenants.db.session import TenantSession

TABLE, TITLE = "mitgelieferte_tabelle", "Mitgelieferte Entgelttabelle"
WHY = "Die mitgelieferte Tabelle {name} hat für diesen Monat andere Beträge als bei seiner Abrechnung"
Changed = dict[date, frozenset[str]]


def add_changed(session: TenantSession, closed: Closed, affected: Affected, known_at: datetime | None) -> None:
    """Merkt die Beschäftigungen vor, die nach solchen Tabellen bezahlt sind; keine Abfrage, wenn sich nichts geändert
    hat, sonst höchstens zwei.
    """
    if not closed.tables:
        return
    now = editions(month_end(closed.months[-1]))
    everyone = _changed(closed, now, [max(closed.tables)])
    late = _changed(closed, now, sorted(closed.tables)) if closed.pending else {}
    for job, name, begin, end in _holders(session, closed, {n for part in (everyone, late) for names in part.values()
                                                            for n in names}, known_at):
        for month, names in (late if job in closed.pending else everyone).items():
            if name in names and begin <= month_end(month) and end >= month:
                since = closed.since[month]
                affected.add(job, month, Ursache(TABLE, TITLE, f"{name} {month:%Y-%m}", month, month_end(month), since,
                                                 "programm", WHY.format(name=name)), since)


def _changed(closed: Closed, now: Editions, runs: list[date]) -> Changed:
    """Je abgeschlossenem Monat die Tarife, die in einem dieser Läufe (bis zu ihm gerechnet) anders waren."""
    found: Changed = {}
    for month in closed.months:
        names = frozenset(name for run in runs if run >= month
                          for name in differing(closed.tables[run], now, month_end(month)))
        if names:
            found[month] = names
    return found


def _holders(session: TenantSession, closed: Closed, names: set[str],
             known_at: datetime | None) -> Iterator[tuple[int, str, date, date]]:
    first, last = closed.months[0], month_end(closed.months[-1])
    for model, wanted in ((Bezuegezuordnung, names - {FAMILIE}), (Familienzuschlag, names & {FAMILIE})):
        if not wanted:
            continue
        statement = select(model).where(known(model, known_at), within(model, first, last))
        if model is Bezuegezuordnung:
            statement = statement.where(Bezuegezuordnung.tarifwerk.in_(wanted))
        for row in session.scalars(statement):
            name = row.tarifwerk if isinstance(row, Bezuegezuordnung) else FAMILIE
            yield row.beschaeftigung_id, name, row.valid_from, row.valid_to or last
