"""Writes the invented people of an employer as facts, in bulk, with the clock of their entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from schwifty import IBAN

from payroll.demo.numbers import steuer_id, sv_nummer
from payroll.demo.people import Mensch
from payroll.demo.tarif import FRAUEN
from payroll.masterdata.catalogue import Ids, ids, seed
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Bankverbindung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Familienzuschlag,
    Kind,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.masterdata.models.facts import Fact
from tenants.db.session import TenantSession

LOHNARTEN = {"vwl": 1650, "vwl_sparen": 4200, "sue_zulage_fallgruppe_6": 1101, "zulage": 1107, "kantine": 4203,
             "jahressonderzahlung": 1600, "jobticket": 3007}
BANKEN = ("37050198", "41651770", "30050110", "10010010", "12030000")
STAATEN = {3: "163", 7: "152", 11: "137"}  # keys of the Federal Statistical Office: Türkiye, Poland, Italy
OCCUPATIONS = {"erziehung": "83112", "pflege": "81302", "leitung": "73294", "minijob": "54101"}
OFFICE = "73202"  # public administration, skilled (KldB 2010)
DAY = timedelta(days=1)
REASON = "Demonstration"


@dataclass(frozen=True)
class Written:
    """A written person: public id (for the portal) beside what was written."""

    public_id: UUID
    mensch: Mensch


def write_people(session: TenantSession, people: list[Mensch],
                 wage_types: Collection[int] | None = None) -> list[Written]:
    """Catalogue and people of one employer; the facts carry no other clock than the district's own.

    wage_types: only these numbers of the delivered catalogue; those of LOHNARTEN must be among them.
    """
    seed(session, reason=REASON, assumed_u2=Decimal("0.39"), lohnarten=wage_types)
    numbers = ids(session)
    new = [_person(mensch, numbers) for mensch in people]
    store(session, new, reason=REASON)
    return [Written(person.public_id, mensch) for person, mensch in zip(new, people, strict=True)]


def _person(m: Mensch, numbers: Ids) -> NeuePerson:
    own = [Tatsache(PersonAngaben, m.geburtsdatum, {
        "nachname": m.nachname, "vorname": m.vorname, "geburtsdatum": m.geburtsdatum, "strasse": m.strasse,
        "plz": m.plz, "ort": m.ort, "steuer_id": steuer_id(m.konto),
        "sv_nummer": sv_nummer(m.geburtsdatum, m.nachname, m.konto),
        "geschlecht": "weiblich" if m.vorname in FRAUEN else "maennlich",
        "schwerbehinderung": "schwerbehindert" if m.konto % 17 == 3 else None,
        "staatsangehoerigkeit": STAATEN.get(m.konto % 25, "000")})]
    own += [Tatsache(Kind, born, {"nummer": i, "geburtsdatum": born}) for i, born in enumerate(m.kinder, 1)]
    own += [Tatsache(a.model, a.ab, a.werte, a.bis) for a in m.personal]
    accounts = [(m.beginn, m.konto)] + ([(m.neues_konto_ab, m.konto + 1)] if m.neues_konto_ab else [])
    own += _dated(Bankverbindung, [(ab, _account(konto)) for ab, konto in accounts])
    return NeuePerson(own, [NeueBeschaeftigung(m.personalnummer, _employment(m, numbers))])


def _employment(m: Mensch, numbers: Ids) -> list[Tatsache]:
    facts = [Tatsache(BeschaeftigungAngaben, m.eintritt, {
        "art": m.art, "eintritt": m.eintritt, "austritt": m.austritt, "kostenstelle": m.kostenstelle, "email": None,
        "taetigkeitsschluessel": None if m.art == "beamte" else _activity(m)})]
    facts += _dated(Steuermerkmale, [(s.ab, {
        "steuerklasse": s.steuerklasse, "faktor": s.faktor, "kinderfreibetraege": s.kinderfreibetraege,
        "konfession": s.konfession, "freibetrag_monat_cent": s.freibetrag_monat,
        "freibetrag_jahr_cent": s.freibetrag_monat * 12, "pkv_basis_monat_cent": s.pkv_basis}) for s in m.steuer])
    insured = m.kv_art in ("gesetzlich", "freiwillig")
    facts.append(Tatsache(Versicherung, m.beginn, {
        "kv_art": m.kv_art, "beitragsgruppe": m.beitragsgruppe, "personengruppe": m.personengruppe,
        "krankenkasse_id": numbers.krankenkassen[m.kasse] if insured or m.personengruppe else None,
        "pkv_beitrag_monat_cent": m.pkv_beitrag, "ppv_beitrag_monat_cent": m.ppv_beitrag,
        "elterneigenschaft": bool(m.kinder), **m.versicherung}))
    if m.zusatzversorgung:
        facts.append(Tatsache(Zusatzversorgung, m.beginn, {"zv_kasse_id": numbers.zv_kassen["rzvk"]}))
    facts += _dated(Bezuegezuordnung, [(z.ab, {
        "tarifwerk": z.tarifwerk, "entgeltgruppe": z.entgeltgruppe, "stufe": z.stufe, "stufe_seit": z.seit or z.ab,
        "wochenstunden": z.wochenstunden, "vollzeitstunden": z.vollzeitstunden}) for z in m.zuordnungen])
    facts += _family(m)
    facts += [Tatsache(a.model, a.ab, a.werte, a.bis) for a in m.tarif]
    facts += [Tatsache(WiederkehrenderBezug, b.ab, {
        "lohnart_id": numbers.lohnarten[LOHNARTEN[b.zweck]], "laufnummer": 1, "betrag_cent": b.betrag},
        b.bis or m.austritt) for b in m.bezuege]
    return facts


def _activity(m: Mensch) -> str:
    """Activity key: occupation (KldB 2010) by kind of work, school, training, no hired-out labour, contract form."""
    part_time = any(one.wochenstunden < one.vollzeitstunden for one in m.zuordnungen)
    return OCCUPATIONS.get(m.kind, OFFICE) + ("31" if m.art == "auszubildende" else "32") + "1" + (
        "3" if m.art == "auszubildende" else "2" if part_time else "1")


def _family(m: Mensch) -> list[Tatsache]:
    if not m.familie:
        return []
    facts = _dated(Familienzuschlag, [(f.ab, {
        "stufe1": f.stufe1, "kinder": f.kinder, "mietenstufe": f.mietenstufe}) for f in m.familie])
    return [fact for fact in facts if fact.values["stufe1"] or fact.values["kinder"]]


def _dated(model: type[Fact], versions: list[tuple[date, dict[str, Any]]]) -> list[Tatsache]:
    """Facts that follow each other: each ends the day before the next begins."""
    ends = [following[0] - DAY for _, following in pairwise(versions)]
    return [Tatsache(model, ab, values, until) for (ab, values), until in zip(versions, [*ends, None], strict=True)]


def _account(konto: int) -> dict[str, str]:
    iban = IBAN.generate("DE", BANKEN[konto % len(BANKEN)], f"{konto:010d}")
    return {"iban": str(iban), "iban_ende": str(iban)[-4:]}
