"""Measurements of the product on this machine; never tests."""

from __future__ import annotations

from typing import Any

from payroll.bench.measure import Measurement, in_fresh_process

BENCHMARKS = {
    "tax": ("payroll.bench.tax:measure", 1_000_000),
    "pay": ("payroll.bench.pay:measure", 200_000),
    "close": ("payroll.bench.close:measure", 5_000),
    "documents": ("payroll.bench.documents:measure", 1_000),
    "time": ("payroll.bench.times:measure", 5_000),
    "retro": ("payroll.bench.retro:measure", 5_000),
    "files": ("payroll.bench.files:measure", 50_000),
    "journal": ("payroll.bench.filings:journal", 5_000),
    "filings": ("payroll.bench.filings:measure", 5_000),
    "board": ("payroll.bench.board:measure", 3_000),
    "portal": ("payroll.bench.portal:measure", 3_000),
    "retro-years": ("payroll.bench.retro_years:measure", 5_400),
    "tariff": ("payroll.bench.tariff:measure", 6_600),
    "month": ("payroll.bench.month:measure", 5_000),
    "histories": ("payroll.bench.histories:measure", 100_000),
    "whatif": ("payroll.bench.whatif:measure", 5_000),
    "whatif-month": ("payroll.bench.whatif:month", 5_000),
    "budget": ("payroll.bench.budget:measure", 5_000),
    "budget-month": ("payroll.bench.budget:month", 5_000),
    "plausible": ("payroll.bench.plausible:measure", 5),
    "curve-people": ("payroll.bench.curves:people", 1_000_000),
    "curve-close": ("payroll.bench.curves:closes", 50_000),
    "curve-wage-types": ("payroll.bench.curves:wage_types", 1_000),
    "soak": ("payroll.bench.soak:measure", 1_000_000),
    "workers": ("payroll.bench.workers:measure", 20_000),
    "workers-four": ("payroll.bench.workers:four", 50_000),
}
LONG = ("curve-people", "curve-close", "curve-wage-types", "soak", "workers-four")  # not among "all"


def run(name: str, size: int | None = None, **more: Any) -> Measurement:
    """Measures in a fresh process, so that the peak memory is that of this work alone.

    more: what only some measurements take: profile (month, close), folder (soak); others refuse it with a TypeError.
    """
    function, ordinary = BENCHMARKS[name]
    found: Measurement = in_fresh_process(function, size or ordinary, **more)
    return found
