"""Was der Schreibtisch der Zeitwirtschaft dazugibt: Personen, Bestand, Lohnarten, Preise, Fehlzeiten."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from payroll.law.encode import UnknownName
from payroll.masterdata.clocks import known
from payroll.masterdata.models import (
    Beschaeftigung,
    Krankenkasse,
    Lohnart,
    LohnartStand,
    Person,
    PersonAngaben,
    Versicherung,
)
from payroll.masterdata.sealing import open_value
from payroll.masterdata.service import FactError
from payroll.runs.books import book_for
from payroll.runs.zeiten import absences, orphans
from payroll.runs.zeiten.paying import clock, float_free
from payroll.runs.zeiten.reading import assignments
from payroll.runs.zeiten.stock import load_stock
from tenants.db.session import TenantSession
from tenants.security import keys_of
from timekeeping.handover.kinds import ARTEN, BETRAG, TAGE
from timekeeping.handover.quantities import Menge
from timekeeping.handover.rates import price
from timekeeping.imports.problems import ImportFehler
from timekeeping.leave.service import Fehlzeiten
from timekeeping.person_month import by_wage_type
from timekeeping.rules.rates import AREAS, PricingError
from timekeeping.web.sharing import Kopf, Ports, Preiszeile, Versichert

LEGAL = ("gesetzlich", "freiwillig")


def ports() -> Ports:
    """Die Anschlüsse dieses Hauses."""
    return Ports(people, load_stock, wage_types, priced, adopt, own,
                 Fehlzeiten(absences.enter, absences.take_back, absences.enter_leave, absences.enter_conversion,
                            absences.take_back_conversion), insured, orphans.orphans, orphans.take_back)


def people(session: TenantSession) -> Sequence[Kopf]:
    """Alle Beschäftigungen nach der jüngsten bekannten Angabe ihrer Person; eine Abfrage."""
    return _people(session)


def own(session: TenantSession, persons: frozenset[uuid.UUID]) -> Sequence[Kopf]:
    """Die Beschäftigungen dieser Personen."""
    return _people(session, Person.public_id.in_(persons)) if persons else []


def _people(session: TenantSession, *where: Any) -> list[Kopf]:
    rows = session.execute(
        select(Beschaeftigung.id, Beschaeftigung.public_id, Person.public_id.label("person"),
               Beschaeftigung.personalnummer, PersonAngaben.nachname, PersonAngaben.vorname,
               PersonAngaben.geburtsdatum)
        .join(Person, (Person.tenant_id == Beschaeftigung.tenant_id) & (Person.id == Beschaeftigung.person_id))
        .join(PersonAngaben, (PersonAngaben.tenant_id == Person.tenant_id) & (PersonAngaben.person_id == Person.id))
        .where(known(PersonAngaben, None), *where).order_by(PersonAngaben.valid_from, PersonAngaben.id))
    return list({row.id: Kopf(row.id, row.public_id, row.person, row.personalnummer,
                              f"{row.nachname}, {row.vorname}", row.geburtsdatum) for row in rows}.values())


def insured(session: TenantSession, jobs: Collection[int]) -> Mapping[int, Versichert]:
    """Versicherungsnummer und gesetzliche Kasse dieser Beschäftigungen nach jüngstem Stand; eine Abfrage."""
    rows = session.execute(
        select(Beschaeftigung.id, PersonAngaben.public_id, PersonAngaben.sv_nummer_siegel, Krankenkasse.name,
               Krankenkasse.betriebsnummer)
        .join(PersonAngaben, (PersonAngaben.tenant_id == Beschaeftigung.tenant_id)
              & (PersonAngaben.person_id == Beschaeftigung.person_id))
        .join(Versicherung, (Versicherung.tenant_id == Beschaeftigung.tenant_id)
              & (Versicherung.beschaeftigung_id == Beschaeftigung.id))
        .join(Krankenkasse, (Krankenkasse.tenant_id == Versicherung.tenant_id)
              & (Krankenkasse.id == Versicherung.krankenkasse_id))
        .where(known(PersonAngaben, None), known(Versicherung, None), Versicherung.kv_art.in_(LEGAL),
               Beschaeftigung.id.in_(sorted(jobs)))
        .order_by(PersonAngaben.valid_from, Versicherung.valid_from))
    keys = keys_of(session)
    return {row.id: Versichert(open_value(keys, PersonAngaben, row.public_id, "sv_nummer", row.sv_nummer_siegel) or "",
                               row.name, row.betriebsnummer or "") for row in rows}


def wage_types(session: TenantSession) -> Mapping[int, str]:
    """Text je Lohnart nach dem jüngsten Stand; eine Abfrage."""
    rows = session.execute(
        select(Lohnart.nummer, LohnartStand.text)
        .join(LohnartStand, (LohnartStand.tenant_id == Lohnart.tenant_id) & (LohnartStand.lohnart_id == Lohnart.id))
        .where(known(LohnartStand, None)).order_by(LohnartStand.valid_from, LohnartStand.id))
    return {row.nummer: row.text for row in rows}


def priced(session: TenantSession, month: date, employment: int, mengen: Sequence[Menge]) -> list[Preiszeile]:
    """Was die Mengen eines Monats nach heutigem Stand kosten, je Lohnart."""
    held = assignments(session, month, {employment}, None)
    assigned, book = held.zuordnungen.get(employment), book_for(held.festlegungen, *AREAS)
    texts, units = wage_types(session), {one.lohnart: one.einheit for one in mengen}
    found = []
    for number, parts in by_wage_type(mengen).items():
        total = sum(parts.values(), Decimal(0))
        text = texts.get(number) or (ARTEN[number].text if number in ARTEN else str(number))
        if units[number] == BETRAG:
            found.append(Preiszeile(number, text, "", "", int(total), None))
            continue
        words = f"{total.normalize():f} Tage".replace(".", ",") if units[number] == TAGE else f"{clock(total)} Std."
        try:
            if assigned is None:
                raise PricingError("in diesem Monat keine Eingruppierung")
            cost = price(number, parts, assigned, month, book)
        except (PricingError, UnknownName) as error:
            found.append(Preiszeile(number, text, words, "", None, None, str(error)))
            continue
        found.append(Preiszeile(number, text, words, f"{float_free(cost.satz)} €", cost.betrag, cost.frei))
    return found


def adopt(session: TenantSession, numbers: Collection[int], *, reason: str) -> int:
    """Übernimmt Vorschläge als Fehlzeiten, alle oder keinen; gibt ihre Zahl. Raises ImportFehler mit dem Grund."""
    if not reason.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")
    try:
        return absences.adopt(session, numbers, reason=reason)
    except FactError as error:
        raise ImportFehler(str(error).rstrip("."), "bei der Person berichtigen") from error
