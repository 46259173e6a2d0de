"""Was andere Räume vom Lauf brauchen: rechnen, prüfen, freigeben, zurücknehmen, abschließen, Befunde begründen."""

from payroll.runs.calculate import calculate
from payroll.runs.errors import RunNotFound, RunRefused
from payroll.runs.sheets import Sheet, open_sheet
from payroll.runs.steps import (
    acknowledge,
    acknowledge_group,
    approvers,
    check,
    close,
    find_run,
    missing_releases,
    month_name,
    release,
    release_municipality,
    release_seal,
    withdraw,
)

__all__ = [
    "RunNotFound", "RunRefused", "Sheet", "acknowledge", "acknowledge_group", "approvers", "calculate", "check",
    "close", "find_run", "missing_releases", "month_name", "open_sheet", "release", "release_municipality",
    "release_seal", "withdraw",
]
