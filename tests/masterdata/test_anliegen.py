"""Ab wann eine im Portal gemeldete Bankverbindung gilt."""

from datetime import date

import pytest

from payroll.masterdata.anliegen import AnliegenError, checked_iban, effective_from


@pytest.mark.parametrize(
    ("today", "closed", "expected"),
    [
        (date(2026, 11, 2), (), date(2026, 11, 6)),  # waited until the 6th, before the day of closing
        (date(2026, 11, 7), (), date(2026, 12, 1)),  # the 11th is after it: the next month
        (date(2026, 12, 30), (), date(2027, 1, 3)),
        (date(2026, 11, 2), {date(2026, 11, 1)}, date(2026, 12, 1)),  # the month is already checked
        (date(2026, 11, 2), {date(2026, 11, 1), date(2026, 12, 1)}, date(2027, 1, 1)),
    ],
    ids=("soon", "late", "year", "checked", "two-checked"),
)
def test_a_new_account_waits(today: date, closed: set[date], expected: date) -> None:
    assert effective_from(today, closed) == expected


def test_a_wrong_iban_names_the_remedy() -> None:
    with pytest.raises(AnliegenError, match="Bankkarte"):
        checked_iban("DE00 1234")
    assert checked_iban("de02 1203 0000 0000 2020 51") == "DE02120300000000202051"
