"""Measurements of the product on this machine; never tests."""

from __future__ import annotations

from payroll.bench.measure import Measurement, in_fresh_process

BENCHMARKS = {
    "tax": ("payroll.bench.tax", 1_000_000),
    "pay": ("payroll.bench.pay", 200_000),
    "close": ("payroll.bench.close", 5_000),
    "documents": ("payroll.bench.documents", 1_000),
    "retro": ("payroll.bench.retro", 5_000),
}


def run(name: str, size: int | None = None) -> Measurement:
    """Measures in a fresh process, so that the peak memory is that of this work alone."""
    module, ordinary = BENCHMARKS[name]
    found: Measurement = in_fresh_process(f"{module}:measure", size or ordinary)
    return found
