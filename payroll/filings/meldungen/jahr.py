"""Meldungen über ein ganzes Kalenderjahr: erst wenn der Dezember abgeschlossen ist."""

from __future__ import annotations

from datetime import date

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import werte
from tenants.db.session import TenantSession


def demand_december(session: TenantSession, month: date) -> int:
    """Das Jahr; ein anderer Monat als der abgeschlossene Dezember wird abgelehnt."""
    if month.month != 12:
        raise FilingRefused(f"{month.year}: gemeldet wird das ganze Jahr; den Dezember wählen, wenn er abgeschlossen "
                            "ist.")
    werte.closed_run(session, month)
    return month.year
