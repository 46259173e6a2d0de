"""Einzelne Leistungen nach Stunden und durchgereichte Auslagen: erfassen, streichen, aufzählen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from payroll.verbund.errors import BillingRefused
from payroll.verbund.models import Kostenbescheid, Zusatzleistung, gilt
from tenants import audit
from tenants.db.session import TenantSession

MOST_HOURS, MOST_CENTS = 100_000, 100_000_000  # 1,000 hours in hundredths; a million euros


def record(session: TenantSession, *, tag: date, text: str, stunden: int = 0, betrag: int = 0) -> Zusatzleistung:
    """Erfasst Stunden (in Hundertsteln) oder eine Auslage (Cent); in abgerechneter Zeit geht nichts mehr."""
    if bool(stunden) == bool(betrag):
        raise BillingRefused("Leistung: entweder Stunden oder einen Betrag angeben.")
    if not text.strip() or len(text.strip()) > 200:
        raise BillingRefused("Leistung: mit 1 bis 200 Zeichen sagen, was geleistet wurde.")
    if not (0 <= stunden <= MOST_HOURS and abs(betrag) <= MOST_CENTS):
        raise BillingRefused("Leistung: höchstens 1.000 Stunden oder eine Million Euro auf einmal.")
    _open(session, tag)
    row = Zusatzleistung(tag=tag, art="stunden" if stunden else "auslage", text=text.strip(), menge=stunden or None,
                         betrag=betrag or None, erfasst_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    audit.record(session, "zusatzleistung.erfasst", f"zusatzleistung:{row.public_id}", {
        "tag": tag.isoformat(), "art": row.art, "menge": row.menge, "betrag": row.betrag})
    return row


def strike(session: TenantSession, number: uuid.UUID, *, reason: str) -> None:
    """Streicht eine noch nicht abgerechnete Leistung mit Grund."""
    row = session.scalars(select(Zusatzleistung).where(Zusatzleistung.public_id == number)).one_or_none()
    if row is None:
        raise BillingRefused("Leistung: gibt es hier nicht (mehr). Die Seite neu laden.")
    if not reason.strip():
        raise BillingRefused("Leistung: zum Streichen einen Grund angeben.")
    if row.gestrichen_von is None:
        _open(session, row.tag)
        row.gestrichen_von, row.gestrichen_grund = str(session.info["actor"]), reason.strip()
        session.flush()
        audit.record(session, "zusatzleistung.gestrichen", f"zusatzleistung:{row.public_id}", {}, reason.strip())


def all_of(session: TenantSession) -> Sequence[Zusatzleistung]:
    """Alle, die jüngste zuerst."""
    return session.scalars(select(Zusatzleistung).order_by(Zusatzleistung.tag.desc(), Zusatzleistung.id.desc())).all()


def _open(session: TenantSession, tag: date) -> None:
    held = session.scalars(select(Kostenbescheid.nummer).where(
        Kostenbescheid.art == "abrechnung", gilt(), Kostenbescheid.von <= tag,
        Kostenbescheid.bis >= tag)).first()
    if held is not None:
        raise BillingRefused(f"Leistung: der {tag:%d.%m.%Y} ist mit {held} abgerechnet; einen späteren Tag angeben.")
