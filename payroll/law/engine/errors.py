"""Errors of the engine: mistakes of ours when a rule set is built, and faults of single cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from payroll.law.engine.quantity import BoolArray


class RuleBookError(Exception):
    """The rule book is not sound; the message names the places in the source."""


class ParameterError(RuleBookError):
    """A parameter file is incomplete or contradicts itself."""


class InputError(ValueError):
    """An input column is missing, unknown or holds a value that its declaration forbids."""


class LawFault(Exception):
    """A rule cannot be computed for some rows; ``rows`` marks them (True = faulty)."""

    def __init__(self, message: str, rows: BoolArray) -> None:
        super().__init__(message)
        self.message = message
        self.rows = rows
