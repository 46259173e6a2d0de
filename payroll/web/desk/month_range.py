"""Welche Monate sich aufschlagen lassen: vom ersten bekannten bis zum Januar des nächsten Jahres."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import BeschaeftigungAngaben, LohnartStand
from payroll.runs.models import Lauf
from tenants.db.session import TenantSession


def last_month(today: date) -> date:
    """Der letzte Monat, den man vorbereiten kann: Januar des nächsten Jahres."""
    return date(today.year + 1, 1, 1)


def first_month(session: TenantSession, today: date) -> date:
    """Der erste bekannte Monat eines Mandanten; eine Abfrage.

    Der erste gerechnete, sonst der erste mit einer Beschäftigung, sobald Lohnarten gelten; ohne alles der laufende.
    """
    starts = [
        select(func.min(model.valid_from)).where(known(model, None)).scalar_subquery()
        for model in (BeschaeftigungAngaben, LohnartStand)
    ]
    run, job, wage_types = session.execute(select(select(func.min(Lauf.monat)).scalar_subquery(), *starts)).one()
    employed = max(job, wage_types) if job and wage_types else None
    return min(day for day in (run, employed, today) if day is not None).replace(day=1)


def reachable(session: TenantSession, month: date, today: date) -> bool:
    """Ob es diesen Monat bei diesem Mandanten zu sehen gibt."""
    return first_month(session, today) <= month <= last_month(today)


def neighbours(month: date, first: date, last: date) -> tuple[date | None, date | None]:
    """Voriger und folgender Monat; None, wo das Blättern endet."""
    previous, following = (month - timedelta(days=1)).replace(day=1), (month + timedelta(days=32)).replace(day=1)
    return (previous if previous >= first else None), (following if following <= last else None)
