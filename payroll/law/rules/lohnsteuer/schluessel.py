"""Codes of the plan that must exist: a row with another code is refused, where the plan would compute something."""

from __future__ import annotations

import numpy as np

from payroll.law.engine import Count, LawFault


def nur(code: Count, erster: int, letzter: int, was: str) -> None:
    """Refuse the rows whose code lies outside ``erster`` to ``letzter``; ``was`` names the code for the message."""
    mask = np.atleast_1d(np.asarray(((code < erster) | (code > letzter)).mask, dtype=bool))
    if bool(mask.any()):
        raise LawFault(f"{was}: erlaubt sind {erster} bis {letzter}; bitte das Lohnsteuermerkmal berichtigen", mask)
