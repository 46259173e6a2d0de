"""Betriebsprüfungen der Rentenversicherung (§ 28p SGB IV): bis wann Entgeltunterlagen geprüft sind.

Aufzubewahren ist bis zum Ablauf des auf die letzte Prüfung folgenden Kalenderjahres (§ 28f Abs. 1 Satz 1 SGB IV).
"""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select

from tenants import audit
from tenants.db.session import TenantSession
from tenants.models.tenant import TenantSetting
from tenants.retention.errors import DeletionRefused

AREA = "betriebspruefung"


def record_inspection(session: TenantSession, *, covers_until: date, closed_on: date, reason: str) -> None:
    """Hält eine beendete Prüfung fest: geprüft bis (Tag), beendet am (Bescheid oder Schlussbesprechung)."""
    if not reason.strip():
        raise DeletionRefused("Betriebsprüfung: Grund fehlt; das Aktenzeichen des Bescheids angeben.")
    if covers_until > closed_on:
        raise DeletionRefused("Betriebsprüfung: geprüft sein kann nichts nach ihrem Ende.")
    session.add(TenantSetting(
        public_id=uuid.uuid4(), valid_from=closed_on, area=AREA, content={"bis": covers_until.isoformat()},
        recorded_by=str(session.info["actor"]), reason=reason.strip()))
    session.flush()
    audit.record(session, "betriebspruefung.erfasst", f"einstellung:{AREA}",
                 {"bis": covers_until, "beendet": closed_on}, reason.strip())


def released_until(session: TenantSession, day: date) -> date | None:
    """Letzter Tag, dessen Entgeltunterlagen am Stichtag nicht mehr wegen der Prüfung bleiben; None: keiner."""
    rows = session.execute(
        select(TenantSetting.valid_from, TenantSetting.content)
        .where(TenantSetting.area == AREA, TenantSetting.superseded_at.is_(None)))
    ended = [date.fromisoformat(row.content["bis"]) for row in rows if row.valid_from.year + 1 < day.year]
    return max(ended, default=None)
