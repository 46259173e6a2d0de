"""Werte des Rechts, die zwei Personen für alle Arbeitgeber in Kraft gesetzt haben: dem Recht beigegeben.

Sie gehören zum Recht, nicht zum Menschen: jede Rechnung in der Sitzung eines Mandanten beachtet sie, ohne dass sie
gereicht werden. Gelesen werden sie je Sitzung einmal, beim ersten Mal, dass das Recht gebraucht wird.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select

from payroll.law import official
from payroll.law.engine.overlay import Overlay
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Rechtswert
from tenants.db.session import TenantSession, current_session

HELD = "amtliche_werte"
STATUS = "bestaetigt"


def values_known(session: TenantSession, known_at: datetime | None = None) -> official.Values:
    """Die Werte nach dem Kenntnisstand (leer: heute), alle Tage; eine Abfrage."""
    return values_at(session, (known_at,))[0]


def values_at(session: TenantSession, moments: Sequence[datetime | None]) -> list[official.Values]:
    """Die Werte nach mehreren Kenntnisständen; zusammen eine Abfrage."""
    with session.no_autoflush:
        rows = session.execute(
            select(Rechtswert.name, Rechtswert.valid_from, Rechtswert.valid_to, Rechtswert.wert, Rechtswert.tabelle,
                   Rechtswert.quelle, Rechtswert.recorded_at, Rechtswert.superseded_at)
            .where(or_(*(known(Rechtswert, moment) for moment in moments)), Rechtswert.vorschlag.is_not(None))
            .order_by(Rechtswert.name, Rechtswert.valid_from)).all()
    return [tuple(overlay(row.name, row, row.quelle) for row in rows if _known(row, moment)) for moment in moments]


def _known(row: Any, moment: datetime | None) -> bool:
    if moment is None:
        return row.superseded_at is None
    return bool(row.recorded_at <= moment and (row.superseded_at is None or row.superseded_at > moment))


def overlay(name: str, row: Any, quelle: str) -> Overlay:
    """Ein Wert, wie das Recht ihn nimmt; row: valid_from, valid_to, wert, tabelle."""
    value = plain(row.wert) if row.tabelle is None else tuple(plain(Decimal(text)) for text in row.tabelle)
    return Overlay(name, row.valid_from, value, quelle, row.valid_to, STATUS, amtlich=True)


def plain(value: Decimal) -> int | Decimal:
    """Eine ganze Zahl, wo es eine ist; sonst ohne Nullen am Ende."""
    return int(value) if value == int(value) else value.normalize()


def of_current_session() -> official.Values:
    """Die Werte der offenen Sitzung; ohne eine: keine."""
    session = current_session()
    if session is None:
        return ()
    if HELD not in session.info:
        session.info[HELD] = values_known(session)
    return session.info[HELD]  # type: ignore[no-any-return]  # set above


@contextmanager
def as_known_at(session: TenantSession, known_at: datetime | None) -> Iterator[None]:
    """Für eine Weile das Recht, wie es zu einem Zeitpunkt bekannt war."""
    with official.as_known(values_known(session, known_at)):
        yield


@contextmanager
def as_reckoned(session: TenantSession, known_at: datetime | None) -> Iterator[None]:
    """Das Recht eines Laufs: mit einem genannten Kenntnisstand das damals bekannte, sonst das heutige."""
    with nullcontext() if known_at is None else as_known_at(session, known_at):
        yield


official.provide(of_current_session)
