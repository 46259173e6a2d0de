"""Aus Ergebnisnamen werden Zeilen: Aufteilung, Grundlagen, Beamte und Minijob."""

from __future__ import annotations

from dataclasses import replace

from payroll.statements import examples, plain
from payroll.statements.assemble import assemble


def amounts(items):
    return {item.art: item.betrag for item in items}


def test_full_time_figures_of_case_b001(example):
    slip = example("vollzeit")
    assert amounts(slip.deductions) == {
        "lohnsteuer": 70900, "soli": 0, "kirchensteuer": 0, "kv_an": 35299, "zb_an": 7011, "pv_an": 8704,
        "rv_an": 44969, "av_an": 6286,
    }  # fmt: skip
    assert (slip.netto, slip.auszahlung, slip.ag_kosten) == (295886, 295886, 609562)


def test_one_off_is_split(example):
    tax = next(item for item in example("sonderzahlung").deductions if item.art == "lohnsteuer")
    assert (tax.laufend, tax.einmalig, tax.betrag) == (70900, 107400, 178300)


def test_unknown_split_stays_empty_instead_of_wrong():
    case = examples.one_off()
    result = {name: value for name, value in case.result.items() if name != "kv_an_einmal"}
    slip = assemble(replace(case, result=result))
    health = next(item for item in slip.deductions if item.art == "kv_an")
    assert (health.laufend, health.einmalig, health.betrag) == (None, None, 65640)


def test_civil_servant_has_no_insurance_lines(example):
    slip = example("beamte")
    assert set(amounts(slip.deductions)) == {"lohnsteuer", "soli", "kirchensteuer"}
    assert slip.title == "Besoldungsmitteilung"


def test_midijob_uses_its_two_bases():
    case = examples.full_time()
    result = dict(case.result, be_an=184021, be_gesamt=187210)
    slip = assemble(replace(case, result=result, insurance=replace(case.insurance, uebergangsbereich=True)))
    assert {item.basis for item in slip.deductions if item.art in ("kv_an", "rv_an")} == {184021}
    assert {item.basis for item in slip.costs if item.art in ("kv_ag", "rv_ag")} == {187210}


def test_data_survive_storage(example):
    for kind in examples.KINDS:
        slip = example(kind)
        assert plain.from_bytes(plain.to_bytes(slip)) == slip
