"""Regeln einer Zahlungsdatei über das Schema hinaus, Bankarbeitstage, Zeichen, Konten; als Tabellen.

Quellen: DFÜ-Abkommen Anlage 3 (DK, V26.11), EPC C2PSP; T2-Kalender der EZB; ISO 13616; Muster der DK und der ISO.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from stdnum import iban as stdnum_iban

from payroll.filings.errors import FilingRefused
from payroll.filings.sepa import accounts, bankdays, schema
from payroll.filings.sepa.addresses import structured
from payroll.filings.sepa.charset import ALLOWED, bank_text
from payroll.filings.sepa.message import Anschrift, Block, Nachricht, Posten, demand_valid
from payroll.filings.sepa.writing import written

TODAY, RUN = date(2026, 11, 23), date(2026, 11, 27)
IBAN, KIND = "DE02120300000000202051", "pain.001.001.09"
SINGLE = Posten("KL0100-202611-01-ab12-00001", 248_731, "Erika Müller-Groß", IBAN, "Entgelt 11/2026 PNR 100234", "SALA")


def message(*posten: Posten, kategorie: str = "SALA", tag: date = RUN, **more: Any) -> Nachricht:
    given_ = {"msg_id": "KL0100-202611-01-ab12", "erstellt": datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
              "einreicher": "Kreis Beispiel", "inhaber": "Gemeinde Beispielhausen", "iban": "DE89370400440532013000",
              "bic": "COBADEFFXXX", "bloecke": [Block("KL0100-202611-01-ab12-E", kategorie, tag, list(posten))]}
    return Nachricht(**(given_ | more))


@pytest.mark.parametrize("kategorie", ["", "SALA", "PENS", "BONU", "TAXS"])
def test_every_block_meets_rules_and_schema(kategorie: str) -> None:
    made = message(SINGLE, replace(SINGLE, kennung="B"), kategorie=kategorie)
    demand_valid(made, TODAY)
    assert schema.demand_schema(written(made), KIND) == ["ISO pain.001.001.09"]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "null": ({"betrag": 0}, "gezahlt wird von 0,01"),
    "negativ": ({"betrag": -1}, "gezahlt wird von 0,01"),
    "zu viel": ({"betrag": 100_000_000_000}, "gezahlt wird von 0,01"),
    "kein ganzer Cent": ({"betrag": 10.5}, "ganzen Cent"),
    "Text zu lang": ({"text": "x" * 141}, "höchstens 140"),
    "fremde Schrift": ({"empfaenger": "Жанна"}, "1 bis 70 erlaubte Zeichen"),
    "Name leer": ({"empfaenger": ""}, "1 bis 70 erlaubte Zeichen"),
    "Name zu lang": ({"empfaenger": "x" * 71}, "1 bis 70 erlaubte Zeichen"),
    "Kennung doppelter Strich": ({"kennung": "A//B"}, "kein „//“"),
    "Kennung am Rand": ({"kennung": "/A"}, "kein „//“"),
    "Kennung zu lang": ({"kennung": "A" * 36}, "höchstens 35"),
    "Prüfziffer": ({"iban": "DE02120300000000202052"}, "IBAN ungültig"),
    "Land": ({"iban": "TR330006100519786457841326"}, "außerhalb des SEPA-Raums"),
    "Schweiz ohne Anschrift": ({"iban": "CH8800700000011623852", "bic": "ZKBKCHZZ80A"}, "gegliederte Anschrift"),
    "Zweck": ({"zweck": "gehalt"}, "kein Code nach ISO 20022"),
}


@pytest.mark.parametrize("change", [*BAD], ids=str)
def test_what_a_bank_would_refuse_is_refused_here(change: str) -> None:
    values, words = BAD[change]
    with pytest.raises(FilingRefused, match=words):
        demand_valid(message(replace(SINGLE, **values)), TODAY)


@pytest.mark.parametrize(("more", "words"), [
    ({"tag": date(2026, 11, 28)}, "arbeiten Banken nicht"),
    ({"tag": date(2026, 11, 20)}, "liegt zurück"),
    ({"kategorie": "SSBE"}, "gibt es hier nicht"),
    ({"iban": "DE89370400440532013001"}, "Konto des Arbeitgebers"),
    ({"msg_id": "Ä"}, "Kennung der Datei"),
    ({"inhaber": ""}, "Auftraggeber"),
    ({"bloecke": []}, "mindestens eine Zahlung"),
], ids=lambda one: str(one)[:30])
def test_frame_is_checked_too(more: dict[str, Any], words: str) -> None:
    with pytest.raises(FilingRefused, match=words):
        demand_valid(message(SINGLE, **more), TODAY)


def test_the_same_identifier_twice_is_refused() -> None:
    with pytest.raises(FilingRefused, match="EndToEndId „KL0100-202611-01-ab12-00001“ kommt mehrmals vor"):
        demand_valid(message(SINGLE, SINGLE), TODAY)


def test_many_problems_at_once_are_counted() -> None:
    wrong = [replace(SINGLE, kennung=f"N{number}", betrag=0) for number in range(25)]
    with pytest.raises(FilingRefused, match="und 5 weitere") as refused:
        demand_valid(message(*wrong), TODAY)
    assert len(refused.value.problems) == 20


def test_abroad_with_address_and_bic() -> None:
    abroad = replace(SINGLE, iban="CH8800700000011623852", bic="ZKBKCHZZ80A",
                     anschrift=Anschrift("Seestrasse", "12a", "8001", "Zürich", "CH"))
    made = message(abroad)
    demand_valid(made, TODAY)
    assert schema.demand_schema(written(made), KIND)


def test_a_file_against_the_schema_names_the_line() -> None:
    broken = written(message(replace(SINGLE, iban="X")))
    with pytest.raises(FilingRefused, match=r"entspricht nicht dem Schema ISO pain\.001\.001\.09"):
        schema.demand_schema(broken, KIND)


def test_a_placed_schema_counts_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = ('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
              f'targetNamespace="urn:iso:std:iso:20022:tech:xsd:{KIND}"><xs:element name="Other"/></xs:schema>')
    (tmp_path / f"{KIND}_GBIC_5.xsd").write_text(narrow, encoding="utf-8")
    monkeypatch.setenv(schema.FOLDER, str(tmp_path))
    with pytest.raises(FilingRefused, match="GBIC_5"):
        schema.demand_schema(written(message(SINGLE)), KIND)


def test_shipped_schema_is_the_official_one() -> None:
    # SHA-256 of the ISO schema, also stated by other projects that ship it (iso20022-struct-go).
    from hashlib import sha256
    from importlib.resources import files

    package, path = schema.SHIPPED[KIND]
    assert sha256((files(package) / path).read_bytes()).hexdigest() == (
        "de038b373e47b0077b1832ddd81f4b2f1eb25d35721f62da1e38b7f5a09fda24")


@pytest.mark.parametrize(("day", "open_"), [
    ("2026-01-01", False), ("2026-04-03", False), ("2026-04-06", False), ("2026-05-01", False), ("2026-12-25", False),
    ("2026-12-26", False), ("2026-12-24", True), ("2026-12-31", True), ("2026-06-04", True), ("2026-10-03", False),
    ("2026-11-02", True), ("2026-11-29", False)], ids=str)
def test_bank_days_follow_t2(day: str, open_: bool) -> None:
    assert bankdays.is_bank_day(date.fromisoformat(day)) is open_


@pytest.mark.parametrize(("pay_day", "today", "day", "late"), [
    ("2026-11-30", "2026-11-20", "2026-11-27", False),
    ("2026-05-29", "2026-05-20", "2026-05-28", False),
    ("2026-04-30", "2026-05-01", "2026-05-04", True),
    ("2026-11-30", "2026-11-27", "2026-11-27", False),
    ("2026-11-30", "2026-11-28", "2026-11-30", True),
    ("2026-04-07", "2026-04-01", "2026-04-02", False)], ids=str)
def test_execution_before_the_pay_day(pay_day: str, today: str, day: str, late: bool) -> None:
    found = bankdays.execution(date.fromisoformat(pay_day), date.fromisoformat(today))
    assert (found.tag, found.verspaetet) == (date.fromisoformat(day), late)
    assert bool(found.hint("Entgelte")) is late


@pytest.mark.parametrize(("given_", "made"), [
    ("Żółkiewska-O’Brien", "Zolkiewska-O'Brien"), ("Müller & Söhne", "Müller & Söhne"), ("Łódź", "Lodz"),
    ("a//b", "a/b"), ("/Rand/", "Rand"), ("A\tB\nC", "A B C"), ("Æsir ØØ", "Aesir OO"), ("Жанна", ""),
    ("Nguyễn Văn", "Nguyen Van"), ("Straße 5 § 3", "Straße 5 Par. 3"), ("<script>", "(script)")], ids=str)
def test_text_as_banks_take_it(given_: str, made: str) -> None:
    assert bank_text(given_, 140) == made


@given(st.text(max_size=200), st.integers(1, 140))
def test_whatever_comes_in_is_allowed_afterwards(words: str, limit: int) -> None:
    made = bank_text(words, limit)
    assert ALLOWED.fullmatch(made)
    assert len(made) <= limit
    assert made == made.strip()
    etree.fromstring(written(message(replace(SINGLE, empfaenger=made, text=made))))


@pytest.mark.parametrize("iban", [
    IBAN, "DE89370400440532013000", "AT611904300234573201", "FR1420041010050500013M02606", "NL91ABNA0417164300",
    "CH9300762011623852957", "GB33BUKB20201555555555", "MT84MALT011000012345MTLCAST001S"], ids=str)
def test_accounts_agree_with_another_library(iban: str) -> None:
    assert stdnum_iban.validate(iban, check_country=False) == iban
    assert accounts.problem_of(iban) == ""
    wrong = iban[:-1] + ("1" if iban[-1] != "1" else "2")
    assert not stdnum_iban.is_valid(wrong)
    assert accounts.problem_of(wrong).startswith("IBAN ungültig")


@pytest.mark.parametrize(("street", "made"), [
    ("Seestrasse 12a", ("Seestrasse", "12a")), ("Am Markt", ("Am Markt", "")), ("Rue 4 Septembre 7-9", (
        "Rue 4 Septembre", "7-9")), ("", ("", ""))], ids=str)
def test_addresses_in_parts(street: str, made: tuple[str, str]) -> None:
    found = structured(street, "8001", "Zürich", "ch")
    assert found is not None
    assert (found.strasse, found.hausnummer, found.ort, found.land) == (*made, "Zürich", "CH")
    assert structured(street, "8001", "", "CH") is None
    assert structured(street, "8001", "Zürich", "Schweiz") is None


def test_the_example_in_the_documents_is_what_the_command_writes(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from payroll.cli import kreislohn

    answer = CliRunner().invoke(kreislohn, ["payments", "example", str(tmp_path / "x.xml")])
    assert answer.exit_code == 0, answer.output
    shown = Path(__file__).parents[2] / "docs" / "beispiele" / "pain.001.001.09.xml"
    assert (tmp_path / "x.xml").read_bytes() == shown.read_bytes()
