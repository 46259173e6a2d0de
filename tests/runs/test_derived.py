"""Familienzuschlag und SuE-Zulage kommen aus dem Recht: aus Tatsachen, je Zeitabschnitt, mit Erklärung."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select

from payroll.law.conformance.bundled import FOLDER
from payroll.masterdata.catalogue import Ids, ids, seed
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Familienzuschlag,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_line
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis
from tenants import service
from tenants.db import engine
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

START, JUNE = date(2024, 12, 1), date(2025, 6, 1)
FAMILY_CASES = ("V069", "V070", "V071", "V072")
SUE_CASES = ("V043",)
with (FOLDER / "pay_cases.csv").open(encoding="utf-8", newline="") as stream:
    CASES = {row["id"]: row for row in csv.DictReader(stream) if row["id"] in (*FAMILY_CASES, *SUE_CASES, "V044")}

Family = tuple[date, date | None, bool, int, str | None]
HALF, FULL = Decimal("20.5"), Decimal(41)
# name: groups (from, scale, group, step, hours, full), families, typed payments (number, cents, from, to)
OWN: dict[str, dict[str, Any]] = {
    "geburt": {"grades": [(START, "NRW-A", "A8", "7", FULL, FULL)],
               "families": [(START, date(2025, 6, 10), True, 1, "III"), (date(2025, 6, 11), None, True, 2, "III")]},
    "teilzeit": {"grades": [(START, "NRW-A", "A8", "7", FULL, FULL),
                            (date(2025, 6, 16), "NRW-A", "A8", "7", HALF, FULL)],
                 "families": [(START, None, True, 2, "III")]},
    "stufe": {"grades": [(START, "NRW-A", "A8", "6", FULL, FULL), (date(2025, 6, 16), "NRW-A", "A8", "7", FULL, FULL)],
              "families": [(START, date(2025, 6, 4), True, 2, "III"), (date(2025, 6, 5), None, True, 2, "III")]},
    "getippt": {"grades": [(START, "NRW-A", "A8", "7", FULL, FULL)], "families": [(START, None, True, 2, "III")],
                "typed": [(2005, 50_000, START, date(2025, 6, 10))]},
    "angestellt": {"grades": [(START, "TVoeD-VKA", "E9b", "4", Decimal(39), Decimal(39))], "art": "tarif",
                   "families": [(START, None, True, 0, None)]},
    "S13": {"grades": [(START, "TVoeD-SuE", "S13", "4", Decimal(39), Decimal(39))]},
    "S15": {"grades": [(START, "TVoeD-SuE", "S15", "4", Decimal(39), Decimal(39))]},
    "S15 Fallgruppe 6": {"grades": [(START, "TVoeD-SuE", "S15", "4", Decimal(39), Decimal(39))],
                         "typed": [(1101, 18_000, START, None)]},
    "S12": {"grades": [(START, "TVoeD-SuE", "S12", "3", Decimal(20), Decimal(39))]},
    "S8a getippt": {"grades": [(START, "TVoeD-SuE", "S8a", "4", Decimal(39), Decimal(39))],
                    "typed": [(1100, 10_000, START, None)]},
    "Aufstieg": {"grades": [(START, "TVoeD-SuE", "S9", "4", Decimal(39), Decimal(39)),
                            (date(2025, 6, 16), "TVoeD-SuE", "S12", "4", Decimal(39), Decimal(39))]},
}


def _from_case(row: dict[str, str]) -> dict[str, Any]:
    facts = json.loads(row["facts"])
    children = int(facts.get("kinder", 0))
    married = facts.get("familienzuschlag_stufe_1", facts.get("familienstand") == "verheiratet")
    families = [(START, None, married, children, facts.get("mietenstufe"))] if married or children else []
    hours = Decimal(row["weekly_hours"]), Decimal(row["full_time_hours"])
    return {"grades": [(START, row["scale"], row["group"], row["step"], *hours)], "families": families}


PEOPLE = {name: _from_case(CASES[name]) for name in (*FAMILY_CASES, *SUE_CASES)} | OWN


def _person(name: str, given: dict[str, Any], numbers: Ids) -> NeuePerson:
    grades = given["grades"]
    art = given.get("art", "beamte" if grades[0][1] == "NRW-A" else "tarif")
    official = art == "beamte"
    ends = [grade[0].replace(day=grade[0].day - 1) for grade in grades[1:]] + [None]
    job = [Tatsache(BeschaeftigungAngaben, START, {"art": art, "eintritt": START}),
           Tatsache(Steuermerkmale, START, {"steuerklasse": 1, "konfession": "keine"}),
           Tatsache(Versicherung, START, {
               "kv_art": "privat" if official else "gesetzlich", "beitragsgruppe": None if official else "1111",
               "personengruppe": None if official else 101, "elterneigenschaft": True,
               "krankenkasse_id": None if official else numbers.krankenkassen["TK"],
               "pkv_beitrag_monat_cent": 30_000 if official else 0})]
    if not official:
        job.append(Tatsache(Zusatzversorgung, START, {"zv_kasse_id": numbers.zv_kassen["rzvk"]}))
    for (first, scale, group, step, own, full), last in zip(grades, ends, strict=True):
        job.append(Tatsache(Bezuegezuordnung, first, {
            "tarifwerk": scale, "entgeltgruppe": group, "stufe": step, "wochenstunden": own, "vollzeitstunden": full},
            last))
    for first, until, step1, children, level in given.get("families", ()):
        family = {"stufe1": step1, "kinder": children, "mietenstufe": level}
        job.append(Tatsache(Familienzuschlag, first, family, until))
    for number, cents, first, until in given.get("typed", ()):
        job.append(Tatsache(WiederkehrenderBezug, first, {
            "lohnart_id": numbers.lohnarten[number], "laufnummer": 1, "betrag_cent": cents}, until))
    own = [Tatsache(PersonAngaben, START, {"nachname": name, "vorname": "Ute", "geburtsdatum": date(1985, 6, 15)}),
           Tatsache(Bankverbindung, START, {"iban": "DE02120300000000202051", "iban_ende": "2051"})]
    return NeuePerson(own, [NeueBeschaeftigung(name, job)])


@pytest.fixture(scope="module")
def district(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> Iterator[int]:
    """Ein Arbeitgeber, Juni 2025 gerechnet."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test", assumed_u2=Decimal("0.39"))
            numbers = ids(session)
            store(session, [_person(name, given, numbers) for name, given in PEOPLE.items()], reason="Test")
        with tenant_session(number, actor="karla") as session:
            calculate(session, JUNE, key="juni")
        yield number


def _result(session: Any, name: str) -> Ergebnis:
    statement = select(Ergebnis).join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id)
    return session.scalars(statement.where(Beschaeftigung.personalnummer == name, Ergebnis.monat == JUNE)).one()


def _lines(district: int, name: str) -> list[tuple[str, str, str, int]]:
    """Die Zeilen aus Familienzuschlag und SuE-Zulage: Lohnart, Einzelheit, Merkmale, Cent."""
    with tenant_session(district, actor="karla") as session:
        rows = session.scalars(select(Ergebniszeile).where(Ergebniszeile.ergebnis_id == _result(session, name).id)
                               .order_by(Ergebniszeile.position))
        return [(row.lohnart, row.einzelheit, row.merkmale, row.betrag) for row in rows
                if row.lohnart in ("1100", "1101", "2004", "2005")]


def _findings(district: int, name: str) -> list[tuple[str, str]]:
    with tenant_session(district, actor="karla") as session:
        return [(h.stufe, h.feld) for h in session.scalars(select(Hinweis)) if f"Personalnummer {name} (" in h.datensatz
                and h.ursache == "stammdaten"]


@pytest.mark.parametrize("case", [*FAMILY_CASES, *SUE_CASES])
def test_a_run_pays_what_the_verified_cases_say(district: int, case: str) -> None:
    expected = int(Decimal(CASES[case]["expected_eur"]) * 100)
    with tenant_session(district, actor="karla") as session:
        assert _result(session, case).gesamtbrutto == expected
    assert _findings(district, case) == []


def test_the_parts_of_the_family_supplement(district: int) -> None:
    # Annex 13 LBesG NRW from February 2025: step 1 168.76 (A7 and A8: 162.70), step 3 in III 994.40 (A9 up: 996.96)
    assert _lines(district, "V069") == [("2004", "", "L-N", 16_876)]
    assert _lines(district, "V070") == [("2004", "", "L-N", 16_270),
                                        ("2005", "2 Kinder, Mietenstufe III", "L-N", 99_440 - 16_270)]
    assert _lines(district, "V071") == [("2005", "2 Kinder, Mietenstufe III", "L-N", 99_696 - 16_876)]
    assert _lines(district, "V072") == []


def test_a_birth_within_the_month_cuts_the_supplement_and_not_the_salary(district: int) -> None:
    # Step 2 (one child) in III for A7 and A8 from February 2025 is 359.33.
    lines = _lines(district, "geburt")
    first = _half_up(_one_child() * 10, 30)
    assert [(number, cents) for number, _, _, cents in lines] == [
        ("2004", _half_up(16_270 * 10, 30)), ("2005", first - _half_up(16_270 * 10, 30)),
        ("2004", _half_up(16_270 * 20, 30)), ("2005", _half_up(99_440 * 20, 30) - _half_up(16_270 * 20, 30))]
    assert [detail for _, detail, _, _ in lines] == [
        "1.–10.", "1.–10. 1 Kind, Mietenstufe III", "11.–30.", "11.–30. 2 Kinder, Mietenstufe III"]
    with tenant_session(district, actor="karla") as session:
        assert _result(session, "geburt").tabellenentgelt == 365_629


def _half_up(product: int, days: int) -> int:
    return (2 * product + days) // (2 * days)


def _one_child() -> int:
    with (FOLDER.parent.parent / "parameters" / "pay_tables" / "familienzuschlag_nrw.csv").open() as table:
        (cell,) = [row["betrag"] for row in csv.DictReader(table) if (
            row["klasse"], row["stufe"], row["mietenstufe"], row["gueltig_ab"]) == ("A7-A8", "2", "III", "2025-02-01")]
    return int(Decimal(cell) * 100)


def test_part_time_from_the_sixteenth_halves_the_second_half(district: int) -> None:
    whole, step1 = 49_720, 8_135  # half a month of 994.40 and of 162.70
    assert _lines(district, "teilzeit") == [
        ("2004", "1.–15.", "L-N", step1), ("2005", "1.–15. 2 Kinder, Mietenstufe III", "L-N", whole - step1),
        ("2004", "16.–30.", "L-N", 4_068),  # 162.70 / 2 = 81.35, half a month 40.675
        ("2005", "16.–30. 2 Kinder, Mietenstufe III", "L-N", 24_860 - 4_068)]


def test_a_step_of_the_salary_and_a_fact_in_pieces_do_not_cut_the_supplement(district: int) -> None:
    assert _lines(district, "stufe") == _lines(district, "V070")


def test_a_typed_amount_goes_before_on_its_days_and_is_a_warning(district: int) -> None:
    lines = [(number, detail, cents) for number, detail, _, cents in _lines(district, "getippt")]
    step1 = _half_up(16_270 * 20, 30)
    assert lines == [("2004", "11.–30.", step1),
                     ("2005", "11.–30. 2 Kinder, Mietenstufe III", _half_up(99_440 * 20, 30) - step1),
                     ("2005", "", _half_up(50_000 * 10, 30))]
    assert _findings(district, "getippt") == [("warnung", "Lohnart 2005")]


def test_the_supplement_is_for_civil_servants_only(district: int) -> None:
    assert _lines(district, "angestellt") == []
    assert _findings(district, "angestellt") == [("warnung", "familienzuschlag")]


def test_the_sue_allowance_goes_by_the_group(district: int) -> None:
    assert _lines(district, "V043") == [("1100", "", "LLJ", 13_000)]
    assert _lines(district, "S12") == [("1101", "", "LLJ", 9_231)]  # V044: 180 x 20/39
    assert _lines(district, "S13") == []
    assert _findings(district, "S13") == []
    assert _lines(district, "Aufstieg") == [("1100", "1.–15.", "LLJ", 6_500), ("1101", "16.–30.", "LLJ", 9_000)]


def test_s15_has_it_in_one_case_group_only_so_the_clerk_decides(district: int) -> None:
    assert _lines(district, "S15") == []
    assert _findings(district, "S15") == [("warnung", "Lohnart 1101")]
    assert _lines(district, "S15 Fallgruppe 6") == [("1101", "", "LLJ", 18_000)]
    assert _findings(district, "S15 Fallgruppe 6") == []


def test_a_typed_sue_allowance_is_paid_alone(district: int) -> None:
    assert _lines(district, "S8a getippt") == [("1100", "", "LLJ", 10_000)]
    assert _findings(district, "S8a getippt") == [("warnung", "Lohnart 1100")]


@pytest.mark.parametrize("name", ["V070", "teilzeit", "Aufstieg"])
def test_every_line_is_explained_by_its_rule(district: int, name: str) -> None:
    with tenant_session(district, actor="karla") as session:
        result = _result(session, name)
        lines = session.scalars(select(Ergebniszeile).where(
            Ergebniszeile.ergebnis_id == result.id, Ergebniszeile.bereich == "bezug")
            .order_by(Ergebniszeile.position)).all()
        for position, line in enumerate(lines, 1):
            found = explain_line(session, result.public_id, position)
            assert sum(one.value for one in found) == line.betrag
        if name == "V070":
            (children,) = explain_line(session, result.public_id, 3)
            assert children.title.startswith("Was vom Familienzuschlag auf die Kinder entfällt")
            assert any("§ 43 LBesG NRW" in line for line in children.lines())


def test_the_civil_servant_owes_no_contribution_and_the_educator_the_pension_on_it(district: int) -> None:
    with tenant_session(district, actor="karla") as session:
        official, educator = _result(session, "V070"), _result(session, "V043")
        assert official.steuerbrutto == official.gesamtbrutto == 465_069
        assert (official.kv_an, official.rv_an, official.av_an, official.zv_umlage) == (0, 0, 0, 0)
        assert educator.zv_umlage == 17_946  # 4.25 % of 4,222.49, the allowance included


def test_number_of_statements_does_not_grow_with_the_supplements(district: int) -> None:
    counts = []
    for month, more in ((date(2025, 7, 1), 0), (date(2025, 8, 1), 8)):
        with tenant_session(district, actor="karla") as session:
            numbers = ids(session)
            for name in ("V070", "V043")[: more]:
                store(session, [_person(f"{name}-{i}", PEOPLE[name], numbers) for i in range(more)], reason="Test")
        seen: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(engine.current().app, "before_cursor_execute", note)
        with tenant_session(district, actor="karla") as session:
            calculate(session, month, key=f"{month}")
        event.remove(engine.current().app, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1] > 10
