"""Tax years: for which months rules of the wage tax are written, and the ministry's plan for a month without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from payroll.law.calculate import rule_book
from payroll.law.plan import Plan

MARKER = "lohnsteuer_regeln_fuer"


@dataclass(frozen=True)
class TaxDoubt:
    """What a computation must say about the wage tax of its month: rule (the fact, with its law) and remedy."""

    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.rule}; {self.remedy}"


def rules_written(month: date) -> bool:
    """True when the rules of the wage tax were written for this month, not carried over from an earlier year."""
    return rule_book("lohnsteuer").parameters[MARKER].on(month) is not None


def written_until() -> date:
    """The last day for which rules of the wage tax are written."""
    return max(value.bis or value.ab for value in rule_book("lohnsteuer").parameters[MARKER].werte)


def written_from() -> date:
    """The first day for which rules of the wage tax are written."""
    return min(value.ab for value in rule_book("lohnsteuer").parameters[MARKER].werte)


def plan_for(month: date, plans: Sequence[Plan]) -> Plan | None:
    """The plan to pay a month by: none where rules are written, else the latest of the year that has begun."""
    if rules_written(month):
        return None
    begun = [plan for plan in plans if plan.year == month.year and plan.first_month <= month.month]
    return max(begun, key=lambda plan: plan.first_month, default=None)


def tax_doubt(month: date, plan: Plan | None) -> TaxDoubt | None:
    """The finding of a month that is paid by a plan, or by numbers of an earlier year; None for an ordinary month."""
    if plan is not None:
        new = ", ".join(plan.new_inputs).upper()
        unknown = f"; mit ihren Vorgaben gerechnet sind die neuen Eingaben {new}" if new else ""
        return TaxDoubt(
            f"Lohnsteuer vorläufig nach Programmablaufplan {plan.name} (SHA-256 {plan.digest[:12]}; § 39b Abs. 6 EStG)"
            + unknown,
            "nach Erscheinen der Regeln dieses Jahres neu rechnen; pauschale Steuern, Kirchensteuersätze und "
            "Sozialversicherung gesondert prüfen")
    if rules_written(month):
        return None
    return TaxDoubt(
        f"Steuerrecht {month.year} liegt nicht als Regel vor; gerechnet ist mit fortgeschriebenen Werten "
        f"vom {written_until():%d.%m.%Y} (§ 39b Abs. 6 EStG)",
        "den Programmablaufplan des BMF mit „kreislohn taxyear add“ aufnehmen oder auf die Regeln des Jahres warten")
