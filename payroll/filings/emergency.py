"""Zahlungsdateien für das Notpaket: was für den letzten abgeschlossenen Monat schon zwei Menschen freigegeben haben."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from payroll.filings.models import Zahlungsauftrag
from payroll.filings.sepa import orders
from payroll.runs.models import Lauf
from tenants.db.session import TenantSession


def payment_files(session: TenantSession) -> dict[str, bytes]:
    """Freigegebene Dateien (pain.001) des letzten abgeschlossenen Monats nach Namen; leer, wenn es keine gibt."""
    last = session.scalar(select(func.max(Lauf.monat)).where(Lauf.zustand == "abgeschlossen"))
    rows = session.scalars(
        select(Zahlungsauftrag).options(undefer(Zahlungsauftrag.datei_siegel))
        .where(Zahlungsauftrag.monat == last, Zahlungsauftrag.zustand == "freigegeben",
               Zahlungsauftrag.datei_siegel.is_not(None))
        .order_by(Zahlungsauftrag.nummer))
    return {f"zahlungsdatei/{row.msg_id}.xml": orders.opened(session, row) for row in rows}
