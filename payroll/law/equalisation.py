"""The employer's yearly wage-tax equalisation (§ 42b EStG): the year through the ministry's plan, refund by person.

Order in the December run: pay, corrections, equalisation, closing of the wage account.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net, law_of, rule_book
from payroll.law.engine import Explanation, InputError, Result, RuleBook, evaluate
from payroll.law.engine import explain as explain_value
from payroll.law.garnishment import number_of

AREAS = ("lohnsteuer", "jahresausgleich")
OUTPUTS = ("ja_jahreslohnsteuer", "ja_jahressoli", "ja_jahreskirchensteuer", "ja_erstattung_lohnsteuer",
           "ja_erstattung_soli", "ja_erstattung_kirchensteuer", "ja_erstattung", "ja_bescheinigt_lohnsteuer",
           "ja_bescheinigt_soli", "ja_bescheinigt_kirchensteuer")
MARKERS = {"stkl": 1, "f": 1000, "zkf": 10, "r": 1, "krv": 1, "alv": 1, "pkv": 1, "kvz": 100, "pvs": 1, "pvz": 1,
           "pva": 1, "pkpv": 1, "pkpvagz": 1, "alter1": 1, "ajahr": 1, "kirchensteuersatz_person": 100}


def year_inputs(december: date, columns: Mapping[str, Any], arbeitslohn: Any, *,
                book: RuleBook | None = None) -> dict[str, Any]:
    """The plan's inputs of a year from the payslip columns of its last pay period.

    arbeitslohn: taxable pay of the year in cents by row: current pay of the periods that end in it and one-offs
    received in it, without tax-free and flat-taxed pay, repayments deducted. Private premiums stay monthly amounts.
    """
    found = gross_to_net(december, columns, tuple(MARKERS), book=book)
    if found.faults:
        raise InputError(f"Zeile {found.faults[0].row + 1}: {found.faults[0].message} ({found.faults[0].law})")
    inputs: dict[str, Any] = {name: _over(found, name, den) for name, den in MARKERS.items()}
    return inputs | {"lzz": 1, "re4": arbeitslohn}


def equalise(year: int, inputs: Mapping[str, Any], *, book: RuleBook | None = None) -> Result:
    """Annual taxes, refunds and certificate amounts by row, in cents (OUTPUTS); rows that may take part only.

    inputs: of :func:`year_inputs` and ``ja_lohnsteuer_einbehalten``, ``ja_soli_einbehalten``,
    ``ja_kirchensteuer_einbehalten`` (the year's sums of the wage account). ``book``: ``rule_book(*AREAS)`` with
    overlays of a tenant.
    """
    rules = law_of(date(year, 12, 1), book or rule_book(*AREAS))
    return evaluate(rules, {**inputs, "ja_durchfuehren": 1}, OUTPUTS)


def explain(year: int, inputs: Mapping[str, Any], row: int, name: str, *, expected: int | None = None,
            book: RuleBook | None = None) -> Explanation:
    """Why a value of one row (from 0) is what it is."""
    rules = law_of(date(year, 12, 1), book or rule_book(*AREAS))
    return explain_value(rules, {**inputs, "ja_durchfuehren": 1}, row, name, expected=expected)


def is_due(year: int, employees_on_31_december: int) -> bool:
    """True when the employer must equalise; with fewer employees he may."""
    return employees_on_31_december >= number_of("ja_pflicht_ab", date(year, 12, 31))


def may_run_in(year: int, month: date) -> bool:
    """True for the run of December of the year up to that of February of the next."""
    last = number_of("ja_letzter_monat", date(year, 12, 31))
    return (month.year, month.month) == (year, 12) or (month.year == year + 1 and month.month <= last)


def cover(refund: int, wage_tax_of_the_run: int) -> tuple[int, int]:
    """Refunds come out of the wage tax of the run; what it does not cover is asked of the tax office (cents)."""
    own = min(refund, max(wage_tax_of_the_run, 0))
    return own, refund - own


def _over(found: Result, name: str, den: int) -> Any:
    column = found.columns[name]
    scaled = column.num * den
    if np.any(scaled % column.den):
        raise InputError(f"{name}: mehr Nachkommastellen, als der Programmablaufplan kennt")
    return scaled // column.den
