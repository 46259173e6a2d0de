"""Bescheide als Datei; jeder Abruf steht im Protokoll."""

from __future__ import annotations

from payroll.verbund import bescheid_pdf, xrechnung
from payroll.verbund.errors import BillingRefused
from payroll.verbund.models import Kostenbescheid
from payroll.verbund.schritte import digest, subject
from tenants import audit
from tenants.db.session import TenantSession


def pdf(session: TenantSession, row: Kostenbescheid) -> bytes:
    """Der Bescheid als PDF; vor der Freigabe steht „Entwurf“ darauf."""
    _intact(row)
    audit.record(session, "kostenbescheid.pdf", subject(row), {"nummer": row.nummer})
    return bescheid_pdf.render(row.inhalt, row.faellig, released=row.zustand == "freigegeben")


def invoice(session: TenantSession, row: Kostenbescheid) -> bytes:
    """Die XRechnung eines freigegebenen Bescheids."""
    _intact(row)
    if row.zustand != "freigegeben":
        raise BillingRefused(f"{row.nummer}: die XRechnung gibt es erst nach der Freigabe durch eine zweite Person.")
    content = xrechnung.written(row.inhalt, row.faellig.isoformat())
    audit.record(session, "kostenbescheid.xrechnung", subject(row), {"nummer": row.nummer})
    return content


def _intact(row: Kostenbescheid) -> None:
    if digest(row.inhalt) != row.sha256:
        raise BillingRefused(f"{row.nummer}: der Inhalt passt nicht zu seiner Prüfsumme; nicht verwenden, die "
                             "Verwaltung der Anwendung verständigen.")
