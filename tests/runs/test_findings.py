"""Unmögliches und Zweifelhaftes: ein Befund mit Recht und Abhilfe, niemand sonst wird aufgehalten."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.catalogue import Ids, add_fund, ids, seed
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    KrankenkasseSatz,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
)
from payroll.masterdata.service import FactError, record_fact
from payroll.runs.calculate import calculate
from payroll.runs.models import Ergebnis, Hinweis
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.models import Tenant

MONTH, START = date(2026, 1, 1), date(2024, 1, 1)
BEAMTE = {"art": "beamte", "gruppe": ("NRW-A", "A11", "5"), "kv_art": "privat", "beitragsgruppe": None,
          "personengruppe": None}
MINIJOB = {"art": "minijob", "gruppe": None, "beitragsgruppe": "6500", "personengruppe": 109}
PEOPLE: dict[str, dict[str, Any]] = {
    "heil": {},
    "faktor": {"steuerklasse": 4, "faktor": Decimal("0.9"), "freibetrag": 10_000},
    "beamte": BEAMTE | {"kv_art": "gesetzlich", "beitragsgruppe": "1111", "personengruppe": 101},
    "beamte heil": BEAMTE,
    "minijob": MINIJOB | {"betrag": 70_000},
    "minijob heil": MINIJOB | {"betrag": 60_300},
    "kinderlos": {"elterneigenschaft": False, "kinderfreibetraege": 1},
    "kinder in V": {"steuerklasse": 5, "kinderfreibetraege": 1},
    "minijob weit": MINIJOB | {"betrag": 130_000},
    "minijob gruppe": MINIJOB | {"betrag": 50_000, "beitragsgruppe": "1111"},
    "azubi": {"art": "auszubildende", "gruppe": ("TVAoeD-BBiG", "Auszubildende", "1")},
    "privat voll": {"kv_art": "privat", "beitragsgruppe": "1111"},
    "privat": {"kv_art": "privat", "beitragsgruppe": "0110"},
    "stufe": {"gruppe": ("TVoeD-VKA", "E9b", "7")},
    "tarifwerk": {"gruppe": ("NRW-A", "A11", "5")},
    "zweifel": {"gruppe": ("TVoeD-VKA", "E2Ü", "5")},
}


def _person(name: str, numbers: Ids, change: dict[str, Any]) -> NeuePerson:
    values: dict[str, Any] = {
        "art": "tarif", "gruppe": ("TVoeD-VKA", "E9b", "4"), "kv_art": "gesetzlich", "beitragsgruppe": "1111",
        "personengruppe": 101, "steuerklasse": 1, "faktor": None, "freibetrag": 0, "betrag": None,
        "elterneigenschaft": True, "kinderfreibetraege": 0} | change
    fund = numbers.krankenkassen["FEST" if name == "heil" else "OFFEN"]
    job = [
        Tatsache(BeschaeftigungAngaben, START, {"art": values["art"], "eintritt": START}),
        Tatsache(Versicherung, START, {
            "kv_art": values["kv_art"], "beitragsgruppe": values["beitragsgruppe"],
            "personengruppe": values["personengruppe"], "elterneigenschaft": values["elterneigenschaft"],
            "krankenkasse_id": fund if values["kv_art"] == "gesetzlich" else None,
            "pkv_beitrag_monat_cent": 30_000 if values["kv_art"] == "privat" else 0}),
        Tatsache(Steuermerkmale, START, {"steuerklasse": values["steuerklasse"], "faktor": values["faktor"],
                                         "freibetrag_monat_cent": values["freibetrag"], "konfession": "keine",
                                         "kinderfreibetraege": values["kinderfreibetraege"]}),
    ]
    if values["gruppe"]:
        scale, group, step = values["gruppe"]
        job.append(Tatsache(Bezuegezuordnung, START, {
            "tarifwerk": scale, "entgeltgruppe": group, "stufe": step, "wochenstunden": Decimal(39),
            "vollzeitstunden": Decimal(39)}))
    if values["betrag"]:
        job.append(Tatsache(WiederkehrenderBezug, START, {
            "lohnart_id": numbers.lohnarten[1900], "laufnummer": 1, "betrag_cent": values["betrag"]}))
    own = [Tatsache(PersonAngaben, START, {"nachname": name, "vorname": "Ute", "geburtsdatum": date(1985, 6, 15)}),
           Tatsache(Bankverbindung, START, {"iban": "DE02120300000000202051", "iban_ende": "2051"})]
    return NeuePerson(own, [NeueBeschaeftigung(name, job)])


@pytest.fixture(scope="module")
def found(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[tuple[set[str], list[Hinweis]]]:
    """Wer bezahlt wird, und alle Befunde eines Laufs."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test")
            for short in ("FEST", "OFFEN"):
                add_fund(session, short, f"Kasse {short}", nummer=None, valid_from=START, quelle="Satzung",
                         reason="Test", zusatzbeitrag=Decimal("2.9"), u2_satz=Decimal("0.39"))
            numbers = ids(session)
            record_fact(session, KrankenkasseSatz, krankenkasse_id=numbers.krankenkassen["FEST"], valid_from=START,
                        reason="Satzung gelesen", zusatzbeitrag=Decimal("2.9"), u2_satz=Decimal("0.39"),
                        quelle="Satzung", status="recht")
            store(session, [_person(name, numbers, change) for name, change in PEOPLE.items()], reason="Test")
        with tenant_session(number, actor="karla") as session:
            calculate(session, MONTH, key=str(uuid.uuid4()))
        with tenant_session(number, actor="karla") as session:
            paid = session.scalars(select(Beschaeftigung.personalnummer).join(
                Ergebnis, Ergebnis.beschaeftigung_id == Beschaeftigung.id)).all()
            yield set(paid), list(session.scalars(select(Hinweis)))


def _of(found: tuple[set[str], list[Hinweis]], person: str) -> list[tuple[str, str]]:
    return [(h.stufe, h.feld) for h in found[1] if h.datensatz.startswith(f"Personalnummer {person} (")]


def test_only_the_impossible_are_left_out(found: tuple[set[str], list[Hinweis]]) -> None:
    assert found[0] == PEOPLE.keys() - {"beamte", "stufe", "tarifwerk", "minijob weit", "minijob gruppe",
                                      "privat voll"}


@pytest.mark.parametrize(("person", "expected"), [
    ("heil", []), ("beamte heil", []), ("minijob heil", []), ("zweifel", []),
    ("faktor", [("warnung", "freibetrag_monat")]),
    ("beamte", [("fehler", "beitragsgruppe")]),
    ("minijob", [("warnung", "brutto")]),
    ("privat", [("warnung", "kv_art")]),
    ("kinderlos", [("warnung", "kinderlos")]),
    ("kinder in V", [("warnung", "kinderfreibetraege")]),
    ("minijob weit", [("fehler", "brutto")]),
    ("minijob gruppe", [("fehler", "beitragsgruppe"), ("fehler", "ist_minijob")]),
    ("azubi", [("warnung", "personengruppe")]),
    ("privat voll", [("fehler", "beitragsgruppe"), ("warnung", "kv_art")]),
    ("stufe", [("fehler", "stufe")]),
    ("tarifwerk", [("fehler", "tarifwerk")]),
])
def test_findings_of_a_person(found: tuple[set[str], list[Hinweis]], person: str,
                              expected: list[tuple[str, str]]) -> None:
    assert _of(found, person) == expected


def test_each_of_the_people_is_told_law_and_remedy(found: tuple[set[str], list[Hinweis]]) -> None:
    own = [h for h in found[1] if h.beschaeftigung_id is not None]
    assert {h.datensatz.split("(")[0].removeprefix("Personalnummer ").strip() for h in own} == (
        PEOPLE.keys() - {"heil", "beamte heil", "minijob heil", "zweifel"})
    assert [h.regel for h in own if "§" not in h.regel or not h.abhilfe] == []


def test_a_factor_outside_class_iv_does_not_get_in(found: tuple[set[str], list[Hinweis]]) -> None:
    with platform_session(actor="test") as session:
        number = session.scalars(select(Tenant.id)).one()
    with tenant_session(number, actor="karla") as desk:
        job = desk.scalars(select(Beschaeftigung.id).where(Beschaeftigung.personalnummer == "heil")).one()
        with pytest.raises(FactError, match="gehört zur Steuerklasse 4"):
            record_fact(desk, Steuermerkmale, beschaeftigung_id=job, valid_from=MONTH, reason="Versuch", steuerklasse=3,
                        faktor=Decimal("0.9"), konfession="keine")


def test_each_names_law_and_remedy(found: tuple[set[str], list[Hinweis]]) -> None:
    by_field = {h.feld: h for h in found[1]
                if h.datensatz.split(" (")[0] not in ("Personalnummer privat voll", "Personalnummer minijob gruppe")}
    assert "§ 39f Abs. 1 EStG" in by_field["freibetrag_monat"].regel
    assert "§ 6 Abs. 1 Nr. 2 SGB V" in by_field["beitragsgruppe"].regel
    assert "§ 8 Abs. 1, 1a und 1b SGB IV" in by_field["brutto"].regel
    assert all(h.abhilfe for h in found[1])


def test_unconfirmed_figures_once_for_all_who_use_them(found: tuple[set[str], list[Hinweis]]) -> None:
    law = {h.datensatz: h for h in found[1] if h.ursache == "recht"}
    assert law["Tabellenwert TVoeD-VKA E2Ü Stufe 5"].stufe == "hinweis"
    assert "einzelquelle" in law["Tabellenwert TVoeD-VKA E2Ü Stufe 5"].regel
    funds = {name: h for name, h in law.items() if name.startswith("Krankenkasse")}
    assert list(funds) == ["Krankenkasse Kasse OFFEN"]
    assert "10 Fälle" in funds["Krankenkasse Kasse OFFEN"].regel
