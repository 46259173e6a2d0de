"""Fälle anlegen, wenn ein Lauf abgeschlossen wird, der Überzahltes zurückholt; mit Fristen je Monat."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from payroll.law.rules.besoldung.zahlung import verjaehrt_am
from payroll.law.rules.entgelt.fristen import ausschlussfrist
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben
from payroll.masterdata.wiedervorlage import Vorgabe, create
from payroll.runs.models import Lauf
from payroll.runs.retro.booking import Buchung
from payroll.runs.retro.reading import Nachberechnung, of_run
from payroll.runs.retro_models import RueckrechnungAuszahlung
from payroll.runs.ueberzahlung.models import Ueberzahlung
from tenants import audit
from tenants.db.session import TenantSession

VORLAUF = timedelta(days=30)
BEAMTE = "§ 15 LBesG NRW, §§ 812, 195, 199 BGB"
TARIF = "§ 37 Abs. 1 TVöD, § 812 BGB"


def open_cases(session: TenantSession, lauf: Lauf) -> int:
    """Legt für jede Beschäftigung mit Überzahlung in diesem Lauf einen Fall an; gibt ihre Zahl. Ohne solche: eine
    Abfrage."""
    back = session.scalar(select(func.count()).select_from(RueckrechnungAuszahlung).where(
        RueckrechnungAuszahlung.lauf_id == lauf.id, RueckrechnungAuszahlung.rueckrechnung < 0))
    if not back:
        return 0
    found = [one for one in of_run(session, lauf) if not one.offen and one.brutto < 0 and one.auszahlung < 0]
    held = set(session.scalars(select(Ueberzahlung.beschaeftigung_id).where(Ueberzahlung.monat == lauf.monat)))
    jobs = {row.id: row for row in session.execute(
        select(Beschaeftigung.id, Beschaeftigung.person_id).where(
            Beschaeftigung.id.in_([one.beschaeftigung_id for one in found])))}
    kinds = _kinds(session, list(jobs))
    new = [one for one in found if one.beschaeftigung_id not in held]
    for one in new:
        _open(session, lauf, one, jobs[one.beschaeftigung_id].person_id, kinds.get(one.beschaeftigung_id, "tarif"))
    return len(new)


def _open(session: TenantSession, lauf: Lauf, one: Nachberechnung, person: int, status: str) -> None:
    months = [_month(booking, status) for booking in one.monate if booking.art == "entstehung"
              and (booking.betrag("gesamtbrutto") or booking.betrag("auszahlung"))]
    case = Ueberzahlung(person_id=person, beschaeftigung_id=one.beschaeftigung_id, monat=lauf.monat, status=status,
                        brutto=-one.brutto, netto=-one.auszahlung, monate=months,
                        recorded_by=str(session.info["actor"]))
    session.add(case)
    session.flush()
    audit.record(session, "ueberzahlung.angelegt", f"ueberzahlung:{case.public_id}", {
        "monat": f"{lauf.monat:%Y-%m}", "netto": case.netto, "brutto": case.brutto})
    first = min(date.fromisoformat(month["frist"]) for month in months)
    create(session, [Vorgabe(
        person, max(first - VORLAUF, lauf.monat), f"Überzahlung {one.personalnummer}: schriftlich geltend machen, die "
        f"erste Frist endet am {first:%d.%m.%Y}", "ueberzahlung", f"ueberzahlung:{case.public_id}",
        BEAMTE if status == "beamte" else TARIF, one.beschaeftigung_id)])


def _month(booking: Buchung, status: str) -> dict[str, Any]:
    """Ein Monat: was zu viel war (Cent), warum, wann es fällig war und bis wann es geltend zu machen ist."""
    own = ausschlussfrist(booking.monat)
    until = verjaehrt_am(booking.monat) - timedelta(days=1) if status == "beamte" else own.bis
    return {"monat": booking.monat.isoformat(), "brutto": -booking.betrag("gesamtbrutto"),
            "netto": -booking.betrag("auszahlung"), "faellig": own.faellig.isoformat(), "frist": until.isoformat(),
            "ursachen": sorted({f"{cause.titel}: {cause.grund}" for cause in booking.ursachen})}


def _kinds(session: TenantSession, jobs: list[int]) -> dict[int, str]:
    rows = session.execute(
        select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art)
        .where(BeschaeftigungAngaben.beschaeftigung_id.in_(jobs), BeschaeftigungAngaben.superseded_at.is_(None))
        .order_by(BeschaeftigungAngaben.valid_from))
    return {row.beschaeftigung_id: row.art for row in rows}
