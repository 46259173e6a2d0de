"""Anteile der Einmalzahlung, wenn im selben Monat nicht alle dieselben Eingaben haben (Nebenleistungen)."""

from __future__ import annotations

from datetime import date

from payroll.bench.pay import rows
from payroll.law.calculate import gross_to_net
from payroll.statements.splits import one_off_parts

NOVEMBER = date(2026, 11, 1)
FIGURES = ("lohnsteuer", "lohnsteuer_einmal", "soli", "kirchensteuer", "sv_brutto_kv", "sv_brutto_rv", "kv_an", "zb_an",
           "pv_an", "rv_an", "av_an", "sv_brutto_kv_vorjahr", "sv_brutto_rv_vorjahr", "be_an")


def test_who_has_a_benefit_beside_the_bonus_does_not_stop_the_slips_of_the_others() -> None:
    """Zusammen gerechnet kommt für jeden heraus, was allein herauskommt, in jeder Reihenfolge."""
    given = rows(3)
    inputs = [{name: int(column[row]) for name, column in given.items()} | {"einmalzahlung": 100_000}
              for row in range(3)]
    inputs[1] |= {"nl_jobticket": 4_900}
    results = [gross_to_net(NOVEMBER, {name: [value] for name, value in one.items()}, FIGURES) for one in inputs]
    figures = [{name: int(found.cents(name)[0]) for name in FIGURES} for found in results]
    alone = [one_off_parts(NOVEMBER, [one], [own])[0] for one, own in zip(inputs, figures, strict=True)]
    assert all(part["steuerbrutto_einmal"] == 100_000 for part in alone)
    assert one_off_parts(NOVEMBER, inputs, figures) == alone
    assert one_off_parts(NOVEMBER, inputs[::-1], figures[::-1]) == alone[::-1]
    assert one_off_parts(NOVEMBER, [inputs[1], inputs[0], {}], [figures[1], figures[0], {}]) == [alone[1], alone[0], {}]
