"""Payslips as PDF: documents per second on one core, all kinds of payslips in turn."""

from __future__ import annotations

import time

from payroll.bench.measure import Measurement, timed
from payroll.statements.examples import KINDS, many
from payroll.statements.pdf import render


def measure(size: int = 1_000) -> Measurement:
    """Assembled payslips to finished documents; fonts are loaded before, as in a server."""
    for slip in many(len(KINDS)):
        render(slip)
    slips = list(many(size))
    spent: list[float] = []

    def work() -> None:
        for slip in slips:
            started = time.perf_counter()
            render(slip)
            spent.append(time.perf_counter() - started)

    return timed("documents", size, "Abrechnungen", work).noted("ein Dokument", spent)
