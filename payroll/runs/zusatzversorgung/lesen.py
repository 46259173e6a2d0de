"""Was die Jahresmeldung aus der Datenbank braucht: gezahlte Werte je Monat, Zeiträume, Kassen; feste Zahl Abfragen."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import (
    Beschaeftigung,
    BeschaeftigungAngaben,
    Person,
    PersonAngaben,
    Zusatzversorgung,
    ZvKasse,
)
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.bulk import read_columns
from tenants.db.session import TenantSession

WERTE = ("zv_entgelt", "zv_umlage", "zv_sanierungsgeld", "zv_an", "zv2_beitrag", "zv2_steuerfrei")
Monatswerte = dict[int, dict[str, int]]  # month of the year (1 to 12), value, cents


@dataclass(frozen=True)
class Mensch:
    """Eine Beschäftigung mit ihrer Person."""

    beschaeftigung_id: int
    person: uuid.UUID
    personalnummer: str
    name: str
    geburtsdatum: date
    eintritt: date
    austritt: date | None


@dataclass(frozen=True)
class Kasse:
    """Pflichtversicherung bei einer Kasse in einem Zeitraum."""

    kuerzel: str
    name: str
    von: date
    bis: date | None
    mitgliedsnummer: str


def paid(session: TenantSession, year: int) -> dict[int, Monatswerte]:
    """Werte je Beschäftigung und Monat aus abgeschlossenen Läufen, mit dem, was spätere Läufe nachgebucht haben."""
    first, last = date(year, 1, 1), date(year, 12, 1)
    found: dict[int, Monatswerte] = defaultdict(lambda: defaultdict(lambda: dict.fromkeys(WERTE, 0)))
    columns = [getattr(Ergebnis, name) for name in WERTE]
    rows = read_columns(session, select(Ergebnis.beschaeftigung_id, Ergebnis.monat, *columns).join(
        Lauf, Lauf.id == Ergebnis.lauf_id).where(
        Lauf.zustand == "abgeschlossen", Ergebnis.monat >= first, Ergebnis.monat <= last))
    for at, number in enumerate(rows["beschaeftigung_id"]):
        found[number][rows["monat"][at].month] = {name: int(rows[name][at]) for name in WERTE}
    booked = session.execute(
        select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name,
               func.sum(RueckrechnungZeile.betrag).label("betrag"))
        .join(Rueckrechnung, Rueckrechnung.id == RueckrechnungZeile.rueckrechnung_id)
        .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Rueckrechnung.monat >= first, Rueckrechnung.monat <= last,
               Rueckrechnung.art != "offen", RueckrechnungZeile.bereich == "wert", RueckrechnungZeile.name.in_(WERTE))
        .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name))
    for row in booked:
        found[row.beschaeftigung_id][row.monat.month][row.name] += int(row.betrag)
    return found


def closed_months(session: TenantSession, year: int) -> set[int]:
    """Abgeschlossene Monate des Jahres."""
    return {month.month for month in session.scalars(select(Lauf.monat).where(
        Lauf.zustand == "abgeschlossen", Lauf.monat >= date(year, 1, 1), Lauf.monat <= date(year, 12, 1)))}


def people(session: TenantSession, year: int) -> Sequence[Mensch]:
    """Alle Beschäftigungen, die das Jahr berühren, mit den jüngsten Angaben; nach Personalnummer."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return [one for one in _people(session, within(BeschaeftigungAngaben, first, last),
                                   within(PersonAngaben, first, last))
            if one.eintritt <= last and (one.austritt or last) >= first]


def left(session: TenantSession, year: int, jobs: Collection[int]) -> list[tuple[Mensch, Kasse]]:
    """Diese Beschäftigungen mit der letzten Kasse, die sie bis zum Ende des Jahres hatten; ohne Kasse keine."""
    last, own = date(year, 12, 31), sorted(jobs)
    held = _funds(session, Zusatzversorgung.beschaeftigung_id.in_(own), Zusatzversorgung.valid_from <= last)
    return [(one, held[one.beschaeftigung_id][-1])
            for one in _people(session, Beschaeftigung.id.in_(own), BeschaeftigungAngaben.valid_from <= last)
            if one.beschaeftigung_id in held]


def _people(session: TenantSession, *where: Any) -> list[Mensch]:
    rows: dict[int, Any] = {}
    statement = (
        select(Beschaeftigung.id, Beschaeftigung.personalnummer, Person.public_id, BeschaeftigungAngaben.eintritt,
               BeschaeftigungAngaben.austritt, PersonAngaben.nachname, PersonAngaben.vorname,
               PersonAngaben.geburtsdatum)
        .join(BeschaeftigungAngaben, BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .join(PersonAngaben, PersonAngaben.person_id == Person.id)
        .where(known(BeschaeftigungAngaben, None), known(PersonAngaben, None), *where)
        .order_by(BeschaeftigungAngaben.valid_from, PersonAngaben.valid_from))
    for row in session.execute(statement):
        rows[row.id] = row
    found = [Mensch(row.id, row.public_id, row.personalnummer, f"{row.nachname}, {row.vorname}", row.geburtsdatum,
                    row.eintritt, row.austritt) for row in rows.values()]
    return sorted(found, key=lambda one: one.personalnummer)


def funds(session: TenantSession, year: int) -> dict[int, list[Kasse]]:
    """Pflichtversicherungen je Beschäftigung, die das Jahr berühren."""
    return _funds(session, within(Zusatzversorgung, date(year, 1, 1), date(year, 12, 31)))


def _funds(session: TenantSession, *where: Any) -> dict[int, list[Kasse]]:
    rows = session.execute(
        select(Zusatzversorgung.beschaeftigung_id, Zusatzversorgung.valid_from, Zusatzversorgung.valid_to,
               Zusatzversorgung.mitgliedsnummer, ZvKasse.kuerzel, ZvKasse.name)
        .join(ZvKasse, ZvKasse.id == Zusatzversorgung.zv_kasse_id)
        .where(known(Zusatzversorgung, None), *where)
        .order_by(Zusatzversorgung.valid_from))
    found: dict[int, list[Kasse]] = defaultdict(list)
    for row in rows:
        found[row.beschaeftigung_id].append(Kasse(row.kuerzel, row.name, row.valid_from, row.valid_to,
                                                  row.mitgliedsnummer or ""))
    return found
