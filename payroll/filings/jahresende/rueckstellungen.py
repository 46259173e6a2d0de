"""Rückstellungen zum 31. Dezember: nicht genommener Urlaub und Zeitguthaben, bewertet mit den Kosten des Jahres.

Ein Urlaubstag ist ein 260stel der Jahreskosten (52 Wochen mit fünf Tagen), eine Stunde Zeitguthaben ein 52stel der
Jahreskosten durch die Wochenstunden. Jahreskosten: Gesamtbrutto und Anteile des Arbeitgebers der abgeschlossenen
Monate, auf zwölf Monate hochgerechnet. § 37 KomHVO NRW; die Kontonummer 507 ist nicht gegen den amtlichen Kontenrahmen
bestätigt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select

from payroll.filings.jahresende import lohnkonto
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung
from payroll.runs.values import EMPLOYER
from payroll.runs.zeiten.stock import load_stock
from tenants.db.session import TenantSession
from timekeeping.leave.account import accounts as leave_accounts
from timekeeping.own.account import flexitime
from timekeeping.own.models import ZeitRegelung

ACCOUNT = "507"
DAYS, WEEKS = 260, 52


@dataclass(frozen=True)
class Rueckstellung:
    """Betrag (Cent) einer Beschäftigung; `menge` in Hundertsteln eines Tags oder einer Stunde."""

    personalnummer: str
    art: str
    menge: int
    jahreskosten: int
    betrag: int


def provisions(session: TenantSession, year: int) -> list[Rueckstellung]:
    """Alle Rückstellungen eines Jahres nach Personalnummer; negative Guthaben bilden keine."""
    last = date(year, 12, 31)
    jobs = {row.id: row.personalnummer for row in session.execute(
        select(Beschaeftigung.id, Beschaeftigung.personalnummer))}
    costs = {one.personalnummer: yearly_costs(one) for one in lohnkonto.accounts(session, year)}
    found = []
    for number, stand in leave_accounts(session, load_stock(session), year, last).items():
        days = stand.frei + stand.beantragt - stand.geplant
        cost = costs.get(jobs[number], 0)
        if stand.konto is not None and days > 0 and cost:
            found.append(Rueckstellung(jobs[number], "urlaub", int(days * 100), cost,
                                       int(cost * days / DAYS + Fraction(1, 2))))
    hours = {row.beschaeftigung_id: row.wochenstunden for row in session.execute(
        select(Bezuegezuordnung.beschaeftigung_id, Bezuegezuordnung.wochenstunden)
        .where(known(Bezuegezuordnung, None), within(Bezuegezuordnung, last, last)))}
    for number in session.scalars(select(ZeitRegelung.beschaeftigung_id).where(
            known(ZeitRegelung, None), ZeitRegelung.valid_from <= last).distinct()
            .order_by(ZeitRegelung.beschaeftigung_id)):
        konto, week, cost = flexitime(session, number, last), hours.get(number), costs.get(jobs[number], 0)
        if konto is None or konto.saldo <= 0 or not week or not cost:
            continue
        amount = Fraction(cost * konto.saldo, 60 * WEEKS) / Fraction(week) + Fraction(1, 2)
        found.append(Rueckstellung(jobs[number], "zeitguthaben", konto.saldo * 100 // 60, cost, int(amount)))
    return sorted(found, key=lambda one: (one.personalnummer, one.art))


def yearly_costs(konto: lohnkonto.Lohnkonto) -> int:
    """Kosten des Arbeitgebers in Cent, auf zwölf Monate hochgerechnet."""
    if not konto.monate:
        return 0
    total = sum(konto.summe(name) for name in ("gesamtbrutto", *EMPLOYER))
    return total * 12 // len(konto.monate)
