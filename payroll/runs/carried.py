"""Jahreswerte, die nicht in den abgeschlossenen Monaten dieser Beschäftigung stehen.

Vorträge aus der Zeit vor der ersten Abrechnung, der Arbeitslohn früherer Arbeitgeber und die Monate einer früheren
Beschäftigung derselben Person bei diesem Arbeitgeber (§ 23a Abs. 3 SGB IV: alle Beschäftigungen beim selben
Arbeitgeber im Kalenderjahr zählen).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Vortragswerte
from payroll.runs.models import Lauf
from tenants.db.session import TenantSession

Sums = dict[int, dict[str, int]]
AMOUNTS = {"sv_tage": "sv_tage", "sv_brutto_kv": "sv_brutto_kv_cent", "sv_brutto_rv": "sv_brutto_rv_cent",
           "steuerbrutto": "steuerbrutto_cent", "zv_steuerfrei": "zv_steuerfrei_cent"}


@dataclass
class Carried:
    """Vorträge je Jahr und Beschäftigung, frühere Beschäftigungen je Beschäftigung, erster abgeschlossener Monat."""

    rows: dict[int, Sums] = field(default_factory=lambda: defaultdict(dict))
    own: set[tuple[int, int]] = field(default_factory=set)
    before: dict[int, tuple[int, ...]] = field(default_factory=dict)
    first_closed: date | None = None

    def merge(self, sums: Sums, year: int, names: tuple[str, ...]) -> Sums:
        """Summen eines Jahres samt Vorträgen und früheren Beschäftigungen."""
        merged = {number: dict(values) for number, values in sums.items()}
        for number, carried in self.rows.get(year, {}).items():
            _add(merged.setdefault(number, dict.fromkeys(names, 0)), carried)
        whole = {number: dict(values) for number, values in merged.items()}
        for number, earlier in self.before.items():
            for one in earlier:
                if one in whole:
                    _add(merged.setdefault(number, dict.fromkeys(names, 0)), whole[one])
        return merged

    def missing(self, employment: int, entry: date, month: date) -> bool:
        """Ob Monate dieses Jahres fehlen: beschäftigt vor dem ersten abgeschlossenen Monat und kein Vortrag."""
        begin = max(entry, month.replace(month=1))
        return begin < (self.first_closed or month) and (employment, month.year) not in self.own


def _add(into: dict[str, int], amounts: dict[str, int]) -> None:
    for name, amount in amounts.items():
        into[name] = into.get(name, 0) + amount


def read_carried(session: TenantSession, month: date, known_at: datetime | None = None,
                 only: Collection[int] | None = None) -> Carried:
    """Vorträge dieses und des vorigen Jahres, Vorgänger und erster Monat; drei Abfragen, mit only vier.

    only: nur für diese Beschäftigungen (Nummern), zum Beispiel für eine Rückrechnung.

    Ein Vortrag gilt für sein Jahr, wenn er an dessen letztem Tag gilt: wer ihn beendet, nimmt ihn zurück.
    """
    carried = Carried(before=_predecessors(session, known_at, only), first_closed=session.scalar(
        select(func.min(Lauf.monat)).where(Lauf.zustand == "abgeschlossen", Lauf.monat >= month.replace(month=1, day=1),
                                           Lauf.monat < month)))
    columns = [getattr(Vortragswerte, column).label(name) for name, column in AMOUNTS.items()]
    statement = select(Vortragswerte.beschaeftigung_id, Vortragswerte.jahr, Vortragswerte.herkunft,
                       Vortragswerte.valid_from, Vortragswerte.valid_to, *columns)
    if only is not None:  # what a former employment carried in counts for the later one of the same person
        statement = statement.where(Vortragswerte.beschaeftigung_id.in_(
            {*only, *(other for ended in carried.before.values() for other in ended)}))
    rows = session.execute(
        statement.where(known(Vortragswerte, known_at), Vortragswerte.jahr.in_((month.year, month.year - 1))))
    for row in rows:
        last = date(row.jahr, 12, 31)
        if row.valid_from > last or (row.valid_to is not None and row.valid_to < last):
            continue
        amounts = {name: int(getattr(row, name)) for name in AMOUNTS}
        _add(carried.rows[row.jahr].setdefault(row.beschaeftigung_id, {}), amounts)
        if row.herkunft == "vorsystem":
            carried.own.add((row.beschaeftigung_id, row.jahr))
    return carried


def _predecessors(session: TenantSession, known_at: datetime | None,
                  only: Collection[int] | None) -> dict[int, tuple[int, ...]]:
    """Je Beschäftigung die früheren derselben Person, die vor ihrem Beginn endeten."""
    # All of them: a subquery for people with several jobs cost seconds on fresh tables (planner without statistics).
    statement = select(Beschaeftigung.person_id, Beschaeftigung.id, BeschaeftigungAngaben.eintritt,
                       BeschaeftigungAngaben.austritt)
    if only is not None:
        people = session.scalars(select(Beschaeftigung.person_id).where(Beschaeftigung.id.in_(only))).all()
        statement = statement.where(Beschaeftigung.person_id.in_(people))
    rows = session.execute(
        statement.join(BeschaeftigungAngaben, (BeschaeftigungAngaben.tenant_id == Beschaeftigung.tenant_id)
              & (BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id))
        .where(known(BeschaeftigungAngaben, known_at))
        .order_by(BeschaeftigungAngaben.valid_from))
    people: dict[int, dict[int, tuple[date, date | None]]] = defaultdict(dict)
    for row in rows:
        people[row.person_id][row.id] = (row.eintritt, row.austritt)
    found: dict[int, tuple[int, ...]] = {}
    for jobs in people.values():
        for number, (entry, _) in jobs.items() if len(jobs) > 1 else ():
            ended = [other for other, (_, left) in jobs.items() if left is not None and left < entry]
            if ended:
                found[number] = tuple(ended)
    return found
