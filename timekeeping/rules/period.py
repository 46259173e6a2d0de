"""One period of one person, from what happened to minutes, money, balance and findings."""

from __future__ import annotations

from dataclasses import dataclass

from payroll.law.engine import RuleBook
from timekeeping.rules.facts import Zeitraum
from timekeeping.rules.findings import Befund, findings
from timekeeping.rules.flexitime import Saldo, account
from timekeeping.rules.overtime import remaining
from timekeeping.rules.premiums import minutes_by_kind, pieces
from timekeeping.rules.pricing import Betraege, NoTable, price
from timekeeping.rules.spans import minutes


@dataclass(frozen=True)
class Ergebnis:
    """What a period comes to. ``betraege`` is None where no pay table exists, ``saldo`` without a flexitime account.

    ``zuschlagsminuten``: minutes of each premium by name (see premiums.ARTEN), call-outs included.
    """

    arbeitsminuten: int
    zuschlagsminuten: dict[str, int]
    ueberstunden: int
    mehrarbeit: int
    betraege: Betraege | None
    saldo: Saldo | None
    befunde: list[Befund]


def evaluate_period(facts: Zeitraum, book: RuleBook | None = None) -> Ergebnis:
    """Everything about a period; ``book``: the pay law with the settings of a tenant.

    Raises MissingTimeOff, UnknownName and PricingError with German messages.
    """
    found, more = pieces(facts), remaining(facts)
    try:
        money = price(facts, found, more, book)
    except NoTable:
        money = None
    return Ergebnis(
        minutes(facts.arbeitsspannen), minutes_by_kind(found), minutes(more.ueberstunden), minutes(more.mehrarbeit),
        money, None if facts.gleitzeit is None else account(facts, facts.gleitzeit), findings(facts))
