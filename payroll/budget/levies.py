"""Datierte Zuschläge je Arbeitgeber, die keine Abrechnung kennt: Beihilfe, Versorgungsumlage, Leistungsentgelt.

Ein Zuschlag gilt je Beschäftigung und Monat für einen Personenkreis: fester Betrag oder Anteil am Gesamtbrutto.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import func, or_, select

from payroll.masterdata.clocks import known
from payroll.runs.whatif.massnahmen import SzenarioFehler
from tenants import audit
from tenants.db.session import TenantSession
from tenants.models.tenant import TenantSetting

AREA = "hochrechnung"
KREISE = ("beamte", "tarif", "alle")
MOST, MOST_CENTS, MOST_PERCENT = 12, 1_000_000, Decimal(100)
ACCOUNT = re.compile(r"[0-9]{2,9}")
TARIF = ("tarif", "auszubildende")


@dataclass(frozen=True)
class Zuschlag:
    """Ein Zuschlag; entweder `cent` je Monat oder `prozent` des Gesamtbruttos."""

    name: str
    konto: str
    kreis: str
    prozent: Decimal = Decimal(0)
    cent: int = 0

    def amount(self, art: str, brutto: int) -> int:
        """Der Betrag eines Monats (Cent), kaufmännisch gerundet."""
        if self.kreis != "alle" and art not in ((self.kreis,) if self.kreis == "beamte" else TARIF):
            return 0
        share = self.prozent * brutto / 100
        return self.cent + int((abs(share) + Decimal("0.5")) // 1) * (1 if share >= 0 else -1)


def on(session: TenantSession, day: date) -> tuple[Zuschlag, ...]:
    """Die Zuschläge, die an dem Tag gelten."""
    row = session.scalars(select(TenantSetting).where(
        known(TenantSetting, None), TenantSetting.area == AREA,  # type: ignore[arg-type]  # two clocks
        TenantSetting.valid_from <= day, or_(TenantSetting.valid_to.is_(None), TenantSetting.valid_to >= day))
        .order_by(TenantSetting.valid_from.desc()).limit(1)).first()
    return () if row is None else tuple(_of(one) for one in row.content["zuschlaege"])


def store(session: TenantSession, given: Sequence[Zuschlag], *, valid_from: date, reason: str) -> None:
    """Setzt alle Zuschläge ab einem Tag; spätere Fassungen entfallen."""
    check(given)
    if not reason.strip():
        raise SzenarioFehler("Zuschläge: Grund fehlt; angeben, worauf die Werte beruhen.")
    for row in session.scalars(select(TenantSetting).where(
            known(TenantSetting, None), TenantSetting.area == AREA,  # type: ignore[arg-type]  # two clocks
            or_(TenantSetting.valid_to.is_(None), TenantSetting.valid_to >= valid_from))).all():
        row.superseded_at = func.now()
        if row.valid_from < valid_from:
            _insert(session, row.valid_from, valid_from - timedelta(days=1), row.reason, row.content)
    content = {"zuschlaege": [asdict(one) | {"prozent": str(one.prozent)} for one in given]}
    _insert(session, valid_from, None, reason.strip(), content)
    audit.record(session, "hochrechnung.zuschlaege", f"einstellung:{AREA}",
                 {"valid_from": valid_from.isoformat(), "zahl": len(given)}, reason.strip())


def check(given: Sequence[Zuschlag]) -> None:
    """Prüft Zuschläge; wirft SzenarioFehler."""
    if len(given) > MOST:
        raise SzenarioFehler(f"Zuschläge: höchstens {MOST}; zusammenfassen.")
    for one in given:
        if not one.name.strip() or len(one.name) > 60:
            raise SzenarioFehler("Zuschlag: Name mit höchstens 60 Zeichen angeben.")
        if not ACCOUNT.fullmatch(one.konto):
            raise SzenarioFehler(f"Zuschlag {one.name}, Konto: zwei bis neun Ziffern angeben.")
        if one.kreis not in KREISE:
            raise SzenarioFehler(f"Zuschlag {one.name}, Kreis: einen von {', '.join(KREISE)} wählen.")
        if not 0 <= one.prozent <= MOST_PERCENT or not 0 <= one.cent <= MOST_CENTS or not (one.prozent or one.cent):
            raise SzenarioFehler(f"Zuschlag {one.name}: Prozent bis 100 oder Betrag bis 10.000 Euro angeben.")


def _of(raw: dict[str, Any]) -> Zuschlag:
    try:
        return Zuschlag(raw["name"], raw["konto"], raw["kreis"], Decimal(raw["prozent"]), int(raw["cent"]))
    except (KeyError, InvalidOperation) as error:
        raise SzenarioFehler("Zuschläge: die gespeicherten Werte sind unlesbar; neu setzen.") from error


def _insert(session: TenantSession, first: date, last: date | None, reason: str, content: dict[str, Any]) -> None:
    session.add(TenantSetting(public_id=uuid.uuid4(), valid_from=first, valid_to=last, reason=reason, area=AREA,
                              recorded_by=str(session.info["actor"]), content=content))
    session.flush()
