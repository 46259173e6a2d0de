"""Plan gegen Ist und Obligo: was gebucht ist, was aus bestehenden Verträgen noch kommt, was erwartet wird.

Ist eines Monats ist sein Journal; ist er abgeschlossen, aber noch nicht gebucht, die Summe seiner Abrechnungen, nach
denselben Gruppen des Aufwands (ohne eigene Konten einzelner Lohnarten).
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import Subquery, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from payroll.budget import kept
from payroll.budget.lines import GEBUNDEN, OTHER
from payroll.budget.models import Hochrechnung
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import BeschaeftigungAngaben
from payroll.postings.accounts import accounts_on
from payroll.postings.deriving import AT, EXPENSES, GRUPPEN, NEEDED, OWN, values_posted
from payroll.postings.models import Buchung, Journal
from payroll.postings.zeilen import zeilen
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.session import TenantSession

Betraege = dict[tuple[date, str], int]  # month, account: cents


@dataclass(frozen=True)
class Posten:
    """Ein Konto: Ansatz, Ist der abgeschlossenen Monate, Obligo und Erwartung der übrigen (Cent)."""

    konto: str
    ansatz: int
    ist: int
    obligo: int
    erwartet: int

    @property
    def voraussichtlich(self) -> int:
        """Womit am Ende zu rechnen ist."""
        return self.ist + self.obligo + self.erwartet

    @property
    def rest(self) -> int:
        """Was vom Ansatz bleibt; unter null: Überschreitung."""
        return self.ansatz - self.voraussichtlich


def paid(session: TenantSession, months: Sequence[date]) -> tuple[Betraege, dict[date, bool]]:
    """Ist je Monat und Konto; dazu je abgeschlossenem Monat, ob er gebucht ist."""
    closed = list(session.scalars(select(Lauf.monat).where(
        Lauf.zustand == "abgeschlossen", Lauf.monat.in_(months)).order_by(Lauf.monat)))
    booked = set(session.scalars(select(Journal.monat).where(Journal.monat.in_(closed))))
    found: Betraege = defaultdict(int)
    line = zeilen(Buchung.in_monat.in_(booked))
    for row in session.execute(
            select(line.c.in_monat, line.c.konto, func.sum(line.c.betrag).label("summe"))
            .join(Journal, Journal.lauf_id == line.c.lauf_id).where(line.c.schluessel.in_(EXPENSES))
            .group_by(line.c.in_monat, line.c.konto)):
        found[row.in_monat, row.konto] += int(row.summe)
    for month in closed:
        if month not in booked:
            for account, cents in _summed(session, month).items():
                found[month, account] += cents
    return found, {month: month in booked for month in closed}


def _summed(session: TenantSession, month: date) -> Mapping[str, int]:
    """Wie das Journal des Monats: seine Abrechnungen und was sein Lauf für frühere Monate nachberechnet hat."""
    accounts, found = accounts_on(session, month), defaultdict[str, int](int)
    cases: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(NEEDED, 0))
    for art, values in (*_own(session, month), *_later(session, month)):
        held = cases[art if art in OWN else next(kind for kind, key in OWN.items() if key == OTHER)]
        for name, cents in values.items():
            held[name] += cents
    sums = {group: np.array([sum(values[name] for name in names) for values in cases.values()], np.int64)
            for group, names in GRUPPEN.items()}
    made = values_posted(list(cases), sums, np.zeros((len(cases), len(EXPENSES)), np.int64))
    for key in sorted(EXPENSES):
        found[accounts[key]] += int(made[:, AT[key]].sum())
    return {account: cents for account, cents in found.items() if cents}


def _arts(month: date) -> Subquery:
    """Je Beschäftigung ihre letzte Art im Monat."""
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    return (select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art)
            .where(known(BeschaeftigungAngaben, None), within(BeschaeftigungAngaben, month, last))
            .ext(distinct_on(BeschaeftigungAngaben.beschaeftigung_id))
            .order_by(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.valid_from.desc()).subquery())


def _own(session: TenantSession, month: date) -> Iterator[tuple[str | None, dict[str, int]]]:
    arts = _arts(month)
    for row in session.execute(
            select(arts.c.art, *(func.sum(getattr(Ergebnis, name)).label(name) for name in NEEDED))
            .select_from(Ergebnis).join(Lauf, Lauf.id == Ergebnis.lauf_id)
            .outerjoin(arts, arts.c.beschaeftigung_id == Ergebnis.beschaeftigung_id)
            .where(Lauf.monat == month, Lauf.zustand == "abgeschlossen", Ergebnis.monat == month)
            .group_by(arts.c.art)):
        yield row.art, {name: int(getattr(row, name) or 0) for name in NEEDED}


def _later(session: TenantSession, month: date) -> Iterator[tuple[str | None, dict[str, int]]]:
    arts = _arts(month)
    for row in session.execute(
            select(arts.c.art, RueckrechnungZeile.name, func.sum(RueckrechnungZeile.betrag).label("summe"))
            .select_from(RueckrechnungZeile)
            .join(Rueckrechnung, Rueckrechnung.id == RueckrechnungZeile.rueckrechnung_id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .outerjoin(arts, arts.c.beschaeftigung_id == Rueckrechnung.beschaeftigung_id)
            .where(Lauf.monat == month, Lauf.zustand == "abgeschlossen", Rueckrechnung.art != "offen",
                   RueckrechnungZeile.bereich == "wert", RueckrechnungZeile.name.in_(NEEDED))
            .group_by(arts.c.art, RueckrechnungZeile.name)):
        yield row.art, {row.name: int(row.summe)}


def commitment(session: TenantSession, ansatz: Hochrechnung, lage: Hochrechnung
               ) -> tuple[list[Posten], dict[date, bool]]:
    """Je Konto Ansatz, Ist, Obligo und Erwartung über die Monate des Ansatzes; `lage`: die heutige Hochrechnung."""
    months = kept.months_of(ansatz)
    done, state = paid(session, months)
    wanted = {account: sum(by_month.values()) for account, by_month in kept.by_account(ansatz).items()}
    actual, bound, hoped = (defaultdict[str, int](int) for _ in range(3))
    for (_, account), cents in done.items():
        actual[account] += cents
    for (month, _, _, account, kind), cents in kept.lines_of(lage).items():
        if month in months and month not in state:
            (bound if kind == GEBUNDEN else hoped)[account] += cents
    accounts = sorted(wanted.keys() | actual.keys() | bound.keys() | hoped.keys())
    return [Posten(one, wanted.get(one, 0), actual[one], bound[one], hoped[one]) for one in accounts], state


def by_month(session: TenantSession, row: Hochrechnung) -> list[tuple[date, int, int | None]]:
    """Je Monat Plan und Ist (None, solange er nicht abgeschlossen ist)."""
    planned, (done, state) = kept.by_month(row), paid(session, kept.months_of(row))
    totals: dict[date, int] = defaultdict(int)
    for (month, _), cents in done.items():
        totals[month] += cents
    return [(month, planned.get(month, 0), totals[month] if month in state else None) for month in kept.months_of(row)]
