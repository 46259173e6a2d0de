"""All checks over the rows of a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from payroll.law.checks import assignment, gruppen, insurance, kurzfristig, minijob, oneoff, person, several, tax
from payroll.law.checks.facts import Check, Facts

CHECKS: tuple[Check, ...] = (*tax.CHECKS, *insurance.CHECKS, *minijob.CHECKS, *several.CHECKS, *oneoff.CHECKS,
                             *kurzfristig.CHECKS, *person.CHECKS, *assignment.CHECKS, *gruppen.CHECKS)


@dataclass(frozen=True)
class Contradiction:
    """A row (from 0) that a check found."""

    row: int
    check: Check

    def __str__(self) -> str:
        return f"{self.check.field}: {self.check.rule} ({self.check.law}); {self.check.remedy}"


def contradictions(month: date, columns: Mapping[str, Any], rows: int | None = None) -> list[Contradiction]:
    """Every impossible or doubtful combination, by row and then in the order of the checks.

    columns: inputs of ``gross_to_net`` (integer columns or one integer for all rows) and those of ``facts.EXTRA``;
    missing ones have their default.
    rows: number of rows, needed only when no column is given as one.
    """
    count = rows if rows is not None else max((np.size(column) for column in columns.values()), default=0)
    facts = Facts(month.replace(day=1), columns, count)
    found = [Contradiction(int(row), check) for check in CHECKS for row in np.flatnonzero(check.test(facts))]
    return sorted(found, key=lambda one: one.row)
