"""Abrechnungen zum Prüfen; die Schriften werden bei Bedarf eingerichtet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from payroll.statements import examples, fonts
from payroll.statements.payslip import Payslip


@pytest.fixture(scope="session", autouse=True)
def fonts_installed() -> None:
    """Richtet die Schriften ein, wenn sie noch fehlen (npm-Paket vorausgesetzt)."""
    if not fonts.ready():
        fonts.install()


@pytest.fixture(scope="session")
def example() -> Callable[[str], Payslip]:
    """Baut eine Abrechnung der genannten Art."""
    return examples.example
