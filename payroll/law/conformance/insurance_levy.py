"""Cases about the levy of the supplementary pension: how much of it is pay for social insurance."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from payroll.law.calculate import rule_book
from payroll.law.conformance.insurance_cases import LEVY, month_of
from payroll.law.conformance.insurance_law import figure, numbers
from payroll.law.conformance.report import Case, CellError, Report
from payroll.law.engine import Money, Rate, half_up, minimum
from payroll.law.rules.zusatzversorgung.hinzurechnung import zv_hinzurechnung, zv_hinzurechnung_basis

AREA = "zusatzversorgung"


def levy(report: Report, case: Case) -> None:
    """Compare the add-on to pay that follows from the levy and its tax treatment."""
    day, extra = month_of(case), numbers(case.text("extra_in"), "extra_in")
    unknown = sorted(set(extra) - set(LEVY))
    if unknown:
        raise CellError(f"extra_in: unbekannt neben der Umlage: {', '.join(unknown)}; erlaubt: {', '.join(LEVY)}")
    filled = [column for column in case.cells if column.startswith("exp_") and case.text(column)]
    if filled != ["exp_extra"]:
        raise CellError(f"{filled[0] if filled else 'exp_extra'}: ein Fall zur Umlage erwartet nur Werte in exp_extra")
    found = _values(case, extra, day)
    tolerance = case.number("tolerance", 0) * 100
    for name, raw in numbers(case.text("exp_extra"), "exp_extra").items():
        if name not in found:
            raise CellError(f"exp_extra: {name!r} ist unbekannt; erlaubt: {', '.join(found)}")
        expected = figure(raw, f"exp_extra {name}") * 100
        report.check(case, f"exp_extra {name}", expected, found[name], tolerance=tolerance, den=100)
    report.done(case)


def _cents(extra: dict[str, Any], name: str) -> int:
    value = figure(extra.get(name, 0), f"extra_in {name}") * 100
    if value < 0 or value.denominator != 1:
        raise CellError(f"extra_in {name}: ein Betrag ab 0 in ganzen Cent wird gebraucht")
    return value.numerator


def _values(case: Case, extra: dict[str, Any], day: Any) -> dict[str, int]:
    percent = figure(extra[LEVY[0]], f"extra_in {LEVY[0]}")
    if not 0 < percent <= 100:
        raise CellError(f"extra_in {LEVY[0]}: {percent} % ist nicht möglich; Umlagesatz über 0 bis 100 angeben")
    free, flat, taxed = (_cents(extra, name) for name in LEVY[1:])
    pay, share = case.whole("pay_current", 100), Fraction(percent, 100)
    if pay < 0:
        raise CellError("pay_current: negativ; zusatzversorgungspflichtiges Entgelt angeben")
    parameters = rule_book(AREA).parameters
    threshold, rate, deduction = (parameters[name].argument(day) for name in
                                  ("svev_schwelle_monat", "svev_satz", "svev_abzug_monat"))
    tax_order = {"zv_steuerfrei": Money(free), "zv_pauschal": Money(flat)}
    # the cases know only the levy: the pay behind it is computed back from it, below the threshold too
    behind = half_up(minimum(Money(free + flat), threshold) / Rate(share.numerator, share.denominator))
    basis = zv_hinzurechnung_basis(
        zv_entgelt=behind, zv_umlage=Money(free + flat + taxed), **tax_order,
        zv_umlage_satz=Rate(share.numerator, share.denominator), svev_schwelle_monat=threshold)
    added = zv_hinzurechnung(
        zv_hinzurechnung_basis=basis, **tax_order, zv_individuell=Money(taxed), svev_satz=rate,
        svev_abzug_monat=deduction, svev_schwelle_monat=threshold)
    whole, beyond = int(added.value), max(free + flat - int(threshold.value), 0)
    return {"entgelt_basis": int(basis.value), "hinzurechnung": whole - beyond - taxed, "over_100": beyond,
            "taxed": taxed, "sv_addition": whole, "sv_gross": pay + whole}
