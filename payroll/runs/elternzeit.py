"""Teilzeit in der Elternzeit im Geburtsjahr: die Jahressonderzahlung folgt den Stunden davor (§ 20 Abs. 3 TVöD VKA).

Das Entgelt jedes Bemessungsmonats wird auf den Beschäftigungsumfang am Tag vor der Elternzeit umgerechnet, auch wenn
sich die Stunden in ihm ändern: gezählt werden die Wochenstunden jedes Tages mit Entgelt.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select

from payroll.law.calculate import law_of, rule_book
from payroll.law.engine import evaluate
from payroll.law.rules.entgelt.bemessung import OhneEntgelt
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Bezuegezuordnung, Fehlzeit
from tenants.db.session import TenantSession

DAY = timedelta(days=1)
TEILZEIT = "elternzeit_teilzeit"
RULE = "bemessung_elternzeit"


@dataclass(frozen=True)
class Elternteil:
    """Zeiten mit Teilzeit in der Elternzeit des Geburtsjahres, Wochenstunden am Tag vor ihr und die Eingruppierungen
    (Stunden in Hundertsteln)."""

    zeiten: tuple[tuple[date, date], ...]
    vorher: int
    zuordnungen: tuple[tuple[date, date, int], ...]

    def stunden(self, day: date) -> int:
        """Wochenstunden eines Tages."""
        return next((hours for first, last, hours in self.zuordnungen if first <= day <= last), 0)

    def betrifft(self, month: date) -> bool:
        """Ob im Monat Teilzeit in der Elternzeit liegt."""
        last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
        return any(first <= last and until >= month for first, until in self.zeiten)


def parental_part_time(session: TenantSession, year: int) -> dict[int, Elternteil]:
    """Wer im Jahr der Geburt in Elternzeit Teilzeit arbeitet; zwei Abfragen, die zweite nur, wenn es jemand tut."""
    last = date(year, 12, 31)
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(
            select(Fehlzeit.beschaeftigung_id, Fehlzeit.art, Fehlzeit.valid_from, Fehlzeit.valid_to,
                   Fehlzeit.kind_geboren_am)
            .where(known(Fehlzeit, None), Fehlzeit.art.in_((TEILZEIT, "elternzeit")), Fehlzeit.valid_from <= last,
                   Fehlzeit.kind_geboren_am.between(date(year, 1, 1), last)).order_by(Fehlzeit.valid_from)):
        rows[row.beschaeftigung_id].append(row)
    wanted = {number: own for number, own in rows.items() if any(row.art == TEILZEIT for row in own)}
    hours = _hours(session, wanted) if wanted else {}
    found = {}
    for number, own in wanted.items():
        grades = hours.get(number, ())
        before = next((value for first, until, value in grades if first <= own[0].valid_from - DAY <= until), 0)
        spans = tuple((row.valid_from, row.valid_to or last) for row in own if row.art == TEILZEIT)
        if before:
            found[number] = Elternteil(spans, before, grades)
    return found


def _hours(session: TenantSession, jobs: Mapping[int, Any]) -> dict[int, tuple[tuple[date, date, int], ...]]:
    found: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    for row in session.execute(
            select(Bezuegezuordnung.beschaeftigung_id, Bezuegezuordnung.valid_from, Bezuegezuordnung.valid_to,
                   Bezuegezuordnung.wochenstunden)
            .where(known(Bezuegezuordnung, None), Bezuegezuordnung.beschaeftigung_id.in_(jobs))
            .order_by(Bezuegezuordnung.valid_from)):
        found[row.beschaeftigung_id].append((row.valid_from, row.valid_to or date.max, int(row.wochenstunden * 100)))
    return {number: tuple(rows) for number, rows in found.items()}


def as_before(year: int, own: Elternteil, months: Mapping[int, int], absent: Sequence[OhneEntgelt]) -> dict[int, int]:
    """Die Entgelte der Monate (Cent), nach dem Umfang vor der Elternzeit, wo in ihr gearbeitet wird."""
    scaled = {number: cents for number, cents in months.items() if own.betrifft(date(year, number, 1))}
    given = []
    for number, cents in scaled.items():
        first = date(year, number, 1)
        days = [first + DAY * n for n in range(calendar.monthrange(year, number)[1])]
        paid = [day for day in days if own.stunden(day) and not any(one.von <= day <= one.bis for one in absent)]
        given.append({"bemessung_monat": cents, "stunden_vor_elternzeit": own.vorher,
                      "bemessung_monat_tage": len(paid), "bemessung_stundentage": sum(map(own.stunden, paid)) or 1})
    if not given:
        return dict(months)
    columns = {name: np.array([one[name] for one in given], dtype=np.int64) for name in given[0]}
    law = law_of(date(year, 11, 1), rule_book("entgelt"))
    amounts = evaluate(law, columns | {"elternzeit_teilzeit": np.ones(len(given), dtype=np.int64)},
                       (RULE,)).cents(RULE).tolist()
    return dict(months) | dict(zip(scaled, amounts, strict=True))
