"""Was die Prüfungen von früher brauchen: letzter Lauf, Bezüge und Eingruppierung davor, Netto, geänderte Tatsachen."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Select, and_, any_, bindparam, or_, select
from sqlalchemy.orm import aliased

from payroll.masterdata.clocks import known
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Familienzuschlag,
    Fehlzeit,
    HoehereTaetigkeit,
    Lohnart,
    LohnartStand,
    Sabbatical,
    Steuermerkmale,
    Stufenregelung,
    Versicherung,
    WiederkehrenderBezug,
    Zulagenanspruch,
)
from payroll.masterdata.models.facts import Fact
from payroll.runs.models import Ergebnis, Lauf
from tenants.db.scope import lifted
from tenants.db.session import TenantSession

Row = Any
DAY = timedelta(days=1)
MONATE = 3  # so many months in a row make a payment a habit
ERKLAEREND: tuple[type[Fact], ...] = (BeschaeftigungAngaben, Bezuegezuordnung, Fehlzeit, Steuermerkmale, Versicherung,
                                      Familienzuschlag, Stufenregelung, HoehereTaetigkeit, Sabbatical,
                                      Zulagenanspruch)


@dataclass
class Zahlung:
    """Ein Bezug in einem Zeitraum: Betrag in Cent, ob einmalig, wann erfasst."""

    lohnart: int
    text: str
    laufnummer: int
    ziel: str
    betrag: int
    von: date
    bis: date | None
    erfasst: datetime

    @property
    def nur_ein_monat(self) -> bool:
        """Ob er innerhalb eines Monats beginnt und endet (Monatserfassung)."""
        return self.bis is not None and (self.von.year, self.von.month) == (self.bis.year, self.bis.month)


@dataclass
class Zuordnung:
    """Gruppe, Stufe und Stunden in einem Zeitraum."""

    tarifwerk: str
    gruppe: str
    stufe: str
    stunden: Decimal
    von: date
    bis: date | None
    erfasst: datetime


@dataclass
class Geschichte:
    """Alles von früher, je Beschäftigung; ``seit``: Kenntnisstand des letzten abgeschlossenen Laufs."""

    monat: date
    seit: datetime
    netto: dict[int, int]
    auszahlung: dict[int, int]
    zahlungen: dict[int, list[Zahlung]] = field(default_factory=dict)
    zuordnungen: dict[int, list[Zuordnung]] = field(default_factory=dict)
    konten: dict[int, list[int]] = field(default_factory=dict)
    erklaert: set[int] = field(default_factory=set)

    @property
    def letzter(self) -> date:
        """Letzter Tag des Monats."""
        return self.monat.replace(day=calendar.monthrange(self.monat.year, self.monat.month)[1])


def read(session: TenantSession, month: date, known_at: datetime | None) -> Geschichte | None:
    """Acht Abfragen; None, wenn der Vormonat nicht abgeschlossen ist (dann gibt es keine Geschichte)."""
    before = (month - DAY).replace(day=1)
    since = session.scalar(select(Lauf.stand).where(Lauf.monat == before, Lauf.zustand == "abgeschlossen"))
    if since is None:
        return None
    rows = session.execute(select(Ergebnis.beschaeftigung_id, Ergebnis.netto, Ergebnis.auszahlung)
                           .where(Ergebnis.monat == before)).all()
    found = Geschichte(month, since, {row.beschaeftigung_id: row.netto for row in rows},
                       {row.beschaeftigung_id: row.auszahlung for row in rows})
    found.zahlungen = _payments(session, found, known_at)
    found.zuordnungen = _grades(session, found, known_at)
    found.konten = _accounts(session, found, known_at)
    found.erklaert = _explained(session, found, known_at)
    return found


def _payments(session: TenantSession, found: Geschichte, known_at: datetime | None) -> dict[int, list[Zahlung]]:
    """Bezüge der letzten Monate, wo sich etwas geändert hat oder nur monatsweise erfasst wird."""
    paid, first = WiederkehrenderBezug, _months_back(found.monat, MONATE)
    touched = session.scalars(select(paid.beschaeftigung_id).distinct().where(
        known(paid, known_at), or_(paid.recorded_at > found.seit, paid.valid_from >= found.monat,
                                   and_(paid.valid_to < found.monat, paid.valid_to >= found.monat - DAY)))).all()
    types = {row.id: row for row in session.execute(
        select(Lohnart.id, Lohnart.nummer, LohnartStand.text, LohnartStand.ziel)
        .join(LohnartStand, and_(LohnartStand.lohnart_id == Lohnart.id, known(LohnartStand, known_at),
                                 LohnartStand.valid_from <= found.letzter,
                                 or_(LohnartStand.valid_to.is_(None), LohnartStand.valid_to >= found.letzter))))}
    # In one statement the database, knowing nothing yet of rows just imported, compared every payment with every other.
    rows = session.execute(
        select(paid.beschaeftigung_id, paid.lohnart_id, paid.laufnummer, paid.betrag_cent, paid.valid_from,
               paid.valid_to, paid.recorded_at)
        .where(known(paid, known_at), paid.valid_from <= found.letzter,
               or_(paid.valid_to.is_(None), paid.valid_to >= first),
               paid.beschaeftigung_id == any_(bindparam(None, list(touched), type_=ARRAY(BigInteger))))
        .order_by(paid.valid_from, paid.id))
    payments: dict[int, list[Zahlung]] = defaultdict(list)
    for row in rows:
        if (kind := types.get(row.lohnart_id)) is not None:
            payments[row.beschaeftigung_id].append(Zahlung(
                kind.nummer, kind.text, row.laufnummer, kind.ziel, int(row.betrag_cent), row.valid_from, row.valid_to,
                row.recorded_at))
    return payments


def _grades(session: TenantSession, found: Geschichte, known_at: datetime | None) -> dict[int, list[Zuordnung]]:
    grade = Bezuegezuordnung
    touched = select(grade.beschaeftigung_id).where(
        known(grade, known_at), grade.valid_from <= found.letzter,
        or_(grade.recorded_at > found.seit, grade.valid_from >= found.monat))
    rows = session.execute(
        select(grade.beschaeftigung_id, grade.tarifwerk, grade.entgeltgruppe, grade.stufe, grade.wochenstunden,
               grade.valid_from, grade.valid_to, grade.recorded_at)
        .where(known(grade, known_at), grade.valid_from <= found.letzter, grade.beschaeftigung_id.in_(touched))
        .order_by(grade.valid_from, grade.id))
    grades: dict[int, list[Zuordnung]] = defaultdict(list)
    for row in rows:
        grades[row.beschaeftigung_id].append(Zuordnung(
            row.tarifwerk, row.entgeltgruppe, row.stufe, row.wochenstunden, row.valid_from, row.valid_to,
            row.recorded_at))
    return grades


def _accounts(session: TenantSession, found: Geschichte, known_at: datetime | None) -> dict[int, list[int]]:
    """Menschen mit einem seit dem letzten Lauf erfassten Konto, das auch anderen gehört: die anderen."""
    own, other = aliased(Bankverbindung, name="eigenes"), aliased(Bankverbindung, name="anderes")

    def current(model: Any) -> Any:
        there = and_(model.valid_from <= found.letzter, or_(model.valid_to.is_(None), model.valid_to >= found.monat))
        if known_at is None:
            return and_(there, model.superseded_at.is_(None))
        return and_(there, model.recorded_at <= known_at,
                    or_(model.superseded_at.is_(None), model.superseded_at > known_at))

    with lifted(session):  # the others may be anybody
        rows = session.execute(
            select(own.person_id, other.person_id.label("auch"))
            .join(other, and_(other.iban_hash == own.iban_hash, other.person_id != own.person_id))
            .where(current(own), current(other), own.recorded_at > found.seit)
            .order_by(own.person_id, other.person_id)).all()
    shared: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        shared[row.person_id].append(row.auch)
    return shared


def _explained(session: TenantSession, found: Geschichte, known_at: datetime | None) -> set[int]:
    """Beschäftigungen mit einer Tatsache, die ein anderes Netto erklärt: neu erfasst, begonnen oder beendet.

    Auch im Vormonat: dann war er der Teilmonat, und dieser ist wieder ein ganzer.
    """
    partial = (found.monat - DAY).replace(day=1)

    def moved(model: type[Fact]) -> Select[Any]:
        job: Any = getattr(model, "beschaeftigung_id")  # noqa: B009 # every model here has one
        begun = and_(model.valid_from >= partial, model.valid_from <= found.letzter)
        ended = and_(model.valid_to >= partial, model.valid_to < found.letzter)
        return select(job).where(known(model, known_at), model.valid_from <= found.letzter,
                                 or_(model.recorded_at > found.seit, begun, ended))

    leaving = select(BeschaeftigungAngaben.beschaeftigung_id).where(
        known(BeschaeftigungAngaben, known_at),
        or_(BeschaeftigungAngaben.austritt.between(partial, found.letzter),
            BeschaeftigungAngaben.eintritt.between(partial, found.letzter)))
    moves = [Beschaeftigung.id.in_(chosen) for chosen in (*(moved(model) for model in ERKLAEREND), leaving)]
    return set(session.scalars(select(Beschaeftigung.id).where(or_(*moves))))


def _months_back(month: date, count: int) -> date:
    years, months = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(years, months + 1, 1)
