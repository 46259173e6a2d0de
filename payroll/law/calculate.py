"""The law in use: the rule book of this product, gross-to-net over columns."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any

from payroll.law import official
from payroll.law import rules as rules_package
from payroll.law.engine import Explanation, Result, RuleBook, RuleSet, evaluate, rules_in
from payroll.law.engine import explain as explain_value
from payroll.law.parameters import load_parameters
from payroll.law.plan import Plan
from payroll.law.provisional import behind_plan, check_month, provisional, provisional_rules

SLICE_AREAS = ("entgelt", "besoldung")
SLICE_OUTPUTS = ("tabellenentgelt", "abschlag_entwurf", "familienzuschlag")


def rule_book(*areas: str) -> RuleBook:
    """All rules, inputs and parameters of the product, or of some areas only (e.g. "lohnsteuer" alone).

    With the numbers of law that hold for the computation at hand, see :mod:`payroll.law.official`.
    """
    values = official.known()
    return _with_values(values, areas) if values else plain_book(*areas)


@cache
def plain_book(*areas: str) -> RuleBook:
    """The rule book as delivered."""
    rules, inputs, exports = rules_in(rules_package, areas)
    return RuleBook(rules, inputs, load_parameters(), exports)


@lru_cache(64)
def _with_values(values: official.Values, areas: tuple[str, ...]) -> RuleBook:
    book = plain_book(*areas)
    return book.with_overlays(official.overlays_of(values, book.parameters))


def month_inputs(month: date) -> dict[str, int]:
    """What the calendar says about a month: the same for all rows."""
    last = calendar.monthrange(month.year, month.month)[1]
    return {"kalenderjahr": month.year, "kalendermonat": month.month, "kalendertage_im_monat": last}


def law_of(month: date, book: RuleBook | None = None, plan: Plan | None = None) -> RuleSet:
    """The rule set of a month; ``book``: a rule book with overlays of a tenant instead of the plain law.

    ``plan``: the rules left when the ministry's plan gives the wage tax.
    """
    used = book or rule_book()
    rules = used.build(month.replace(day=1))
    if plan is None:
        return rules
    check_month(plan, rules.day)
    return provisional_rules(rules, used, plan.outputs)


def gross_to_net(month: date, inputs: Mapping[str, Any], outputs: Sequence[str] | None = None, *,
                 book: RuleBook | None = None, plan: Plan | None = None) -> Result:
    """All (or the named) values of one month for all rows; see the inputs declared by the rules.

    inputs: integer columns (cents, codes, days, 0/1), or one integer for all rows. Rows that cannot be computed are
    listed in ``faults`` and hold 0. Raises InputError for a missing, unknown or uneven column. ``plan``: the ministry's
    plan computes the wage tax in place of our rules; see :mod:`payroll.law.provisional`.
    """
    rule_set = law_of(month, book)
    given = _with_calendar(rule_set, month, inputs)
    if plan is not None:
        return provisional(rule_set, book or rule_book(), given, outputs, plan)
    return evaluate(rule_set, given, outputs)


def price_slices(month: date, slices: Mapping[str, Any], *, book: RuleBook | None = None) -> Result:
    """Table pay of pay assignments, one row per assignment and stretch of days of the month.

    slices: columns ``entgeltgruppe``, ``stufe`` (codes of :mod:`payroll.law.encode`), ``wochenstunden``,
    ``vollzeitstunden`` (hundredths of an hour), ``tage`` (calendar days covered); for civil servants also
    ``familienzuschlag_stufe_1``, ``familienzuschlag_kinder``, ``mietenstufe``, ``abschlag_auf_entwurf``. A column
    ``tarifwerk`` may be there, the group implies it. Result in cents: ``tabellenentgelt`` (with ``abschlag_entwurf``
    contained in it), ``familienzuschlag``. An unknown cell is a fault of its row. ``book``: ``rule_book(*SLICE_AREAS)``
    with overlays of a tenant.
    """
    rule_set = law_of(month, book or rule_book(*SLICE_AREAS))
    return evaluate(rule_set, _with_calendar(rule_set, month, slices), SLICE_OUTPUTS)


def explain(month: date, inputs: Mapping[str, Any], row: int, name: str, *, expected: int | None = None,
            book: RuleBook | None = None, plan: Plan | None = None) -> Explanation:
    """Why the value ``name`` of one row (from 0) is what it is; raises ExplanationError if it is not ``expected``.

    ``plan``: as in :func:`gross_to_net`; what the plan gave stands there as a given amount.
    """
    rule_set = law_of(month, book)
    given = _with_calendar(rule_set, month, inputs)
    if plan is not None:
        rule_set, given = behind_plan(rule_set, book or rule_book(), given, plan)
    return explain_value(rule_set, given, row, name, expected=expected)


def _with_calendar(rule_set: RuleSet, month: date, inputs: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in month_inputs(month).items() if name in rule_set.inputs}
    return {**known, **inputs}
