"""Preise, Staffel, Umsatzsteuer, Leitweg-ID; Rechnung gegen Schema und Regelwerk, die niemand hier schrieb."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import etree

from payroll.cli import kreislohn
from payroll.verbund import bescheid_pdf, examples, rechnen, xrechnung
from payroll.verbund.errors import BillingRefused
from payroll.verbund.faelle import Monatsfaelle
from payroll.verbund.kennzahlen import HEADER, Kennzahlen
from payroll.verbund.kennzahlen import rows as kennzahlen_rows
from payroll.verbund.preise import Preise, from_fields, from_plain, leitweg_valid
from payroll.verbund.rechnen import Position
from payroll.verbund.steuer import Steuer, problems_in
from tenants.web import formats

spec = importlib.util.spec_from_file_location("billing_sheet", Path(__file__).with_name("billing_sheet.py"))
assert spec is not None
assert spec.loader is not None
sheet: Any = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sheet)
JAN, MAY = date(2026, 1, 1), date(2026, 5, 1)


def prices(**changed: str) -> Preise:
    return from_fields(sheet.FIELDS | changed, JAN)


def content(held: Preise, rows: list[Position]) -> dict[str, Any]:
    return {"nummer": "KV-0100-2026-001", "art": "abrechnung", "von": "2026-05-01", "bis": "2026-05-31",
            "ausgestellt": "2026-06-10", "zaehlregel": "1", "preise": held.plain(), "hinweise": ["Nach den Fällen."],
            "faelle": {"2026-05": {"abrechnung": 9, "eintritt": 2}}, "positionen": [one.plain() for one in rows],
            "summen": list(rechnen.totals(rows, held))}


def test_each_case_costs_what_its_tier_says() -> None:
    """Neun Fälle: fünf zu 11,50 und vier zu 9,80 sind 96,70; zwei Eintritte zu 25,00 kommen dazu."""
    rows = rechnen.of_cases([(Monatsfaelle(MAY, 9, {"eintritt": 2, "portal": 9}), prices())])
    assert [(one.menge, one.preis, one.betrag) for one in rows] == [(500, 1150, 5750), (400, 980, 3920),
                                                                   (200, 2500, 5000)]
    assert list(rechnen.by_tier(5, ((1, 1150), (6, 980)))) == [(1, 1150, 5)]
    assert list(rechnen.by_tier(0, ((1, 1150),))) == []


def test_a_small_month_is_raised_to_the_minimum_each_month_on_its_own() -> None:
    """Drei Fälle zu 11,50 sind 34,50; der Mindestbetrag von 50,00 ergänzt 15,50, zweimal."""
    month = (Monatsfaelle(MAY, 3, {}), prices())
    assert sum(one.betrag for one in rechnen.of_cases([month, month])) == 10_000


def test_days_until_the_answer_are_the_mean_rounded_up_also_over_all_employers() -> None:
    """Ein Tag und zwei Tage sind im Mittel anderthalb, also zwei; im Verbund zählt jedes Anliegen gleich."""
    one = Kennzahlen("1", "A", 12, 0, 0, 0, 12, 2, timedelta(days=3), 0)
    other = Kennzahlen("2", "B", 12, 0, 0, 0, 12, 1, timedelta(days=9), 0)
    none = Kennzahlen("3", "C", 12, 0, 0, 0, 12, 0, timedelta(), 0)
    assert [row[HEADER.index("Tage bis zur Antwort")] for row in kennzahlen_rows([one, other, none])] == [
        2, 9, None, 4]
    assert Kennzahlen("1", "A", 1, 0, 0, 0, 1, 1, timedelta(hours=1), 0).antwort_tage == 1


def test_a_credit_asks_nobody_to_pay() -> None:
    """Waren die Vorauszahlungen höher, steht der Betrag unter null da, und nichts ist zu überweisen."""
    held = prices()
    made = xrechnung.written(content(held, [Position("Vorauszahlung", -100, "Stück", 5_000)]), "2026-07-10").decode()
    assert "<cbc:PayableAmount currencyID=\"EUR\">-50.00</cbc:PayableAmount>" in made
    assert "Zahlbar ohne Abzug" not in made
    assert "Guthaben wird erstattet" in made
    assert sheet.complaints(made.encode()) == []


def test_hours_and_deductions_round_half_up_and_keep_their_sign() -> None:
    assert Position("x", 25, "Stunde", 7_850).betrag == 1_963  # 0.25 h at 78.50: 19.625
    assert Position("x", -100, "Stück", 7_850).betrag == -7_850
    assert Steuer("regelsteuer", 1_900, "regel", "x").on(-50) == -10  # 9.5 cents away from zero


def test_a_raise_is_rounded_to_the_cent_for_every_price() -> None:
    raised = prices().raised(280)  # 2.8 %: 11.50 -> 11.822, 9.80 -> 10.0744
    assert (raised.staffel, raised.stunde, raised.weitere) == (((1, 1182), (6, 1007)), 8018, {"eintritt": 2570})
    assert from_plain(raised.plain()) == raised


@pytest.mark.parametrize(("changed", "words"), [
    ({"staffel": "5: 9,80"}, "beginnt bei Fall 1"), ({"staffel": "1: 2; 1: 3"}, "aufsteigend"),
    ({"staffel": "eins"}, "ab Fall: Preis"), ({"stunde": "7.8"}, "kein Betrag"),
    ({"zaehlung": "kopf"}, "gibt es nicht"),
    ({"kreis_iban": "DE00"}, "IBAN"), ({"leitweg": "04011000-12345-04"}, "Prüfziffern"), ({"ag_email": "x"}, "Adresse"),
    ({"steuer": "regelsteuer"}, "Steuersatz"), ({"satz": "19"}, "Steuersatz"), ({"ag_name": " "}, "fehlt"),
    ({"steuer": "steuerfrei", "steuergrund": "frei_4", "kreis_steuernummer": ""}, "BR-E-02"),
    ({"kreis_steuernummer": "DE12345678"}, "neun Ziffern"),
    ({"steuergrund": "regel"}, "passt"), ({"ziel_tage": "-1"}, "Zahlungsziel")], ids=str)
def test_a_wrong_field_names_itself_and_the_remedy(changed: dict[str, str], words: str) -> None:
    with pytest.raises(BillingRefused, match=words):
        prices(**changed)


def test_the_old_rule_ends_with_2026_and_small_amounts_have_their_limit() -> None:
    """§ 27 Abs. 22a UStG: Leistungen vor dem 1. Januar 2027; § 2b Abs. 2 Nr. 1 UStG: 17.500 Euro."""
    with pytest.raises(BillingRefused, match="endet"):
        from_fields(sheet.FIELDS, date(2027, 1, 1))
    old, small = prices().steuer, Steuer("nicht_steuerbar", 0, "2b_2_1", "x")
    assert list(problems_in(old, MAY, date(2026, 12, 31), 10**9)) == []
    assert "27 Abs. 22a" in next(problems_in(old, date(2026, 12, 1), date(2027, 1, 31), 1))
    assert list(problems_in(small, MAY, MAY, 1_750_000)) == []
    assert "17.500,01 Euro berechnet" in next(problems_in(small, MAY, MAY, 1_750_001))
    assert "Jahreswechsel" in next(problems_in(small, date(2026, 12, 1), date(2027, 1, 31), 1))


def test_leitweg_numbers_by_their_check_digits() -> None:
    """04011000-12345-03 steht als Muster in den Prüffällen der KoSIT."""
    assert leitweg_valid("04011000-12345-03")
    assert not leitweg_valid("04011000-12354-03")
    assert not leitweg_valid("0-1-2-3")


WAYS = {"nicht_steuerbar": {}, "regelsteuer": {"steuer": "regelsteuer", "satz": "19", "steuergrund": "regel"},
        "steuerfrei": {"steuer": "steuerfrei", "steuergrund": "frei_4"}}


@pytest.mark.parametrize("number", ["133/8150/8159", "DE123456789"], ids=["steuernummer", "ust-id"])
@pytest.mark.parametrize("way", sorted(WAYS))
def test_invoice_keeps_schema_and_rules_of_the_norm(way: str, number: str) -> None:
    """BR-O-02 verbietet die USt-IdNr., wo nichts steuerbar ist; BR-S-02 und BR-E-02 verlangen eine Nummer. BR-DE-14
    verlangt auch dann einen Satz in der Summe, BR-O-05 verbietet ihn in der Zeile."""
    held = prices(**WAYS[way], kreis_steuernummer=number)
    rows = [Position("Abrechnung", 900, "Stück", 1150), Position("Beratung", 150, "Stunde", 7800),
            Position("Vorauszahlung KV-0100-2026-000", -100, "Stück", 9_000)]
    made = xrechnung.written(content(held, rows), "2026-07-10")
    assert made == xrechnung.written(content(held, rows), "2026-07-10")
    assert sheet.complaints(made) == []
    found = {etree.QName(one).localname: one.text for one in etree.fromstring(made).iter() if one.text}
    assert (found["BuyerReference"], found["CustomizationID"][-13:]) == ("04011000-12345-03", "xrechnung_3.0")
    assert found.get("CompanyID") == (None if (way, number[:2]) == ("nicht_steuerbar", "DE") else number)


def test_a_vat_id_is_kept_without_blanks_and_an_old_sheet_without_number_makes_no_invoice() -> None:
    assert prices(kreis_steuernummer="de 123 456 789").kreis.steuernummer == "DE123456789"
    free = prices(**WAYS["steuerfrei"])
    old = replace(free, kreis=replace(free.kreis, steuernummer=""))
    with pytest.raises(BillingRefused, match="BR-E-02"):
        xrechnung.written(content(old, [Position("Abrechnung", 100, "Stück", 1150)]), "2026-07-10")


def test_the_foreign_rules_do_find_a_wrong_sum() -> None:
    held = prices(**WAYS["regelsteuer"])
    wrong = content(held, [Position("Abrechnung", 900, "Stück", 1150)])
    wrong["summen"] = [10_350, 1_967, 12_318]
    assert any(one.startswith("BR-CO-15") for one in sheet.complaints(xrechnung.written(wrong, "2026-07-10")))


def _without(invoice: bytes, *path: str) -> bytes:
    """Die Rechnung ohne das letzte Element des Pfades, überall wo es steht."""
    root = etree.fromstring(invoice)
    found = root.xpath("//" + "/".join(f"*[local-name()='{name}']" for name in path))
    assert found
    for one in found:
        one.getparent().remove(one)
    return etree.tostring(root)


BROKEN = {
    "BR-DE-1": ("PaymentMeans",), "BR-DE-2": ("AccountingSupplierParty", "Party", "Contact"),
    "BR-DE-3": ("AccountingSupplierParty", "Party", "PostalAddress", "CityName"),
    "BR-DE-4": ("AccountingSupplierParty", "Party", "PostalAddress", "PostalZone"),
    "BR-DE-6": ("Contact", "Telephone"), "BR-DE-7": ("Contact", "ElectronicMail"),
    "BR-DE-8": ("AccountingCustomerParty", "Party", "PostalAddress", "CityName"),
    "BR-DE-9": ("AccountingCustomerParty", "Party", "PostalAddress", "PostalZone"),
    "BR-DE-14": ("TaxSubtotal", "TaxCategory", "Percent"), "BR-DE-15": ("BuyerReference",),
    "BR-DE-16": ("AccountingSupplierParty", "Party", "PartyTaxScheme"),
    "PEPPOL-EN16931-R010": ("AccountingCustomerParty", "Party", "EndpointID"),
    "PEPPOL-EN16931-R020": ("AccountingSupplierParty", "Party", "EndpointID"),
}


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_rules_of_the_kosit_find_what_is_missing(rule: str) -> None:
    held = prices(**WAYS["regelsteuer"])
    made = xrechnung.written(content(held, [Position("Abrechnung", 900, "Stück", 1150)]), "2026-07-10")
    assert rule in {one.partition(":")[0] for one in sheet.complaints(_without(made, *BROKEN[rule]))}


@pytest.mark.parametrize(("before", "after", "rule"), [
    (b"DE89370400440532013000", b"DE88370400440532013000", "BR-DE-19"), (b"02541 18-0", b"2-0", "BR-DE-27"),
    (b">380<", b">325<", "BR-DE-17"), (b"xrechnung_3.0", b"xrechnung_2.0", "BR-DE-21")], ids=str)
def test_rules_of_the_kosit_find_what_is_wrong(before: bytes, after: bytes, rule: str) -> None:
    made = xrechnung.written(content(prices(), [Position("Abrechnung", 900, "Stück", 1150)]), "2026-07-10")
    assert before in made
    assert rule in {one.partition(":")[0] for one in sheet.complaints(made.replace(before, after))}


def test_without_a_leitweg_number_there_is_no_invoice() -> None:
    with pytest.raises(BillingRefused, match="BR-DE-15"):
        xrechnung.written(content(prices(leitweg=""), [Position("Abrechnung", 100, "Stück", 1150)]), "2026-07-10")


@pytest.mark.parametrize("way", sorted(WAYS))
def test_notice_is_a_conforming_document(way: str, conforming: Any) -> None:
    rows = [Position("Abrechnung", 900, "Stück", 1150), Position("Vorauszahlung", -100, "Stück", 90_000)]
    about = content(prices(**WAYS[way]), rows) | {"anteil": {
        "jahr": 2026, "kosten": {"personal": 10_000, "technik": 5_000}, "vortrag": -100, "faelle_alle": 20, "faelle": 9,
        "betrag": 6_705}}
    made = bescheid_pdf.render(about, date(2026, 7, 10), released=way != "steuerfrei")
    conforming(made)
    assert made == bescheid_pdf.render(about, date(2026, 7, 10), released=way != "steuerfrei")


@pytest.mark.parametrize(("name", "made", "more"), [
    ("xrechnung.xml", examples.invoice, []), ("xrechnung_storno.xml", examples.cancellation, ["--cancellation"])])
def test_the_shown_sample_is_what_the_command_writes_and_keeps_the_rules(
        name: str, made: Callable[[], bytes], more: list[str], tmp_path: Path) -> None:
    shown = (Path(__file__).parents[2] / "docs" / "beispiele" / name).read_bytes()
    assert shown == made()
    assert sheet.complaints(shown) == []
    said = CliRunner().invoke(kreislohn, ["billing", "example", str(tmp_path / name), *more])
    assert said.exit_code == 0, said.output
    assert (tmp_path / name).read_bytes() == shown


def test_figures_on_the_page_are_written_as_every_amount_is() -> None:
    """In der Datei ohne Punkt, damit ein Programm sie liest."""
    one = Kennzahlen("0100", "Stadt", monate=1, faelle=1_234, rueckrechnungen=0, ueberzahlungen=0, puenktlich=1,
                     anliegen=0, wartezeit=timedelta(), berechnet=1_518_900)
    assert [row[-1] for row in kennzahlen_rows([one], formats.amount)] == ["15.189,00", "15.189,00"]
    assert [row[-1] for row in kennzahlen_rows([one])] == ["15189,00", "15189,00"]
