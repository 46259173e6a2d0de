"""Angaben des Arbeitgebers zur Unfallversicherung, datiert: Träger, Unternehmernummer, Gefahrtarif, Höchstbetrag."""

from __future__ import annotations

import re
import uuid
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, or_, select

from payroll.filings.errors import FilingRefused
from payroll.masterdata.clocks import known
from payroll.masterdata.numbers import Unlesbar, betriebsnummer
from tenants import audit
from tenants.db.session import TenantSession
from tenants.models.tenant import TenantSetting

AREA = "unfallversicherung"


@dataclass(frozen=True)
class Unfallangaben:
    """Was der Bescheid des Unfallversicherungsträgers nennt.

    traeger: seine Betriebsnummer; unternehmernummer: 15 Ziffern (§ 136a SGB VII); gefahrtarifstelle: für alle, bei
    denen die Beschäftigung keine andere nennt; hoechstentgelt_cent: je Person und Jahr, 0 = ohne (§§ 81, 85 SGB VII);
    ohne_entgelt: der Beitrag richtet sich nicht nach dem Entgelt (UV-Grund A09).
    """

    traeger: str
    unternehmernummer: str
    gefahrtarifstelle: str
    hoechstentgelt_cent: int = 0
    ohne_entgelt: bool = False


def given_on(session: TenantSession, day: date) -> Unfallangaben | None:
    """Die Angaben eines Tages; None, wenn noch keine gemacht sind."""
    row = session.scalars(_valid(day).order_by(TenantSetting.valid_from.desc()).limit(1)).first()
    return Unfallangaben(**row.content) if row else None


def record(session: TenantSession, given: Unfallangaben, *, valid_from: date, reason: str) -> Unfallangaben:
    """Setzt die Angaben ab einem Tag, bis zum nächsten schon gesetzten; gemeldete Jahre werden dann berichtigt."""
    checked = _checked(given)
    if not reason.strip():
        raise FilingRefused("Grund fehlt; den Bescheid des Unfallversicherungsträgers nennen.")
    later = session.scalar(select(func.min(TenantSetting.valid_from)).where(
        known(TenantSetting, None), TenantSetting.area == AREA,  # type: ignore[arg-type]  # two clocks
        TenantSetting.valid_from > valid_from))
    for row in session.scalars(_valid(valid_from)).all():
        row.superseded_at = func.now()
        if row.valid_from < valid_from:
            _insert(session, row.valid_from, valid_from - timedelta(days=1), row.reason, Unfallangaben(**row.content))
    _insert(session, valid_from, later - timedelta(days=1) if later else None, reason.strip(), checked)
    audit.record(session, "unfallversicherung.gesetzt", f"einstellung:{AREA}",
                 {"valid_from": valid_from.isoformat(), **asdict(checked)}, reason.strip())
    return checked


def _checked(given: Unfallangaben) -> Unfallangaben:
    try:
        carrier = betriebsnummer(given.traeger)
    except Unlesbar as error:
        raise FilingRefused(f"Betriebsnummer des Unfallversicherungsträgers {error}") from error
    number = "".join(given.unternehmernummer.split())
    if not re.fullmatch(r"[0-9]{15}", number, re.ASCII):
        raise FilingRefused("Unternehmernummer: 15 Ziffern angeben (§ 136a SGB VII), wie im Bescheid.")
    if not re.fullmatch(r"[0-9]{1,8}", given.gefahrtarifstelle, re.ASCII):
        raise FilingRefused("Gefahrtarifstelle: ein bis acht Ziffern angeben, wie im Veranlagungsbescheid.")
    if given.hoechstentgelt_cent < 0:
        raise FilingRefused("Höchstbetrag: 0 (ohne) oder einen Betrag über 0 angeben.")
    return Unfallangaben(carrier, number, given.gefahrtarifstelle, given.hoechstentgelt_cent, given.ohne_entgelt)


def _valid(day: date) -> Select[tuple[TenantSetting]]:
    return select(TenantSetting).where(
        known(TenantSetting, None), TenantSetting.area == AREA,  # type: ignore[arg-type]  # two clocks
        TenantSetting.valid_from <= day, or_(TenantSetting.valid_to.is_(None), TenantSetting.valid_to >= day))


def _insert(session: TenantSession, first: date, last: date | None, reason: str, content: Unfallangaben) -> None:
    session.add(TenantSetting(public_id=uuid.uuid4(), valid_from=first, valid_to=last, reason=reason, area=AREA,
                              recorded_by=str(session.info["actor"]), content=asdict(content)))
    session.flush()
