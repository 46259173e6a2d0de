"""Die Rückrechnung eines Laufs: wen sie trifft, was sie bucht, was offen bleibt. Geschrieben wird hier nichts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import select

from payroll.law.taxyear import written_from
from payroll.runs.earlier import LAST_YEAR, MAERZ, THIS_YEAR
from payroll.runs.pfaendung.sharing import Anteil
from payroll.runs.retro import affected as who
from payroll.runs.retro import siblings, tafeln, taxyears, verkuendet
from payroll.runs.retro.affected import Affected, Ursache
from payroll.runs.retro.booking import Buchung, total
from payroll.runs.retro.inflow import by_receipt
from payroll.runs.retro.recompute import recompute
from payroll.runs.retro.settle import (
    Zufluss,
    missed_deduction,
    months_between,
    payout,
    settle,
    tax_of_past_year,
    unclear_pension,
)
from payroll.runs.retro.sources import PERSONAL
from payroll.runs.retro.truth import Truth
from payroll.runs.retro_models import RueckrechnungBestaetigung
from tenants.db.scope import lifted
from tenants.db.session import TenantSession

Column = Any
# How far back a retro-calculation goes without a person saying that it is meant.
GRENZE, GRENZE_EINTRITT = 12, 3
RUECKFRAGE = "die Jahreszahl könnte vertippt sein"


@dataclass
class Plan:
    """Buchungen je Beschäftigung (art offen: nicht gebucht, mit Grund) und Anmerkungen dazu.

    assigned: die Schritte von Überzahlungen sind dem Lauf schon zugeordnet.
    """

    month: date
    bookings: dict[int, list[Buchung]] = field(default_factory=dict)
    notes: list[tuple[int, str, str]] = field(default_factory=list)
    affected: Affected = field(default_factory=Affected)
    shares: dict[int, list[Anteil]] = field(default_factory=dict)
    assigned: bool = False

    @property
    def garnished(self) -> list[Anteil]:
        """Was Forderungen von Nachzahlungen früherer Monate zusteht, soweit diese gebucht werden."""
        booked = self.booked
        return [one for number, own in sorted(self.shares.items()) if number in booked for one in own]

    @property
    def booked(self) -> dict[int, list[Buchung]]:
        """Was im Lauf zählt."""
        return {number: own for number, own in self.bookings.items() if all(b.art != "offen" for b in own)}

    @property
    def reclaimed(self) -> dict[int, int]:
        """Überzahltes Entgelt je Beschäftigung, das zurückzuholen ist (höchstens 0): nur aufrechenbar (§ 394 BGB).

        Nachträglich einbehaltene Steuern und Beiträge ohne weniger Brutto sind keine Aufrechnung (§ 41c EStG, § 28g
        SGB IV) und gehören nicht dazu.
        """
        return {number: amount for number, own in self.booked.items()
                if total(own, "gesamtbrutto") < 0 and (amount := payout(own)) < 0}

    def owed(self, carried: Mapping[int, int]) -> dict[int, int]:
        """Was der Arbeitgeber in diesem Monat aufrechnen darf: Vortrag und neu Überzahltes (höchstens 0)."""
        new = self.reclaimed
        return {number: carried.get(number, 0) + new.get(number, 0) for number in {**carried, **new}}

    @property
    def held(self) -> dict[int, Buchung]:
        """Was offen bleibt, mit seinem Grund."""
        return {number: own[0] for number, own in self.bookings.items() if own[0].art == "offen"}

    def hold(self, number: int, month: date, reason: str) -> None:
        """Nichts buchen: der Grund steht dabei, der nächste Lauf sieht wieder hin."""
        self.bookings[number] = [Buchung(number, month, "offen", [], self.affected.causes[number], reason,
                                         self.affected.seit[number])]

    def with_changes(self, earlier: dict[str, Column], employments: Column) -> dict[str, Column]:
        """Summen früherer Monate samt dem, was dieser Lauf für sie bucht."""
        known = {number: at for at, number in enumerate(np.asarray(employments).tolist())}
        for number, own in self.booked.items():
            at = known.get(number)
            if at is None:
                continue
            for booking in own:
                if booking.art == "entstehung":
                    _add(earlier, at, booking, self.month.year - booking.monat.year)
        return earlier


def _add(earlier: dict[str, Column], at: int, booking: Buchung, years: int) -> None:
    names = {0: THIS_YEAR | MAERZ, 1: LAST_YEAR}.get(years, {})
    for column, name in names.items():
        change = booking.differenz(name)
        if change and earlier[column][at] < 0:  # the year before was unknown until now
            earlier[column][at] = 0
        earlier[column][at] += change


def compute(session: TenantSession, month: date, known_at: datetime | None = None,
            only: Collection[int] | None = None) -> Plan:
    """Rechnet alle betroffenen abgeschlossenen Monate neu; Zahl der Abfragen je Monat fest.

    month: Monat des Laufs, in dem gebucht wird; known_at: Kenntnisstand (leer: jetzt); only: nur diese Beschäftigungen
    (und die anderen derselben Personen), für die Vorschau einzelner Menschen.
    """
    plan = Plan(month)
    closed = who.closed_before(session, month)
    plan.affected = who.find(session, closed, known_at)
    taxyears.add_outdated(session, closed, plan.affected)
    verkuendet.add_promulgated(session, closed, plan.affected, known_at)
    tafeln.add_changed(session, closed, plan.affected, known_at)
    if only is not None:
        plan.affected.first = {number: at for number, at in plan.affected.first.items() if number in only}
    if not plan.affected.first:
        return plan
    family = siblings.extend(session, plan.affected, known_at)
    earliest = min(plan.affected.first.values())
    truth = Truth(session, month, plan.affected.first, earliest)
    done = recompute(session, truth, plan.affected, [m for m in closed.months if m >= earliest], known_at, family)
    for number, (failed_month, reason) in done.failed.items():
        plan.hold(number, failed_month, f"{failed_month:%m/%Y} lässt sich nicht neu rechnen: {reason}")
    plan.shares = done.shares
    plan.notes += [(number, "pfaendung", f"{at:%m/%Y}: {cents // 100},{cents % 100:02d} €")
                   for number, at, cents in done.too_much]
    confirmed = _confirmed(session, month, known_at) if done.bookings else []
    receipts = []
    for number, own in done.bookings.items():
        reason = _reason_to_hold(plan, number, own, confirmed)
        if reason is not None:
            plan.hold(number, own[0].monat, reason)
            continue
        plan.bookings[number], receipt = settle(month, own)
        if receipt is not None:
            receipts.append(receipt)
    _receipts(session, plan, truth, receipts, known_at)
    _remark(plan)
    return plan


def _receipts(session: TenantSession, plan: Plan, truth: Truth, wanted: list[Zufluss],
              known_at: datetime | None) -> None:
    done = by_receipt(session, truth, plan.month, wanted, known_at)
    for number, booking in done.bookings.items():
        booking.ursachen = plan.affected.causes[number]
        plan.bookings[number].append(booking)
    for number in done.absent:
        plan.hold(number, plan.bookings[number][0].monat,
                  f"Nachzahlung für ein Vorjahr, aber keine Abrechnung im {plan.month:%m/%Y}: die Steuer richtet sich "
                  "nach den Merkmalen im Monat der Zahlung (§ 38a Abs. 1 Satz 3 EStG)")
    for number, rest in done.rest.items():
        plan.notes.append((number, "rest", f"{-rest}"))


def _reason_to_hold(plan: Plan, number: int, own: list[Buchung],
                    confirmed: list[tuple[int | None, date]]) -> str | None:
    first = own[0].monat
    depth = months_between(first, plan.month)
    said = any(job in (None, number) and since <= first for job, since in confirmed)
    before, after = own[0].wert("gesamtbrutto")
    late_entry = (depth > GRENZE_EINTRITT and before == 0 and after > 0
                  and any(c.tabelle == "beschaeftigung_angaben" for c in plan.affected.causes[number]))
    if not said and (old := _before_the_law(plan.affected.causes[number])):
        return (f"{old.titel} gilt ab {old.gilt_ab:%d.%m.%Y}, vor dem ersten Jahr, dessen Recht vorliegt "
                f"({written_from().year}); {RUECKFRAGE}")
    if not said and (depth > GRENZE or late_entry):
        what = "der Eintritt liegt" if late_entry else "die Rückrechnung reicht"
        return f"{what} {depth} Monate zurück (bis {first:%m/%Y}); {RUECKFRAGE}"
    unclear = unclear_pension(plan.month, own)
    if unclear is not None:
        return (f"die Zusatzversorgung für {unclear.monat:%m/%Y} ändert sich ohne Nachzahlung; das gehört in die "
                "Berichtigung der Jahresmeldung, nicht in den laufenden Monat")
    return None


def _before_the_law(causes: Iterable[Ursache]) -> Ursache | None:
    """Eine Tatsache der Beschäftigung, die in einem Jahr beginnt, dessen Recht nicht vorliegt; wessen Geburt oder
    Kind es ist, liegt gewöhnlich so weit zurück."""
    personal = {model.__tablename__ for model in PERSONAL}
    return next((one for one in causes if one.gilt_ab is not None and one.gilt_ab < written_from()
                 and one.tabelle not in personal and not one.beendet), None)


def _confirmed(session: TenantSession, month: date, known_at: datetime | None) -> list[tuple[int | None, date]]:
    said = RueckrechnungBestaetigung
    statement = select(said.beschaeftigung_id, said.ab_monat).where(said.monat == month)
    if known_at is not None:
        statement = statement.where(said.bestaetigt_am <= known_at)
    with lifted(session):  # a confirmation for everybody names nobody
        rows = session.execute(statement).all()
    return [(row.beschaeftigung_id, row.ab_monat) for row in rows]


def _remark(plan: Plan) -> None:
    for number, own in plan.booked.items():
        for booking in tax_of_past_year(plan.month, own):
            plan.notes.append((number, "vorjahressteuer", f"{booking.monat:%m/%Y}"))
        for booking in own:
            if booking.art == "entstehung" and missed_deduction(booking, plan.month):
                plan.notes.append((number, "28g", f"{booking.monat:%m/%Y}"))
