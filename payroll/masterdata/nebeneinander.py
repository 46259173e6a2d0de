"""Was eine neue Tatsache neben den schon erfassten darf: Regeln zwischen zwei Zeilen derselben Tabelle."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Anlasszahlung, Zulagenanspruch
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.models.tarif import NACH_SCHICHT, UMWANDLUNGSTAG
from payroll.masterdata.refusals import FactError
from tenants.db.session import TenantSession


def one_day(model: type[Fact], values: dict[str, Any]) -> bool:
    """Ob die Tatsache genau einen Tag gilt, auch wenn niemand ihr Ende nennt."""
    return model is Anlasszahlung and values.get("art") == UMWANDLUNGSTAG


def demand_alone(session: TenantSession, model: type[Fact], valid_from: date, valid_to: date | None,
                 values: dict[str, Any]) -> None:
    """Weist einen zweiten Anspruch auf eine Zulage für Schichten im selben Zeitraum ab. Raises FactError."""
    if model is not Zulagenanspruch or values.get("art") not in NACH_SCHICHT:
        return
    other = session.scalars(
        select(Zulagenanspruch).where(
            known(Zulagenanspruch, None), within(Zulagenanspruch, valid_from, valid_to or date.max),
            Zulagenanspruch.beschaeftigung_id == values["beschaeftigung_id"],
            Zulagenanspruch.art.in_([art for art in NACH_SCHICHT if art != values["art"]]))
        .order_by(Zulagenanspruch.valid_from).limit(1)).one_or_none()
    if other is not None:
        until = f"bis {other.valid_to:%d.%m.%Y}" if other.valid_to else "ohne Ende"
        raise FactError(
            "zulagenanspruch: Wechselschicht- und Schichtzulage stehen nicht zugleich zu (§ 8 Abs. 5 und 6 TVöD); "
            f"erfasst ist „{other.art.replace('_', ' ')}“ ab {other.valid_from:%d.%m.%Y} {until}. Den erfassten "
            "Anspruch mit dem Tag davor beenden, dann den neuen erfassen.")
