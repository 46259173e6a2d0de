"""Kappung der Kirchensteuer im Lohnsteuerabzug, wenn der Arbeitgeber sie anwendet und das Land eine hat."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from payroll.law.benefits import church_cap
from payroll.law.encode import KONFESSIONEN

Column = Any


def cap(month: date, inputs: dict[str, Column]) -> dict[str, Column]:
    """Die Spalte mit dem Betrag über der Kappung (Cent); gerechnet nur für Kirchenmitglieder."""
    member = np.asarray(inputs["konfession"]) != KONFESSIONEN.index("keine")
    amounts = np.zeros(len(member), dtype=np.int64)
    rows = np.flatnonzero(member)
    if rows.size:
        own = church_cap(month, {name: values[rows] for name, values in inputs.items()})
        amounts[rows] = own["kirchensteuer_kappung"]
    return {"kirchensteuer_kappung": amounts}
