"""Die Gleichungen der Abrechnung: jede verletzte nennt sich beim Namen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from payroll.statements import balance, examples
from payroll.statements.payslip import EmployerCost, NetLine, Payment


@pytest.mark.parametrize("kind", sorted(examples.KINDS))
def test_every_example_balances(kind, example):
    slip = example(kind)
    assert all(equation.holds for equation in balance.equations(slip))
    assert slip.netto == slip.gesamtbrutto - slip.abzuege


BROKEN = [
    ("gesamtbrutto", lambda s: {"gesamtbrutto": s.gesamtbrutto + 1}, balance.GESAMTBRUTTO),
    ("lines", lambda s: {"lines": s.lines[:1] + s.lines[2:]}, balance.GESAMTBRUTTO),
    ("netto", lambda s: {"netto": s.netto - 1}, balance.NETTO),
    ("deductions", lambda s: {"deductions": s.deductions[1:]}, balance.NETTO),
    ("auszahlung", lambda s: {"auszahlung": s.auszahlung + 100}, balance.AUSZAHLUNG),
    ("net_lines", lambda s: {"net_lines": (*s.net_lines, NetLine("4500", "Pfändung", -1))}, balance.AUSZAHLUNG),
    ("payments", lambda s: {"payments": (Payment("X", "", s.auszahlung - 1),)}, balance.ZAHLUNGEN),
    ("costs", lambda s: {"costs": (*s.costs, EmployerCost("u1", "U1", 1))}, balance.KOSTEN),
    (
        "split",
        lambda s: {"deductions": (replace(s.deductions[0], laufend=1), *s.deductions[1:])},
        "Lohnsteuer = laufend + einmalig",
    ),
]


@pytest.mark.parametrize(("name", "change", "equation"), BROKEN, ids=[case[0] for case in BROKEN])
def test_a_broken_equation_is_named(name, change, equation, example):
    slip = example("nachzahlung")
    with pytest.raises(balance.EquationBroken, match="Personalnummer 0010482, 05/2026") as caught:
        replace(slip, **change(slip))
    assert caught.value.equation == equation
    assert caught.value.stated != caught.value.computed


def test_negative_payout_is_carried_not_cut():
    case = examples.full_time()
    result = dict(case.result, sonstige_abzuege=300000, auszahlung=295886 - 300000)
    slip = examples.assemble(replace(case, result=result))
    assert slip.payments == ()
    assert slip.vortrag == slip.auszahlung == -4114


def test_missing_total_names_person_and_field():
    case = examples.full_time()
    result = {name: value for name, value in case.result.items() if name != "netto"}
    with pytest.raises(ValueError, match="0010482, 05/2026: Dem Ergebnis fehlt „netto“"):
        examples.assemble(replace(case, result=result))
