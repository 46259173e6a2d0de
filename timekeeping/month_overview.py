"""Ein Zeitmonat über alle Personen: Stunden, Tage, Befunde; feste Zahl von Abfragen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from tenants.db.session import TenantSession
from timekeeping.handover.booked_rows import booked_between
from timekeeping.handover.quantities import presence
from timekeeping.imports.keys import ARBEITSZEIT
from timekeeping.models import ZeitZeile
from timekeeping.own.extra import orders
from timekeeping.own.frame import frame_findings
from timekeeping.own.plan import plans
from timekeeping.person_month import WEEK, Lebenslage, law_findings
from timekeeping.rules.clock import Span, days_of, each_day
from timekeeping.rules.findings import Befund
from timekeeping.rules.holidays import ist_feiertag
from timekeeping.rules.months import month_end


@dataclass(frozen=True)
class Personenmonat:
    """Eine Beschäftigung im Monat; ohne den Durchschnitt von 24 Wochen, den zeigt die Seite der Person."""

    beschaeftigung_id: int
    minuten: int
    arbeitstage: int
    abwesend: int
    feiertagsarbeit: bool
    befunde: list[Befund]


def overview(session: TenantSession, month: date, people: Mapping[int, Lebenslage]) -> list[Personenmonat]:
    """Alle Beschäftigungen mit gebuchten Zeiten im Monat; feste Zahl von Abfragen."""
    first, last = month, month_end(month)
    rows = booked_between(session, first - 2 * WEEK, last + 2 * WEEK)
    before = _sundays(session, first)
    rules, given = plans(session, first, last), orders(session, first, last)
    found = []
    for employment, own in groupby(rows, key=lambda row: row.beschaeftigung_id):
        held = list(own)
        if any(row.von <= last and row.bis >= first for row in held):
            lage = people.get(employment, Lebenslage())
            laws = law_findings(held, first, last, lage, before.get(employment, 0))
            laws += frame_findings(rules.get(employment), held, given[employment].anordnungen if employment in given
                                   else (), first, last)
            found.append(_summed(employment, held, first, last, laws))
    return found


def _summed(employment: int, rows: list[Any], first: date, last: date, laws: list[Befund]) -> Personenmonat:
    days: dict[date, int] = defaultdict(int)
    absent: set[date] = set()
    for row in rows:
        if row.art == "abwesenheit":
            absent |= set(each_day(max(row.von, first), min(row.bis, last)))
        elif row.art == "stempel" and row.lohnart == ARBEITSZEIT:
            for part in presence(row)[1]:
                _add(days, part)
    inside = {day: count for day, count in days.items() if first <= day <= last}
    return Personenmonat(employment, sum(inside.values()), len(inside), len(absent),
                         any(ist_feiertag(day) for day in inside), laws)


def _add(days: dict[date, int], part: Span) -> None:
    for day, piece in days_of(part):
        days[day] += piece.minuten


def _sundays(session: TenantSession, first: date) -> dict[int, int]:
    rows = session.execute(
        select(ZeitZeile.beschaeftigung_id, func.count(func.distinct(ZeitZeile.von)))
        .where(ZeitZeile.gebucht, ZeitZeile.art == "stempel", ZeitZeile.von >= date(first.year, 1, 1),
               ZeitZeile.von < first - WEEK, func.extract("isodow", ZeitZeile.von) == 7)
        .group_by(ZeitZeile.beschaeftigung_id))
    return {row[0]: row[1] for row in rows}
