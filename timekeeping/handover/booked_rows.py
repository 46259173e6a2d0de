"""Gebuchte Zeilen und eigene Zeiten nebeneinander, nach Person und Beginn."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from tenants.db.session import TenantSession
from timekeeping.models import ZeitZeile
from timekeeping.own.rows import own_rows
from timekeeping.selection import Auswahl, chosen

NO_TIME = datetime.max.replace(tzinfo=UTC)
READ = ("id", "zeile", "datei_id", "art", "beschaeftigung_id", "lohnart", "von", "bis", "monat", "beginn", "ende",
        "einheit", "menge", "betrag", "nachtrag")


def booked_between(session: TenantSession, first: date, last: date, auswahl: Auswahl = None) -> list[Any]:
    """Gebuchte Zeilen und eigene Zeiten, die einen Tag von first bis last berühren, nach Person und Beginn."""
    statement = select(*(getattr(ZeitZeile, name) for name in READ)).where(
        ZeitZeile.gebucht, ZeitZeile.von <= last, ZeitZeile.bis >= first,
        *chosen(ZeitZeile.beschaeftigung_id, auswahl))
    booked = session.execute(statement.order_by(ZeitZeile.id)).all()
    own = own_rows(session, first, last, auswahl, booked)
    return sorted([*booked, *own], key=lambda row: (row.beschaeftigung_id, row.von, row.beginn or NO_TIME, row.id))
