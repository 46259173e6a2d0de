"""The engine: exact columns, rules wired by argument names, dated parameters, evaluation and explanation.

Rules import what they need from here::

    from payroll.law.engine import Money, Rate, Condition, rule, where, half_up
"""

from payroll.law.engine.book import RuleBook, rules_in
from payroll.law.engine.catalogue import Entry, catalogue, markdown
from payroll.law.engine.errors import InputError, LawFault, ParameterError, RuleBookError
from payroll.law.engine.evaluate import Fault, Result, ValueColumn, evaluate
from payroll.law.engine.explain import ExplanationError, explain
from payroll.law.engine.explanation import Explanation
from payroll.law.engine.functions import (
    Lookup,
    always,
    choose,
    counted,
    maximum,
    minimum,
    ratio,
    sum_of,
    where,
)
from payroll.law.engine.overlay import Overlay
from payroll.law.engine.parameters import DatedValue, Parameter, read_toml
from payroll.law.engine.quantity import (
    Choice,
    Condition,
    Count,
    Days,
    Exact,
    Money,
    Quantity,
    Rate,
    cent,
    euro,
    rate,
)
from payroll.law.engine.rounding import (
    ceil_cent,
    ceil_euro,
    cut_decimals,
    floor_cent,
    floor_euro,
    half_up,
    half_up_decimals,
    half_up_euro,
    up_decimals,
)
from payroll.law.engine.rule import Input, Rule, rule
from payroll.law.engine.rule_set import DoubtfulParameter, RuleSet

__all__ = [
    "Choice", "Condition", "Count", "DatedValue", "Days", "DoubtfulParameter", "Entry", "Exact", "Explanation",
    "ExplanationError", "Fault", "Input", "InputError", "LawFault", "Lookup", "Money", "Overlay", "Parameter",
    "ParameterError", "Quantity", "Rate", "Result", "Rule", "RuleBook", "RuleBookError", "RuleSet",
    "ValueColumn", "always", "catalogue", "ceil_cent", "ceil_euro", "cent", "choose", "counted", "cut_decimals",
    "euro", "evaluate", "explain", "floor_cent", "floor_euro", "half_up", "half_up_decimals", "half_up_euro",
    "markdown", "maximum", "minimum", "rate", "ratio", "read_toml", "rule", "rules_in", "sum_of", "up_decimals",
    "where",
]
