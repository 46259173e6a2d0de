"""Einstellung vollziehen: aus Angebot und Angaben werden Person, Beschäftigung, Tatsachen und Besetzung der Stelle.

Nichts wird ein zweites Mal eingegeben. Beitragsgruppe 1111 und Personengruppe 101 gelten für sozialversicherungs-
pflichtig Beschäftigte ohne Besonderheiten; Steuerklasse und Konfession sind die genannten, bis ELStAM sie bestätigt.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from jobportal import applications, hiring
from jobportal.errors import Refused
from jobportal.models import Bewerbung, Einstellung
from payroll.masterdata.catalogue import ids
from payroll.masterdata.models import (
    Bankverbindung,
    Bezuegezuordnung,
    Person,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    Zusatzversorgung,
)
from payroll.masterdata.service import FactError, create_person, find_sealed, hire, record_fact
from staffplan import grades, occupancy
from staffplan.rules import Refused as PlanRefused
from staffplan.state import Besetzung
from tenants.db.session import TenantSession
from tenants.web import inputs

TARIFFS = {"E": "TVoeD-VKA", "S": "TVoeD-SuE", "P": "TVoeD-P"}
REASON = "Einstellung aus Ausschreibung"


def carry_out(session: TenantSession, made: Einstellung, personalnummer: str) -> Person:
    """Vollzieht die Einstellung ganz oder gar nicht; wirft Refused mit dem, was fehlt."""
    row = session.get_one(Bewerbung, (made.tenant_id, made.bewerbung_id))
    given = hiring.missing(session, made)
    if given is None or made.zustand != "angaben_da":
        raise Refused("Einstellung: die Angaben der künftigen Beschäftigten fehlen noch.")
    if not personalnummer.strip():
        raise Refused("Einstellung: eine freie Personalnummer angeben.")
    tariff = TARIFFS.get(grades.parse(made.vertrag["gruppe"]).table)
    if tariff is None:
        raise Refused("Einstellung: Besoldete und Außertarifliche in der Personalverwaltung anlegen.")
    if find_sealed(session, PersonAngaben, "steuer_id", given.steuer_id):
        raise Refused("Einstellung: diese Steuer-ID gehört schon zu einer Person; eine weitere Beschäftigung dort "
                      "erfassen.")
    try:
        with session.begin_nested():
            person = _file(session, row, made, given, personalnummer.strip(), tariff)
            hiring.carried_out(session, row, made, personalnummer.strip())
    except (FactError, PlanRefused) as refused:
        raise Refused(str(refused)) from refused
    return person


def _file(session: TenantSession, row: Bewerbung, made: Einstellung, given: hiring.Fehlendes, number: str,
          tariff: str) -> Person:
    known, ab, contract = applications.details(session, row), made.ab, made.vertrag
    until = date.fromisoformat(contract["befristet_bis"]) if contract["befristet_bis"] else None
    person = create_person(
        session, valid_from=ab, reason=REASON, nachname=known.nachname, vorname=known.vorname,
        geburtsdatum=inputs.day(given.geburtsdatum), strasse=given.strasse, plz=given.plz, ort=given.ort,
        steuer_id=given.steuer_id, sv_nummer=given.sv_nummer or None)
    job = hire(session, person, personalnummer=number, art="tarif", eintritt=ab, austritt=until, reason=REASON,
               email=known.email)
    facts = {"valid_from": ab, "reason": REASON, "beschaeftigung_id": job.id}
    record_fact(session, Bezuegezuordnung, **facts, tarifwerk=tariff, entgeltgruppe=contract["gruppe"],
                stufe=contract["stufe"], stufe_seit=ab, wochenstunden=Decimal(contract["wochenstunden"]),
                vollzeitstunden=Decimal(contract["vollzeitstunden"]))
    record_fact(session, Steuermerkmale, **facts, steuerklasse=int(given.steuerklasse), konfession=given.konfession)
    catalogue = ids(session)
    record_fact(session, Versicherung, **facts, kv_art="gesetzlich", beitragsgruppe="1111", personengruppe=101,
                krankenkasse_id=catalogue.krankenkassen[given.krankenkasse])
    record_fact(session, Zusatzversorgung, **facts, zv_kasse_id=catalogue.zv_kassen["rzvk"])
    record_fact(session, Bankverbindung, valid_from=ab, reason=REASON, person_id=person.id, iban=given.iban,
                iban_ende=given.iban[-4:])
    if contract["stelle"]:
        share = Fraction(contract["wochenstunden"]) / Fraction(contract["vollzeitstunden"])
        occupancy.occupy(session, Besetzung(contract["stelle"], number, share, contract["gruppe"], ab, until),
                         reason=REASON)
    return person


def funds(session: TenantSession) -> list[str]:
    """Die Krankenkassen, die der Mandant kennt."""
    return sorted(ids(session).krankenkassen)
