"""Days of validity of the area, and how a row leaves that cannot be computed."""

import numpy as np

from payroll.law.engine import Condition, LawFault

BEGINN = "2024-01-01"
LETZTER_TAG_SVEV = "2026-12-31"
OHNE_SVEV_AB = "2027-01-01"


def refuse(wrong: Condition, message: str) -> None:
    """The rows that cannot be computed leave with this message."""
    mask = np.atleast_1d(np.asarray(wrong.mask, dtype=bool))
    if bool(mask.any()):
        raise LawFault(message, mask)
