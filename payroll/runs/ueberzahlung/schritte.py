"""Schritte eines Falls: anhören, geltend machen, Einwand, Billigkeit mit zweiter Person, Raten, Zahlung, Abschluss."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from payroll.masterdata.models import Darlehen
from payroll.masterdata.service import FactError, record_fact
from payroll.runs.models import Lauf
from payroll.runs.retro_models import RueckrechnungAuszahlung
from payroll.runs.ueberzahlung.models import MINDERN, Ueberzahlung, UeberzahlungSchritt
from tenants import audit
from tenants.db.session import TenantSession


class UeberzahlungError(ValueError):
    """Der Schritt geht so nicht; der Text nennt Regel und Abhilfe."""


@dataclass(frozen=True)
class Fallstand:
    """Ein Fall mit seinen Schritten; offen: was bei der Beschäftigung noch einzubehalten ist (Cent)."""

    fall: Ueberzahlung
    schritte: Sequence[UeberzahlungSchritt]
    offen: int

    @property
    def geltend_gemacht(self) -> date | None:
        """Wann die Forderung in Textform geltend gemacht wurde."""
        return next((one.am for one in self.schritte if one.art == "geltendmachung"), None)

    @property
    def abgeschlossen(self) -> bool:
        """Ob der Fall beendet ist."""
        return any(one.art == "abschluss" for one in self.schritte)

    @property
    def vorschlag(self) -> UeberzahlungSchritt | None:
        """Ein Vorschlag zum Erlass, über den noch niemand entschieden hat."""
        decided = {one.angaben.get("vorschlag") for one in self.schritte if one.art == "erlass"}
        return next((one for one in reversed(self.schritte) if one.art == "erlass_vorschlag"
                     and str(one.public_id) not in decided), None)

    @property
    def erste_frist(self) -> date:
        """Die früheste Frist der Monate."""
        return min(date.fromisoformat(one["frist"]) for one in self.fall.monate)

    def verfallen(self, today: date) -> list[dict[str, Any]]:
        """Monate, deren Frist verstrichen ist, ohne dass vorher geltend gemacht wurde."""
        asserted = self.geltend_gemacht
        return [one for one in self.fall.monate
                if (asserted or today) > date.fromisoformat(one["frist"])]


def read(session: TenantSession, public_id: uuid.UUID, *, lock: bool = False) -> Fallstand | None:
    """Ein Fall; None, wenn es ihn bei diesem Mandanten nicht gibt."""
    statement = select(Ueberzahlung).where(Ueberzahlung.public_id == public_id)
    case = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    return None if case is None else _standing(session, [case])[0]


def cases(session: TenantSession) -> list[Fallstand]:
    """Alle Fälle, die jüngsten zuerst; vier Abfragen."""
    return _standing(session, session.scalars(
        select(Ueberzahlung).order_by(Ueberzahlung.monat.desc(), Ueberzahlung.id)).all())


def _standing(session: TenantSession, found: Sequence[Ueberzahlung]) -> list[Fallstand]:
    steps: dict[int, list[UeberzahlungSchritt]] = {one.id: [] for one in found}
    for step in session.scalars(select(UeberzahlungSchritt).where(UeberzahlungSchritt.fall_id.in_(steps))
                                .order_by(UeberzahlungSchritt.id)):
        steps[step.fall_id].append(step)
    left = open_amounts(session, {one.beschaeftigung_id for one in found})
    return [Fallstand(one, steps[one.id], left.get(one.beschaeftigung_id, 0)) for one in found]


def open_amounts(session: TenantSession, jobs: set[int]) -> dict[int, int]:
    """Was nach dem letzten abgeschlossenen Lauf und allen Schritten danach noch offen ist, je Beschäftigung (Cent)."""
    last = session.scalar(select(func.max(Lauf.monat)).where(Lauf.zustand == "abgeschlossen"))
    if last is None:
        return {}
    carried = {row.beschaeftigung_id: -int(row.uebertrag) for row in session.execute(
        select(RueckrechnungAuszahlung.beschaeftigung_id, RueckrechnungAuszahlung.uebertrag)
        .join(Lauf, Lauf.id == RueckrechnungAuszahlung.lauf_id)
        .where(Lauf.monat == last, RueckrechnungAuszahlung.beschaeftigung_id.in_(jobs)))}
    step = UeberzahlungSchritt
    for row in session.execute(
            select(Ueberzahlung.beschaeftigung_id, func.sum(step.betrag).label("summe"))
            .join(Ueberzahlung, Ueberzahlung.id == step.fall_id)
            .where(step.art.in_(MINDERN), or_(step.verrechnet.is_(None), step.verrechnet > last),
                   Ueberzahlung.beschaeftigung_id.in_(jobs))
            .group_by(Ueberzahlung.beschaeftigung_id)):
        carried[row.beschaeftigung_id] = carried.get(row.beschaeftigung_id, 0) - int(row.summe)
    return carried


def take(session: TenantSession, public_id: uuid.UUID, art: str, *, am: date, text: str, betrag: int = 0,
         angaben: dict[str, Any] | None = None) -> Fallstand | None:
    """Hält einen Schritt fest; None, wenn es den Fall nicht gibt. Was die Regeln verletzt, wird abgelehnt."""
    stand = read(session, public_id, lock=True)
    if stand is None:
        return None
    details = dict(angaben or {})
    _demand(session, stand, art, text, betrag)
    if art == "erlass":
        assert stand.vorschlag is not None
        details["vorschlag"] = str(stand.vorschlag.public_id)
    if art == "ratenplan":
        _plan(session, stand, am, betrag, details, text)
    step = UeberzahlungSchritt(fall_id=stand.fall.id, art=art, am=am, betrag=betrag, text=text.strip(),
                               angaben=details, recorded_by=str(session.info["actor"]))
    session.add(step)
    session.flush()
    audit.record(session, f"ueberzahlung.{art}", f"ueberzahlung:{public_id}", {"am": am.isoformat(), "betrag": betrag},
                 text.strip())
    return read(session, public_id)


def _demand(session: TenantSession, stand: Fallstand, art: str, text: str, betrag: int) -> None:
    official = stand.fall.status == "beamte"
    if stand.abgeschlossen:
        raise UeberzahlungError("Der Fall ist abgeschlossen; für eine neue Überzahlung entsteht ein neuer Fall.")
    if not text.strip():
        raise UeberzahlungError("Text: Bitte angeben, was geschehen ist oder warum.")
    heard = any(one.art == "anhoerung" for one in stand.schritte)
    if art == "geltendmachung" and official and not heard:
        raise UeberzahlungError("Bei Beamtinnen und Beamten geht die Anhörung dem Bescheid voraus (§ 28 VwVfG NRW); "
                                "bitte zuerst die Anhörung festhalten.")
    if art in ("erlass_vorschlag", "erlass") and official and not heard:
        raise UeberzahlungError("Über Billigkeit wird nach der Anhörung entschieden (§ 15 Abs. 2 LBesG NRW, "
                                "§ 12 Abs. 2 BBesG); bitte zuerst die Anhörung festhalten.")
    if art == "erlass":
        _second_person(session, stand, betrag)
    if art in (*MINDERN, "erlass_vorschlag") and not 0 < betrag <= stand.offen:
        raise UeberzahlungError(f"Betrag: Offen sind {euro(stand.offen)}; bitte einen Betrag über 0 bis dahin angeben.")
    if art == "abschluss" and stand.offen > 0:
        raise UeberzahlungError(f"Offen sind noch {euro(stand.offen)}; abgeschlossen wird, wenn nichts mehr offen ist.")


def _second_person(session: TenantSession, stand: Fallstand, betrag: int) -> None:
    proposal = stand.vorschlag
    if proposal is None:
        raise UeberzahlungError("Ein Erlass braucht zuerst einen Vorschlag mit Begründung.")
    if proposal.recorded_by == str(session.info["actor"]):
        raise UeberzahlungError("Über den Erlass entscheidet eine zweite Person, nicht wer ihn vorgeschlagen hat.")
    if betrag > proposal.betrag:
        raise UeberzahlungError(f"Vorgeschlagen sind {euro(proposal.betrag)}; mehr lässt sich nicht erlassen.")


def _plan(session: TenantSession, stand: Fallstand, am: date, betrag: int, details: dict[str, Any], text: str) -> None:
    """Raten laufen wie ein Darlehen durch die Abrechnung, nie über den pfändbaren Teil hinaus (§ 394 BGB)."""
    rate, first = int(details.get("rate_cent", 0)), date.fromisoformat(str(details.get("erste_rate", am.isoformat())))
    if not 0 < rate <= betrag:
        raise UeberzahlungError("Rate: Bitte einen Betrag über 0 angeben, höchstens den ganzen.")
    if first < am:
        raise UeberzahlungError("Erste Rate: Sie kann nicht vor dem Tag der Vereinbarung liegen.")
    job = stand.fall.beschaeftigung_id
    number = (session.scalar(select(func.max(Darlehen.laufnummer)).where(
        Darlehen.beschaeftigung_id == job)) or 0) + 1
    try:
        row = record_fact(session, Darlehen, beschaeftigung_id=job, laufnummer=number, art="ueberzahlung",
                          betrag_cent=betrag, ausgezahlt_am=am, rate_cent=rate, erste_rate=first, valid_from=am,
                          reason=text.strip())
    except FactError as refused:
        raise UeberzahlungError(str(refused)) from refused
    details["darlehen"] = str(row.public_id)


def euro(cents: int) -> str:
    """1.234,56 €."""
    return f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d} €"
