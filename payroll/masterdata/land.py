"""Das Land der Betriebsstätte: nach ihm richten sich Kirchensteuer und Rechengrößen der Monate.

Es hat keinen Tag: der Sitz einer Kommune zieht nicht in ein anderes Land, also gilt eine Berichtigung von Anfang an.
Sie hat aber einen Zeitpunkt, seit dem wir es wissen: der nächste Lauf rechnet damit jeden abgeschlossenen Monat nach,
und was mit der Kenntnis von früher nachgerechnet wird, rechnet mit dem Land von früher.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import func, select

from payroll.masterdata.clocks import known
from tenants import audit
from tenants.db import guard
from tenants.db.session import TenantSession, tenant_session
from tenants.models.tenant import Tenant, TenantSetting

AREA = "bundesland"
ALWAYS = date(1900, 1, 1)


def corrected(tenant: int, actor: str, before: str, after: str, reason: str) -> None:
    """Hält beim Arbeitgeber fest, dass sein Land falsch erfasst war, mit Grund in seinem Protokoll."""
    with tenant_session(tenant, actor=actor) as session:
        for row in session.scalars(select(TenantSetting).where(
                known(TenantSetting, None), TenantSetting.area == AREA)):  # type: ignore[arg-type]  # two clocks
            row.superseded_at = func.now()
        session.flush()
        session.add(TenantSetting(public_id=uuid.uuid4(), valid_from=ALWAYS, valid_to=None, reason=reason, area=AREA,
                                  recorded_by=actor, content={"bundesland": after, "vorher": before}))
        session.flush()
        audit.record(session, "arbeitgeber.land_berichtigt", f"einstellung:{AREA}",
                     {"bundesland": after, "vorher": before}, reason)


def known_land(session: TenantSession, known_at: datetime | None) -> str:
    """Das Land nach dem Kenntnisstand (None: heute); eine Abfrage."""
    current = Tenant.bundesland
    if known_at is not None:
        held = select(TenantSetting.content["bundesland"].astext).where(
            TenantSetting.area == AREA, known(TenantSetting, known_at)).limit(1)  # type: ignore[arg-type]  # two clocks
        first = select(TenantSetting.content["vorher"].astext).where(
            TenantSetting.area == AREA).order_by(TenantSetting.recorded_at, TenantSetting.id).limit(1)
        return session.scalars(select(func.coalesce(held.scalar_subquery(), first.scalar_subquery(), current)).where(
            Tenant.id == guard.tenant_of(session))).one()
    return session.scalars(select(current).where(Tenant.id == guard.tenant_of(session))).one()
