"""What must hold for everyone: parts add up, nothing is computed differently a second time, alone or among others."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from people import draw
from wage_ladders import VALUES

from payroll.law.calculate import explain, gross_to_net, law_of
from payroll.law.encode import STATUS

COUNT = 4_000
MONTHS = (date(2026, 5, 1), date(2026, 12, 1), date(2025, 3, 1), date(2024, 12, 1))
District = tuple[date, dict[str, Any], dict[str, Any]]
DEDUCTIONS = ("lohnsteuer", "soli", "kirchensteuer", "kv_an", "zb_an", "pv_an", "rv_an", "av_an", "zv_an")
EMPLOYER = ("kv_ag", "zb_ag", "pv_ag", "rv_ag", "av_ag", "u2", "pauschsteuer_2", "zuschuss_kv", "zuschuss_pv",
            "zv_umlage", "zv_sanierungsgeld", "zv_pauschalsteuer", "zv_pauschal_soli", "zv_pauschal_kist")
OUTPUTS = (*VALUES, "kv_gesamt_an", "lohnsteuer_einmal", "sv_brutto_kv_vorjahr", "sv_brutto_rv_vorjahr")


@pytest.fixture(scope="module", params=MONTHS, ids=str)
def drawn(request: pytest.FixtureRequest) -> District:
    """Month, inputs and values of a district; each month draws other people."""
    month = request.param
    inputs = draw(month.year * 100 + month.month, COUNT)
    result = gross_to_net(month, inputs, OUTPUTS)
    assert result.faults == []
    return month, inputs, {name: result.cents(name) for name in OUTPUTS}


def same(left: Any, right: Any) -> list[tuple[int, int, int]]:
    """Rows in which two columns differ."""
    return [(int(row), int(left[row]), int(right[row])) for row in np.flatnonzero(left != right)][:5]


def test_gross(drawn: District) -> None:
    _, inputs, values = drawn
    parts = ("brutto", "zulagen", "vwl_ag", "einmalzahlung", "steuerfreie_bezuege")
    assert same(values["gesamtbrutto"], sum(inputs[name] for name in parts)) == []


def test_net_and_payout(drawn: District) -> None:
    _, inputs, values = drawn
    net = values["gesamtbrutto"] - sum(values[name] for name in DEDUCTIONS)
    assert same(values["netto"], net) == []
    paid = net + values["zuschuss_kv"] + values["zuschuss_pv"] - inputs["vwl_sparbetrag"] - inputs["sonstige_abzuege"]
    assert same(values["auszahlung"], paid) == []
    assert same(values["kv_gesamt_an"], values["kv_an"] + values["zb_an"]) == []


def test_cost_of_the_employer(drawn: District) -> None:
    values = drawn[2]
    assert same(values["ag_kosten"], values["gesamtbrutto"] + sum(values[name] for name in EMPLOYER)) == []


def test_supplementary_pension(drawn: District) -> None:
    values = drawn[2]
    parts = ("zv_steuerfrei", "zv_pauschal", "zv_individuell")
    assert same(values["zv_umlage"], sum(values[name] for name in parts)) == []
    assert min(int(values[name].min()) for name in (*parts, "zv_umlage", "zv_hinzurechnung")) == 0


def test_nothing_is_negative_that_is_paid_over(drawn: District) -> None:
    values = drawn[2]
    below = {name: int(values[name].min()) for name in (*DEDUCTIONS, *EMPLOYER) if values[name].min() < 0}
    assert below == {}
    assert (values["lohnsteuer_einmal"] <= values["lohnsteuer"]).all()


def test_who_is_in_no_branch_pays_none(drawn: District) -> None:
    _, inputs, values = drawn
    official = inputs["status"] == STATUS.index("beamte")
    assert official.sum() > COUNT / 20
    assert sum(int(values[name][official].sum()) for name in ("kv_an", "zb_an", "pv_an", "rv_an", "av_an", "zv_an",
                                                              "kv_ag", "pv_ag", "rv_ag", "av_ag")) == 0


def test_every_value_occurs(drawn: District) -> None:
    rare = {name: int(np.count_nonzero(values)) for name, values in drawn[2].items() if "vorjahr" not in name}
    assert {name: count for name, count in rare.items() if count < 20} == {}


def test_computed_again_is_no_difference(drawn: District) -> None:
    month, inputs, values = drawn
    again = gross_to_net(month, {name: column.copy() for name, column in inputs.items()}, OUTPUTS)
    assert {name: found for name in OUTPUTS if (found := same(values[name], again.cents(name)))} == {}


def test_order_and_neighbours_do_not_matter(drawn: District) -> None:
    month, inputs, values = drawn
    order = np.random.default_rng(9).permutation(COUNT)[: COUNT // 2]
    mixed = gross_to_net(month, {name: column[order] for name, column in inputs.items()}, OUTPUTS)
    assert {name: found for name in OUTPUTS if (found := same(values[name][order], mixed.cents(name)))} == {}


def test_batch_is_the_single_row(drawn: District) -> None:
    month, inputs, values = drawn
    for row in range(0, COUNT, COUNT // 25):
        alone = gross_to_net(month, {name: column[row:row + 1] for name, column in inputs.items()}, OUTPUTS)
        assert {name: int(alone.cents(name)[0]) for name in OUTPUTS} == {
            name: int(values[name][row]) for name in OUTPUTS}


def test_explanation_arrives_at_the_same_value(drawn: District) -> None:
    month, inputs, values = drawn
    for row in (0, 17, 333):
        for name in ("netto", "ag_kosten"):
            assert explain(month, inputs, row, name, expected=int(values[name][row])).value == values[name][row]


def test_fewer_outputs_are_the_same_values(drawn: District) -> None:
    month, inputs, values = drawn
    known = law_of(month).inputs
    assert set(inputs) <= set(known)
    few = gross_to_net(month, inputs, ("rv_an",))
    assert same(values["rv_an"], few.cents("rv_an")) == []
