"""Rückrechnungen eines Monats lesen: gebucht, angehalten, Vorträge – vor der Rechnung als Vorschau."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import BeschaeftigungAngaben
from payroll.masterdata.slices.tarif import overlays
from payroll.runs import reading, retro, termine
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro import Ausgleich, Nachberechnung
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungAuszahlung, RueckrechnungBestaetigung
from payroll.web.desk.people_reading import PersonRow, people
from payroll.web.desk.run_reading import next_month
from tenants.db.session import TenantSession

OPEN_STATES = ("offen", "probe")


@dataclass(frozen=True)
class Held:
    """Was angehalten ist; confirmed: Bestätigung, die beim nächsten Rechnen gilt."""

    one: Nachberechnung
    confirmed: RueckrechnungBestaetigung | None


@dataclass(frozen=True)
class RetroMonth:
    """Rückrechnungen eines Monats; preview: noch nicht gerechnet, es ist nichts gebucht. Beträge in Cent.

    deadlines: je Beschäftigung, bis wann die Ansprüche der berichtigten Monate geltend zu machen sind.
    """

    lauf: Lauf | None
    preview: bool
    booked: list[Nachberechnung]
    held: list[Held]
    carried: list[tuple[PersonRow, Ausgleich]]
    deadlines: dict[int, list[str]]

    @property
    def changeable(self) -> bool:
        """Ob noch gerechnet und damit bestätigt werden kann."""
        return changeable(self.lauf)

    def total(self, name: str) -> int:
        """Summe eines Wertes über alles Gebuchte."""
        return sum(booking.betrag(name) for one in self.booked for booking in one.monate)


def changeable(lauf: Lauf | None) -> bool:
    """Ob der Monat noch gerechnet werden kann."""
    return lauf is None or lauf.zustand in OPEN_STATES


def run_of(session: TenantSession, month: date) -> Lauf | None:
    """Lauf des Monats, wenn es ihn gibt."""
    state = reading.month_state(session, month)
    return state.lauf if state else None


def found_in(session: TenantSession, month: date, lauf: Lauf | None) -> list[Nachberechnung]:
    """Was der Lauf gebucht hat; ist er nicht gerechnet, die Vorschau."""
    if lauf is None or lauf.zustand == "offen":
        return retro.preview(session, month)
    return retro.of_run(session, lauf)


def retro_month(session: TenantSession, month: date, today: date) -> RetroMonth:
    """Alles für die Seite eines Monats."""
    lauf = run_of(session, month)
    found = found_in(session, month, lauf)
    confirmed = _confirmed(session, month)
    held = [Held(one, _answer(one, confirmed)) for one in found if one.offen]
    preview = lauf is None or lauf.zustand == "offen"
    carried = _carried(session, month, None if preview else lauf)
    return RetroMonth(lauf, preview, [one for one in found if not one.offen], held, carried,
                      _deadlines(session, month, found, today))


def affected_people(session: TenantSession, lauf: Lauf | None) -> int:
    """Wie viele Beschäftigungen in diesem Lauf Rückrechnungen haben, gebucht oder angehalten."""
    if lauf is None or lauf.zustand == "offen":
        return 0
    number = func.count(func.distinct(Rueckrechnung.beschaeftigung_id))
    return session.scalar(select(number).where(Rueckrechnung.lauf_id == lauf.id)) or 0


def part_of_payout(session: TenantSession, result: uuid.UUID) -> Ausgleich | None:
    """Rückrechnung und Vortrag in der Auszahlung eines Ergebnisses; ohne beides None."""
    paid = RueckrechnungAuszahlung
    row = session.execute(
        select(paid.eigen, paid.rueckrechnung, paid.vortrag, paid.zahlbetrag, paid.uebertrag)
        .join(
            Ergebnis,
            (Ergebnis.lauf_id == paid.lauf_id) & (Ergebnis.beschaeftigung_id == paid.beschaeftigung_id),
        )
        .where(Ergebnis.public_id == result)
    ).one_or_none()
    return Ausgleich(*row) if row else None


def _deadlines(session: TenantSession, month: date, found: Sequence[Nachberechnung],
               today: date) -> dict[int, list[str]]:
    """Ausschlussfrist oder Verjährung je berichtigtem Monat; eine Abfrage für alle und eine für die Festlegungen."""
    if not found:
        return {}
    jobs = [one.beschaeftigung_id for one in found]
    last = {one.beschaeftigung_id: one.ab for one in found}
    kinds = {row.beschaeftigung_id: row.art for row in session.execute(
        select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art)
        .where(known(BeschaeftigungAngaben, None), BeschaeftigungAngaben.beschaeftigung_id.in_(jobs),
               within(BeschaeftigungAngaben, min(last.values()), month))
        .order_by(BeschaeftigungAngaben.valid_from))}
    own = overlays(session, month, None)
    return {one.beschaeftigung_id: termine.deadlines(
        kinds.get(one.beschaeftigung_id, "tarif"), [b.monat for b in one.monate if b.art != "zufluss"], today, own)
        for one in found}


def _confirmed(session: TenantSession, month: date) -> Sequence[RueckrechnungBestaetigung]:
    given = RueckrechnungBestaetigung
    return session.scalars(select(given).where(given.monat == month).order_by(given.id.desc())).all()


def _answer(one: Nachberechnung, given: Sequence[RueckrechnungBestaetigung]) -> RueckrechnungBestaetigung | None:
    """Die jüngste Bestätigung, die diese Person und diesen Monat umfasst."""
    numbers = (None, one.beschaeftigung_id)
    return next((row for row in given if row.beschaeftigung_id in numbers and row.ab_monat <= one.ab), None)


def _carried(session: TenantSession, month: date, lauf: Lauf | None) -> list[tuple[PersonRow, Ausgleich]]:
    """Vorträge aus dem letzten und in den nächsten Monat; vor der Rechnung nur, was hereinkommt."""
    if lauf is not None:
        amounts = {job: one for job, one in retro.payouts(session, lauf).items() if one.vortrag or one.uebertrag}
    else:
        done = select(Lauf).where(Lauf.monat < month, Lauf.zustand == "abgeschlossen")
        last = session.scalars(done.order_by(Lauf.monat.desc()).limit(1)).one_or_none()
        before = retro.payouts(session, last) if last else {}
        amounts = {job: Ausgleich(0, 0, one.uebertrag, 0, 0) for job, one in before.items() if one.uebertrag}
    if not amounts:
        return []
    rows = {row.beschaeftigung_id: row for row in people(session, next_month(month))}
    return sorted(((rows[job], one) for job, one in amounts.items()), key=lambda pair: pair[0].name.casefold())
