"""Eingaben aus Formularen: was gilt, was nicht, und was dabei gesagt wird."""

from datetime import date
from decimal import Decimal

import pytest

from tenants.web import inputs


@pytest.mark.parametrize(("text", "expected"), [("1.11.2026", date(2026, 11, 1)), (" 2026-02-28 ", date(2026, 2, 28))])
def test_day(text: str, expected: date) -> None:
    assert inputs.day(text) == expected


@pytest.mark.parametrize("text", ["31.02.2026", "2026-13-01", "1.1.26", "", "heute", "01.01.0026"])
def test_day_refused(text: str) -> None:
    with pytest.raises(inputs.InputError):
        inputs.day(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.284,33", 128433), ("1284.33", 128433), ("-250", -25000), ("−250,5 €", -25050), ("1.284", 128400), ("0,1", 10)],
)
def test_cents(text: str, expected: int) -> None:
    assert inputs.cents(text) == expected


@pytest.mark.parametrize("text", ["1,284.33", "12,345", "1e5", "NaN", "=1+1", "", "²", "9" * 40, "1.2.3"])
def test_cents_refused(text: str) -> None:
    with pytest.raises(inputs.InputError):
        inputs.cents(text)


def test_decimal_keeps_places() -> None:
    assert inputs.decimal("0,875", places=3) == Decimal("0.875")
    with pytest.raises(inputs.InputError, match="2 Nachkommastellen"):
        inputs.decimal("0,875", places=2)


def test_month() -> None:
    assert inputs.month("2026-11") == date(2026, 11, 1)
    with pytest.raises(inputs.InputError, match="2026-11"):
        inputs.month("2026-13")
