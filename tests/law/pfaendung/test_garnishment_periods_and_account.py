"""Declaration, prior notice, revival, and the account of a claim."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from payroll.law.engine import InputError
from payroll.law.garnishment import number_of
from payroll.law.rules.pfaendung.fristen import erklaerung_bis, lebt_auf, plus_monate, vorpfaendung_wirkt
from payroll.law.rules.pfaendung.konto import Konto

DAY = date(2026, 8, 3)


def test_periods_are_numbers_of_the_law() -> None:
    assert [number_of(name, DAY) for name in ("drittschuldner_frist", "vorpfaendung_monate",
                                              "wiedereinstellung_monate")] == [14, 1, 9]
    with pytest.raises(InputError, match=r"01\.01\.2020"):
        number_of("drittschuldner_frist", date(2020, 1, 1))


@pytest.mark.parametrize(("service", "last"), [
    (date(2026, 8, 3), date(2026, 8, 17)), (date(2026, 8, 1), date(2026, 8, 17)), (date(2026, 8, 2), date(2026, 8, 17)),
    (date(2026, 12, 28), date(2027, 1, 11))])
def test_declaration_is_due_after_two_weeks_on_a_weekend_the_next_monday(service: date, last: date) -> None:
    assert erklaerung_bis(service, 14) == last


def test_months_end_on_the_same_day_or_the_last_of_the_month() -> None:
    assert plus_monate(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert plus_monate(date(2028, 1, 30), 1) == date(2028, 2, 29)
    assert plus_monate(date(2026, 6, 15), 9) == date(2027, 3, 15)
    assert plus_monate(date(2026, 12, 1), 12) == date(2027, 12, 1)


def test_prior_notice_and_revival_have_a_last_day() -> None:
    assert vorpfaendung_wirkt(date(2026, 1, 31), date(2026, 2, 28), 1)
    assert not vorpfaendung_wirkt(date(2026, 1, 31), date(2026, 3, 1), 1)
    assert not vorpfaendung_wirkt(date(2026, 1, 31), date(2026, 1, 30), 1)
    assert lebt_auf(date(2026, 3, 31), date(2026, 12, 31), 9)
    assert not lebt_auf(date(2026, 3, 31), date(2027, 1, 1), 9)


def test_payments_count_for_costs_interest_principal_unless_the_order_says_otherwise() -> None:
    account = Konto(hauptforderung=100_000, zinsen=2_000, kosten=3_000)
    left, parts = account.mit_zahlung(20_759)
    assert parts == {"kosten": 3_000, "zinsen": 2_000, "hauptforderung": 15_759}
    assert (left.offen, left.hauptforderung) == (84_241, 84_241)
    other = Konto(100_000, 2_000, 3_000, ("kosten", "hauptforderung", "zinsen"))
    assert other.mit_zahlung(104_000)[0] == Konto(0, 1_000, 0, other.reihenfolge)


def test_interest_runs_by_days() -> None:
    account = Konto(100_000).mit_zinsen(Fraction(627, 10_000), date(2026, 7, 1), date(2026, 7, 31))
    # 1,000.00 x 6.27 % x 31/365 = 5.325
    assert account.zinsen == 533
    assert Konto(100_000).mit_zinsen(Fraction(1, 10), date(2026, 7, 2), date(2026, 7, 1)).zinsen == 0


@pytest.mark.parametrize("cents", [-1, 105_001])
def test_a_payment_outside_what_is_owed_is_refused(cents: int) -> None:
    with pytest.raises(ValueError, match="Verteilung des Monats prüfen"):
        Konto(100_000, 2_000, 3_000).mit_zahlung(cents)


def test_accounts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="zurückfordern"):
        Konto(-1)
    with pytest.raises(ValueError, match="genau einmal"):
        Konto(1, reihenfolge=("kosten", "zinsen"))
