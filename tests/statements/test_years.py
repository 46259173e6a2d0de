"""Jahresblick: was auf den Abrechnungen steht, je Monat und zusammen, ohne doppelt oder gar nicht zu zählen."""

from collections.abc import Callable
from dataclasses import astuple, replace
from datetime import date

from payroll.statements.payslip import Payslip
from payroll.statements.years import Sums, of_months, of_slip, total


def test_every_deduction_counts_once(example: Callable[[str], Payslip]) -> None:
    slip = example("vollzeit")
    found = of_slip(slip)
    assert found.brutto - found.steuern - found.versicherung - found.zusatzversorgung == found.netto == slip.netto
    assert found.steuern == sum(d.betrag for d in slip.deductions if d.art in ("lohnsteuer", "soli", "kirchensteuer"))
    assert found.versicherung > 0


def test_months_stand_in_order_and_add_up(example: Callable[[str], Payslip]) -> None:
    slip = example("vollzeit")
    earlier = replace(slip, period=replace(slip.period, monat=date(2026, 1, 1)))
    months = of_months([slip, earlier, slip])
    assert [one.monat for one in months] == sorted({slip.period.monat, date(2026, 1, 1)})
    assert total(months) == Sums(*(3 * value for value in astuple(of_slip(slip))))
    assert total([]) == Sums()
