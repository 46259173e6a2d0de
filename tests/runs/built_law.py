"""Für den Vorrat, aus dem sterbende Prozesse entstehen: das Recht ist vorher gebaut, wie in einem Server."""

from __future__ import annotations

from datetime import date

import payroll.bench.close
import payroll.filings.handover
import payroll.sammellauf.service
import payroll.statements.publish  # noqa: F401 # only to have it loaded
from payroll.law.calculate import law_of

MONTHS = [date(2026, month, 1) for month in range(1, 12)]
for month in MONTHS:
    law_of(month)
