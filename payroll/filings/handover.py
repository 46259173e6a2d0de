"""Übergabe der Buchungen an das Finanzverfahren: nur wenn Abrechnungen, Journal und Zahlungen dieselbe Summe haben."""

from __future__ import annotations

import hashlib
from datetime import date

from sqlalchemy import func, select

from payroll.filings.abrechnungen import printed
from payroll.filings.errors import FilingRefused
from payroll.filings.models import Zahlung, Zahlungsauftrag
from payroll.filings.sepa.collecting import OWN
from payroll.postings import exporting, service
from payroll.postings.accounts import accounts_on
from payroll.postings.errors import PostingRefused
from payroll.postings.exporting import Beleg, Profil
from payroll.postings.models import Journal
from payroll.postings.zeilen import condensed
from payroll.runs.models import Lauf
from tenants import audit
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant

KINDS = ("csv", "extf")


def hand_over(session: TenantSession, month: date, kind: str, *, profile: Profil | None = None, berater: int = 1001,
              mandant: int = 1) -> tuple[bytes, str]:
    """Die Datei und ihr Name; dieselben Angaben ergeben dieselben Bytes. Jede Ausgabe steht im Protokoll."""
    try:
        journal = service.find(session, month)
        demand_tie(session, journal)
        tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
        voucher = Beleg(tenant.number[:4], accounts_on(session, journal.monat)["gegen"], berater, mandant)
        rows = condensed(session, journal)
        content = (exporting.as_extf(journal, rows, voucher) if kind == "extf"
                   else exporting.as_csv(journal, rows, voucher, profile))
    except PostingRefused as refused:
        raise FilingRefused(str(refused)) from refused
    audit.record(session, "journal.ausgegeben", f"lauf:{journal.monat:%Y-%m}",
                 {"art": kind, "sha256": hashlib.sha256(content).hexdigest()})
    prefix = "EXTF_Buchungsstapel" if kind == "extf" else "buchungen"
    return content, f"{prefix}_{tenant.number}_{journal.monat:%Y-%m}.csv"


def demand_tie(session: TenantSession, journal: Journal) -> None:
    """Auszahlungen des Journals = Zahlungen des Auftrags (Datei und Liste), sonst keine Übergabe."""
    paid = session.execute(
        select(func.sum(Zahlung.betrag)).join(Zahlungsauftrag, Zahlungsauftrag.id == Zahlung.zahlungsauftrag_id)
        .where(Zahlungsauftrag.lauf_id == journal.lauf_id, Zahlungsauftrag.art == "lauf",
               Zahlungsauftrag.zustand != "zurueckgezogen", Zahlung.art.in_(OWN))).scalar()
    if paid is None:
        raise FilingRefused("Zu diesem Monat gibt es noch keinen Zahlungsauftrag: erst ihn erstellen, dann übergeben.")
    slips, cents = printed(session, session.scalars(select(Lauf).where(Lauf.id == journal.lauf_id)).one())
    if slips and cents != journal.netto:
        raise FilingRefused(f"Ausgestellte Abrechnungen ({cents} Cent) und Journal ({journal.netto} Cent) stimmen "
                            "nicht überein: nichts übergeben, die Verwaltung der Anwendung verständigen.")
    if int(paid) != journal.netto:
        raise FilingRefused(f"Zahlungen ({int(paid)} Cent) und Journal ({journal.netto} Cent) stimmen nicht überein: "
                            "nichts übergeben, die Verwaltung der Anwendung verständigen.")
