"""Wage tax: rows per second of the plan in force, ordinary monthly rows of all classes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from payroll.bench import beside
from payroll.bench.measure import SEED, Measurement, best_of, repeated
from payroll.law.calculate import rule_book
from payroll.law.engine import evaluate

MONTH = date(2026, 11, 1)
OUTPUTS = ("lstlzz", "solzlzz", "bk")
CALLS = 20


def rows(size: int) -> dict[str, Any]:
    """Monthly wages of 1,200 to 8,000 euro, classes as in an office, some children, funds between 2.2 and 3.9 %."""
    rng = np.random.default_rng(SEED)
    stkl = rng.choice([1, 2, 3, 4, 5, 6], size, p=[0.42, 0.06, 0.14, 0.28, 0.08, 0.02])
    children = rng.choice([0, 0, 0, 1, 2, 3], size)
    return {"lzz": np.full(size, 2), "stkl": stkl, "re4": rng.integers(120_000, 800_000, size),
            "zkf": np.where(stkl < 5, children * 5, 0), "kvz": rng.integers(220, 390, size),
            "pvz": (children == 0).astype(np.int64), "pva": np.maximum(children - 1, 0),
            "r": rng.integers(0, 2, size)}


def measure(size: int = 1_000_000) -> Measurement:
    """Rows of wage tax per second on one core, beside those of gettsim where it is installed."""
    columns = rows(size)
    rule_set = rule_book("lohnsteuer").build(MONTH)
    evaluate(rule_set, {k: v[:100] for k, v in columns.items()}, OUTPUTS)
    def work() -> None:
        evaluate(rule_set, columns, OUTPUTS)

    measured = best_of(3, "tax", size, "Zeilen", work).noted("alle Zeilen", repeated(CALLS, work))
    allowance = rule_set.arguments["kinderfreibetrag_je_zaehler"].num
    wage_tax = evaluate(rule_set, columns, ("lstlzz",)).cents("lstlzz")
    return replace(measured, beside=beside.compare(MONTH, columns, allowance, wage_tax))
