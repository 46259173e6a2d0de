"""Offene Ansprüche, für die Rückstellungen gebildet werden: Urlaubstage zum Jahresende, Zeitguthaben an einem Tag."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from sqlalchemy import select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Bezuegezuordnung
from payroll.runs.zeiten.stock import load_stock
from tenants.db.session import TenantSession
from timekeeping.leave.account import accounts as leave_accounts
from timekeeping.leave.days import weekly
from timekeeping.own.account import balances
from timekeeping.own.plan import plans

ACCOUNT = "507"  # not confirmed against the official chart of accounts
WEEKS = 52


def open_days(session: TenantSession, year: int) -> dict[int, tuple[Fraction, Fraction]]:
    """Je Beschäftigung Urlaubstage, die am 31. Dezember offen bleiben, und ihre Arbeitstage je Woche."""
    last = date(year, 12, 31)
    held, found = plans(session, last, last), {}
    for job, stand in leave_accounts(session, load_stock(session), year, last).items():
        days = stand.frei + stand.beantragt - stand.geplant
        if stand.konto is not None and days > 0:
            found[job] = days, list(weekly(held.get(job), year))[-1][1]
    return found


def open_minutes(session: TenantSession, day: date) -> dict[int, tuple[int, Fraction]]:
    """Je Beschäftigung mit eigener Regelung das Guthaben an einem Tag (Minuten, über null) und ihre Wochenstunden."""
    hours = {row.beschaeftigung_id: Fraction(row.wochenstunden) for row in session.execute(
        select(Bezuegezuordnung.beschaeftigung_id, Bezuegezuordnung.wochenstunden)
        .where(known(Bezuegezuordnung, None), within(Bezuegezuordnung, day, day))) if row.wochenstunden}
    held = balances(session, dict.fromkeys(hours, day))
    return {job: (minutes, hours[job]) for job, minutes in sorted(held.items()) if minutes > 0}
