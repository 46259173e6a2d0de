"""Die Spalten eines Monats passen zu den Eingängen des Rechts: Namen, Nenner, Auswahlen, und ein Fall auf den Cent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import numpy as np

from payroll.law.calculate import gross_to_net, law_of, rule_book
from payroll.masterdata import catalogue, service
from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import Bezuegezuordnung, KrankenkasseSatz, Steuermerkmale, Versicherung
from payroll.masterdata.slices import load_month
from tenants.db.session import TenantSession

MAY, JANUARY = date(2026, 5, 1), date(2026, 1, 1)
DENOMINATORS = {
    "faktor": 1_000,
    "kinderfreibetraege": 10,
    "zusatzbeitrag": 1_000_000,
    "vorjahr_zusatzbeitrag": 1_000_000,
    "u2_satz": 1_000_000,
    "zv_umlage_satz": 1_000_000,
    "zv_an_satz": 1_000_000,
    "zv_sanierungsgeld_satz": 1_000_000,
    "wochenstunden": 100,
    "vollzeitstunden": 100,
}


def test_denominators_are_those_of_the_law() -> None:
    inputs = law_of(MAY).inputs | law_of(MAY, rule_book("entgelt")).inputs
    assert {name: inputs[name].den for name in DENOMINATORS} == DENOMINATORS


def test_published_shape_of_a_payslip_from_facts(desk: TenantSession, employ: Callable[..., None]) -> None:
    """Fall B001 der ganzen Abrechnungen: E9b Stufe 4, Mai 2026, Klasse 1, Elternteil, Zusatzbeitrag 2,90 %, RZVK."""
    fund = catalogue.ids(desk).krankenkassen["TK"]
    rate = {"zusatzbeitrag": Decimal("2.90"), "u2_satz": Decimal("0.39"), "quelle": "Fall B001", "status": "recht"}
    service.record_fact(desk, KrankenkasseSatz, krankenkasse_id=fund, valid_from=JANUARY, reason="B001", **rate)
    insured = {"kv_art": "gesetzlich", "krankenkasse_id": fund, "beitragsgruppe": "1111", "personengruppe": 101}
    grade = {"tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E9b", "stufe": "4", "wochenstunden": 39, "vollzeitstunden": 39}
    employ(
        desk,
        steuer=Tatsache(Steuermerkmale, JANUARY, {"steuerklasse": 1, "konfession": "keine"}),
        versicherung=Tatsache(Versicherung, JANUARY, insured | {"elterneigenschaft": True}),
        bezuege=Tatsache(Bezuegezuordnung, JANUARY, grade),
    )
    facts = load_month(desk, MAY)
    known = law_of(MAY).inputs
    inputs = {n: np.asarray(c) for n, c in facts.cases.items() if n in known and not isinstance(c, list)}
    assert {"steuerklasse", "kv_art", "beitragsgruppe_kv", "zusatzversorgung", "kinderlos", "u2_satz"} <= set(inputs)
    outputs = ("lohnsteuer", "sv_brutto_kv", "pv_an", "netto", "ag_kosten")
    result = gross_to_net(MAY, inputs | {"brutto": np.array([469_055])}, outputs)
    assert {name: int(result.cents(name)[0]) for name in outputs} == {
        "lohnsteuer": 70_900,
        "sv_brutto_kv": 483_542,
        "pv_an": 8_704,
        "netto": 295_886,
        "ag_kosten": 609_562,
    }
