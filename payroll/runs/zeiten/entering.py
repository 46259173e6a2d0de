"""Stundensätze, die keine Quelle für alle Arbeitgeber nennt, trägt der Arbeitgeber selbst ein: datiert, mit Quelle."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Rechtswert
from payroll.masterdata.service import FactError, record_fact
from payroll.runs.books import STUNDENSAETZE
from tenants.db.session import TenantSession

MOST = {"euro": Decimal(500), "prozent": Decimal(300)}


def enter_rate(session: TenantSession, name: str, wert: Decimal, *, quelle: str, valid_from: date,
               valid_to: date | None = None, reason: str) -> Rechtswert:
    """Erfasst den Satz einer Stunde ab dem Ersten eines Monats; 0 nimmt ihn zurück. Raises FactError."""
    if name not in STUNDENSAETZE:
        raise FactError(f"Stundensatz „{name}“ gibt es nicht; erlaubt: {', '.join(STUNDENSAETZE)}.")
    if valid_from.day != 1:
        raise FactError("Stundensätze gelten für ganze Monate; bitte den Ersten eines Monats angeben.")
    most = MOST[STUNDENSAETZE[name]]
    if not 0 <= wert <= most:
        raise FactError(f"Stundensatz: erlaubt sind 0 bis {most}; Zahl und Einheit prüfen.")
    if not quelle.strip():
        raise FactError("Stundensatz: Quelle fehlt; Tarifvertrag, Dienstvereinbarung oder Beschluss mit Datum nennen.")
    return record_fact(session, Rechtswert, valid_from=valid_from, valid_to=valid_to, reason=reason, name=name,
                       wert=wert, quelle=quelle.strip())


def rates(session: TenantSession) -> list[Rechtswert]:
    """Alle heute bekannten Stundensätze des Arbeitgebers, nach Lohnart und Beginn."""
    return list(session.scalars(select(Rechtswert).where(
        known(Rechtswert, None), Rechtswert.name.in_(tuple(STUNDENSAETZE)), Rechtswert.vorschlag.is_(None))
        .order_by(Rechtswert.name, Rechtswert.valid_from)))
