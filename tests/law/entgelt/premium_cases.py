"""One value of the pay law for one assignment, and hand arithmetic in exact fractions (shared by the tests here)."""

from __future__ import annotations

import calendar
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

from payroll.law.calculate import rule_book
from payroll.law.encode import gruppe_code, tarifwerk_code
from payroll.law.engine import Overlay, evaluate
from payroll.law.parameters.pay_tables import load_pay_tables

JUNE = date(2026, 6, 1)


def r2(value: Fraction) -> int:
    """Cents, halves up."""
    return floor(value + Fraction(1, 2))


def cell(scale: str, group: str, step: int, month: date = JUNE) -> int:
    """Table amount in cents."""
    return load_pay_tables().on(month)[scale, group, str(step)].cent


def hour(scale: str, group: str, step: int, month: date = JUNE) -> int:
    """Hourly rate for 39 hours a week: table / 169.57, in cents."""
    return r2(Fraction(cell(scale, group, step, month)) / Fraction("169.57"))


def law(name: str, scale: str = "TVoeD-VKA", group: str = "E7", step: int = 2, month: date = JUNE,
        overlays: tuple[Overlay, ...] = (), **more: Any) -> int:
    """The value ``name`` in cents (or a whole number) of one row."""
    book = rule_book("entgelt", "besoldung", "zusatzversorgung")
    last = calendar.monthrange(month.year, month.month)[1]
    columns = {"tarifwerk": tarifwerk_code(scale), "entgeltgruppe": gruppe_code(scale, group), "stufe": step,
               "wochenstunden": 3900, "vollzeitstunden": 3900, "tage": last, "kalendertage_im_monat": last, **more}
    rules = book.with_overlays(overlays).build(month) if overlays else book.build(month)
    result = evaluate(rules, columns, [name], rows=1)
    assert result.faults == [], result.faults
    return int(result.cents(name)[0])
