"""Eine Lohnart oder Krankenkasse hinzufügen, die in der Grundausstattung fehlt."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from payroll.masterdata.models import Krankenkasse, KrankenkasseSatz, Lohnart, LohnartStand
from payroll.masterdata.numbers import Unlesbar, betriebsnummer
from payroll.masterdata.service import FactError, record_fact
from tenants.db.session import TenantSession


def add_wage_type(session: TenantSession, nummer: int, *, valid_from: date, reason: str, **stand: Any) -> Lohnart:
    """Legt eine Lohnart mit ihrer Wirkung an (Felder wie LohnartStand); eine vergebene Nummer ist ein Fehler."""
    if session.scalars(select(Lohnart).where(Lohnart.nummer == nummer)).first() is not None:
        raise FactError(f"Lohnart {nummer} gibt es schon; freie Nummer wählen oder ihren Stand ändern.")
    row = Lohnart(public_id=uuid.uuid4(), nummer=nummer, created_by=session.info["actor"])
    with session.begin_nested():
        session.add(row)
        session.flush()
        record_fact(session, LohnartStand, lohnart_id=row.id, valid_from=valid_from, reason=reason, **stand)
    return row


def add_fund(
    session: TenantSession,
    kuerzel: str,
    name: str,
    *,
    nummer: str | None,
    valid_from: date,
    quelle: str,
    reason: str,
    zusatzbeitrag: Decimal | None = None,
    u2_satz: Decimal | None = None,
) -> Krankenkasse:
    """Legt eine Krankenkasse mit Sätzen (Prozent) an; `nummer` ist die Betriebsnummer, ihre Prüfziffer wird geprüft."""
    if session.scalars(select(Krankenkasse).where(Krankenkasse.kuerzel == kuerzel)).first() is not None:
        raise FactError(f"Krankenkasse {kuerzel} gibt es schon; anderes Kürzel wählen oder ihren Satz ändern.")
    try:
        checked = betriebsnummer(nummer) if nummer else None
    except Unlesbar as error:
        raise FactError(f"Krankenkasse {kuerzel}: {error}") from error
    row = Krankenkasse(
        public_id=uuid.uuid4(), kuerzel=kuerzel, name=name, betriebsnummer=checked, created_by=session.info["actor"]
    )
    rates: dict[str, Any] = {"zusatzbeitrag": zusatzbeitrag, "u2_satz": u2_satz, "quelle": quelle}
    with session.begin_nested():
        session.add(row)
        session.flush()
        record_fact(session, KrankenkasseSatz, krankenkasse_id=row.id, valid_from=valid_from, reason=reason, **rates)
    return row
