"""Einstellung vollziehen: aus Angebot und Angaben werden Person, Beschäftigung, Tatsachen und Besetzung der Stelle.

Nichts wird ein zweites Mal eingegeben. Beitragsgruppe und Personengruppe folgen aus Gruppe und Krankenversicherung:
1111 gesetzlich, 9111 freiwillig, 0110 privat (Anlage 1 DEÜV), keine für Besoldete (§ 6 Abs. 1 Nr. 2 SGB V, § 5 Abs. 1
SGB VI). Steuerklasse und Konfession sind die genannten, bis ELStAM sie bestätigt. Was ein Nachweis belegen muss, wird
Wiedervorlage.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import func, select

from jobportal import applications, hiring
from jobportal.errors import Refused
from jobportal.models import Bewerbung, Einstellung
from payroll.masterdata import wiedervorlage
from payroll.masterdata.catalogue import ids
from payroll.masterdata.models import (
    Bankverbindung,
    Bezuegezuordnung,
    Person,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    Zusatzversorgung,
    ZvKasse,
)
from payroll.masterdata.service import FactError, create_person, find_sealed, hire, record_fact
from staffplan import grades, occupancy
from staffplan.rules import Refused as PlanRefused
from staffplan.state import Besetzung
from tenants.db.session import TenantSession
from tenants.web import inputs

TARIFFS = {"E": "TVoeD-VKA", "S": "TVoeD-SuE", "P": "TVoeD-P", "A": "NRW-A", "B": "NRW-B", "R": "NRW-R",
           "W": "NRW-W"}
CONTRIBUTION_GROUPS = {"gesetzlich": "1111", "freiwillig": "9111", "privat": "0110"}
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
        raise Refused("Einstellung: Außertarifliche in der Personalverwaltung anlegen; für sie gilt keine Tabelle.")
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
    known, ab, offered = applications.details(session, row), made.ab, hiring.contract(made)
    until = date.fromisoformat(offered.befristet_bis) if offered.befristet_bis else None
    person = create_person(
        session, valid_from=ab, reason=REASON, nachname=known.nachname, vorname=known.vorname,
        geburtsdatum=inputs.day(given.geburtsdatum), strasse=given.strasse, plz=given.plz, ort=given.ort,
        steuer_id=given.steuer_id, sv_nummer=given.sv_nummer or None)
    job = hire(session, person, personalnummer=number, art="beamte" if offered.besoldet else "tarif", eintritt=ab,
               austritt=until, reason=REASON, email=known.email)
    record_fact(session, Bezuegezuordnung, valid_from=ab, reason=REASON, beschaeftigung_id=job.id, tarifwerk=tariff,
                entgeltgruppe=offered.gruppe, stufe=offered.stufe, stufe_seit=ab,
                wochenstunden=Decimal(offered.wochenstunden), vollzeitstunden=Decimal(offered.vollzeitstunden))
    _deductions(session, job.id, ab, given, offered)
    record_fact(session, Bankverbindung, valid_from=ab, reason=REASON, person_id=person.id, iban=given.iban,
                iban_ende=given.iban[-4:])
    wiedervorlage.create(session, list(_proofs(person.id, job.id, ab, given, offered)))
    if offered.stelle:
        share = Fraction(offered.wochenstunden) / Fraction(offered.vollzeitstunden)
        occupancy.occupy(session, Besetzung(offered.stelle, number, share, offered.gruppe, ab, until), reason=REASON)
    return person


def _deductions(session: TenantSession, job: int, ab: date, given: hiring.Fehlendes, offered: hiring.Vertrag) -> None:
    """Steuer, Versicherung, Zusatzversorgung."""
    facts = {"valid_from": ab, "reason": REASON, "beschaeftigung_id": job}
    catalogue, private = ids(session), given.kv_art == "privat"
    basis = given.euros("pkv_basis") + given.euros("ppv_beitrag") if private else 0
    record_fact(session, Steuermerkmale, **facts, steuerklasse=int(given.steuerklasse), konfession=given.konfession,
                pkv_basis_monat_cent=basis)
    fund = catalogue.krankenkassen[given.krankenkasse] if given.krankenkasse else None
    group = None if offered.besoldet else CONTRIBUTION_GROUPS[given.kv_art]
    record_fact(session, Versicherung, **facts, kv_art=given.kv_art, beitragsgruppe=group,
                personengruppe=None if group is None else 101, krankenkasse_id=fund,
                pkv_beitrag_monat_cent=given.euros("pkv_beitrag") if private else 0,
                ppv_beitrag_monat_cent=given.euros("ppv_beitrag") if private else 0,
                elterneigenschaft=given.kinder == "ja")
    if offered.zv_kasse:
        if offered.zv_kasse not in catalogue.zv_kassen:
            raise Refused(f"Einstellung: die Zusatzversorgungskasse „{offered.zv_kasse}“ kennt der Mandant nicht; im "
                          "Katalog anlegen oder ein neues Angebot machen.")
        record_fact(session, Zusatzversorgung, **facts, zv_kasse_id=catalogue.zv_kassen[offered.zv_kasse])


def _proofs(
    person: int, job: int, ab: date, given: hiring.Fehlendes, offered: hiring.Vertrag
) -> Iterator[wiedervorlage.Vorgabe]:
    """Nachweise, ohne die eine Angabe nicht bleiben darf oder etwas fehlt."""
    wanted = []
    if given.kinder == "ja":
        wanted.append(("kinder", "Nachweis der Elterneigenschaft verlangen und die Kinder mit Geburtstag erfassen.",
                       "§ 55 Abs. 3 und 3a SGB XI"))
    if given.kv_art == "privat":
        wanted.append(("pkv", "Bescheinigung der privaten Kranken- und Pflegeversicherung verlangen und die Beiträge "
                              "vergleichen.", "§ 257 Abs. 2a SGB V"))
    if offered.besoldet:
        wanted.append(("familienzuschlag", "Erklärung zum Familienzuschlag verlangen (Familienstand, Kinder, Wohnort).",
                       "§§ 42, 43 LBesG NRW"))
    for key, text, law in wanted:
        yield wiedervorlage.Vorgabe(person, ab, text, "ereignis", f"einstellung:{job}:{key}", law, job)


def funds(session: TenantSession) -> list[str]:
    """Die Krankenkassen, die der Mandant kennt."""
    return sorted(ids(session).krankenkassen)


def pension_funds(session: TenantSession) -> list[tuple[str, str]]:
    """Kürzel und Name der Zusatzversorgungskassen; zuerst die mit den meisten Versicherten."""
    members = (select(Zusatzversorgung.zv_kasse_id, func.count().label("zahl"))
               .where(Zusatzversorgung.superseded_at.is_(None)).group_by(Zusatzversorgung.zv_kasse_id).subquery())
    found = session.execute(
        select(ZvKasse.kuerzel, ZvKasse.name).outerjoin(members, members.c.zv_kasse_id == ZvKasse.id)
        .order_by(func.coalesce(members.c.zahl, 0).desc(), ZvKasse.kuerzel))
    return [(key, name) for key, name in found]
