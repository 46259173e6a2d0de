"""Was einer Forderung noch geschuldet wird: ihr Konto aus Erfasstem und dem, was Läufe einbehalten haben."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select

from payroll.law.rules.pfaendung.konto import Konto
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Pfaendung
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Lauf
from tenants.db.session import TenantSession

Key = tuple[int, int]  # person, number of the claim
Months = dict[date, int]


@dataclass
class Konten:
    """Einbehalte abgeschlossener Läufe und fällige Monatsbeträge je Forderung; dazu, was dieser Lauf schon vergibt.

    origin: dasselbe nach dem Monat, zu dem das Entgelt gehört, je Beschäftigung (für Nachzahlungen).
    """

    month: date
    paid: dict[Key, Months] = field(default_factory=lambda: defaultdict(dict))
    due: dict[Key, Months] = field(default_factory=lambda: defaultdict(dict))
    origin: dict[tuple[int, int, date], int] = field(default_factory=dict)
    given: dict[Key, int] = field(default_factory=lambda: defaultdict(int))

    def owed(self, person: int, claim: Any, until: date) -> int | None:
        """Cent, die am Ende des Monats ``until`` offen sind, bevor dieser Lauf zahlt; leer: ohne Grenze."""
        account = self.account(person, claim, until)
        return None if account is None else max(account.offen - self.given[person, claim.nummer], 0)

    def account(self, person: int, claim: Any, until: date) -> Konto | None:
        """Das Konto nach Kosten, Zinsen und Hauptforderung (§ 367 BGB)."""
        key = (person, claim.nummer)
        if claim.hauptforderung_cent is None and not self.due.get(key):
            return None
        start = Konto(claim.hauptforderung_cent or 0, claim.zinsen_cent, claim.kosten_cent)
        return _run_through(start, claim, self.due.get(key, {}), self.paid.get(key, {}), until,
                            claim.gezahlt_vorher_cent)

    def overpaid(self, person: int, claim: Any, until: date) -> int:
        """Cent, die mehr einbehalten sind, als geschuldet war (die Forderung wurde später niedriger)."""
        key = (person, claim.nummer)
        if claim.hauptforderung_cent is None:
            return 0
        owed = Konto(claim.hauptforderung_cent, claim.zinsen_cent, claim.kosten_cent)
        total = _run_through(owed, claim, self.due.get(key, {}), {}, until).offen
        return max(sum(self.paid.get(key, {}).values()) + claim.gezahlt_vorher_cent - total, 0)


def _run_through(account: Konto, claim: Any, due: Mapping[date, int], paid: Mapping[date, int], until: date,
                 credit: int = 0) -> Konto:
    """Monat für Monat: Zinsen, fälliger Monatsbetrag, Zahlung; was zu viel gezahlt ist, zählt auf das Folgende."""
    account, credit = _less(account, credit)
    rate = Fraction(claim.zinssatz) / 100 if claim.zinssatz is not None else Fraction(0)
    interest_from = claim.zinsen_ab
    for month in sorted({m for m in (*due, *paid) if m <= until} | {until.replace(day=1)}):
        last = month_end(month)
        if rate and interest_from <= last:
            account = account.mit_zinsen(rate, interest_from, last)
            interest_from = last + timedelta(days=1)
        account = replace(account, hauptforderung=account.hauptforderung + due.get(month, 0))
        account, credit = _less(account, credit + paid.get(month, 0))
    return account


def _less(account: Konto, cents: int) -> tuple[Konto, int]:
    used = min(cents, account.offen)
    return account.mit_zahlung(used)[0], cents - used


def month_end(month: date) -> date:
    """Letzter Tag des Monats."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def read(session: TenantSession, month: date, claims: Mapping[int, Iterable[Any]],
         known_at: datetime | None = None) -> Konten:
    """Konten aller Forderungen dieser Personen vor dem Lauf ``month``; zwei Abfragen, ohne Forderungen keine."""
    konten = Konten(month)
    people = sorted(claims)
    if not people:
        return konten
    rows = session.execute(
        select(Einbehalt.person_id, Einbehalt.nummer, Einbehalt.beschaeftigung_id, Einbehalt.monat,
               Lauf.monat.label("lauf"), func.sum(Einbehalt.betrag).label("summe"))
        .join(Lauf, Lauf.id == Einbehalt.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Lauf.monat < month, Einbehalt.person_id.in_(people))
        .group_by(Einbehalt.person_id, Einbehalt.nummer, Einbehalt.beschaeftigung_id, Einbehalt.monat, Lauf.monat))
    for row in rows:
        months = konten.paid[row.person_id, row.nummer]
        months[row.lauf] = months.get(row.lauf, 0) + int(row.summe)
        place = (row.beschaeftigung_id, row.nummer, row.monat)
        konten.origin[place] = konten.origin.get(place, 0) + int(row.summe)
    _monthly(session, month, claims, known_at, konten)
    return konten


def _monthly(session: TenantSession, month: date, claims: Mapping[int, Iterable[Any]], known_at: datetime | None,
             konten: Konten) -> None:
    """Laufender Unterhalt: jeder Monat mit dem Betrag, der an seinem letzten Tag gilt."""
    people: Collection[int] = [p for p, own in claims.items() if any(one.monatsbetrag_cent for one in own)]
    if not people:
        return
    rows = session.execute(
        select(Pfaendung.person_id, Pfaendung.nummer, Pfaendung.valid_from, Pfaendung.valid_to,
               Pfaendung.monatsbetrag_cent)
        .where(known(Pfaendung, known_at), Pfaendung.person_id.in_(people), Pfaendung.valid_from <= month_end(month)))
    for row in rows:
        at = row.valid_from.replace(day=1)
        while at <= month:
            last = month_end(at)
            if row.valid_from <= last and (row.valid_to is None or row.valid_to >= last) and row.monatsbetrag_cent:
                konten.due[row.person_id, row.nummer][at] = row.monatsbetrag_cent
            at = last + timedelta(days=1)
