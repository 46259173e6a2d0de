"""Listen für Seiten und Befehle: Aufträge, ihre Zahlungen, Auftrag nach Kennung der Datei."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.models import Zahlung, Zahlungsauftrag
from tenants.db.session import TenantSession


def orders_of(session: TenantSession, month: date | None = None) -> Sequence[Zahlungsauftrag]:
    """Alle Aufträge, die jüngsten zuerst, auf Wunsch nur die eines Monats."""
    statement = select(Zahlungsauftrag).order_by(Zahlungsauftrag.monat.desc(), Zahlungsauftrag.nummer.desc())
    if month is not None:
        statement = statement.where(Zahlungsauftrag.monat == month)
    return session.scalars(statement).all()


def by_message(session: TenantSession, msg_id: str) -> Zahlungsauftrag:
    """Der Auftrag mit dieser Kennung der Datei."""
    row = session.scalars(select(Zahlungsauftrag).where(Zahlungsauftrag.msg_id == msg_id)).one_or_none()
    if row is None:
        raise FilingRefused(f"Einen Zahlungsauftrag „{msg_id}“ gibt es bei diesem Arbeitgeber nicht; Kennung aus der "
                            "Liste der Aufträge übernehmen.")
    return row


def payments_of(session: TenantSession, order: Zahlungsauftrag) -> Sequence[Zahlung]:
    """Die Zahlungen eines Auftrags in ihrer Reihenfolge."""
    return session.scalars(select(Zahlung).where(Zahlung.zahlungsauftrag_id == order.id)
                           .order_by(Zahlung.position)).all()
