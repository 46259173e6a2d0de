"""From which month a child counts (§ 55 Abs. 3 SGB XI).

By hand from the reference of social insurance, section 4: born before 1.7.2023: from 1.7.2023; born 1.7.2023 to
30.6.2025: from the month of birth whenever proved; born later: electronic data from the month of birth, other proofs
within three months of birth (2025) or six (since 1.1.2026), otherwise from the month after the proof.
"""

from __future__ import annotations

from datetime import date

import pytest

from payroll.law.rules.sozialversicherung.kindernachweis import kind_wirkt_ab, nachweisfrist


@pytest.mark.parametrize(("born", "proved", "from_month"), [
    (date(2001, 5, 4), date(2026, 3, 9), date(2023, 7, 1)),
    (date(2023, 6, 30), date(2026, 3, 9), date(2023, 7, 1)),
    (date(2023, 7, 1), date(2026, 11, 30), date(2023, 7, 1)),
    (date(2025, 6, 30), date(2026, 11, 30), date(2025, 6, 1)),
    (date(2025, 7, 1), date(2025, 10, 1), date(2025, 7, 1)),  # three months end on 1 October
    (date(2025, 7, 1), date(2025, 10, 2), date(2025, 11, 1)),
    (date(2025, 8, 31), date(2025, 11, 30), date(2025, 8, 1)),  # there is no 31 November
    (date(2025, 8, 31), date(2025, 12, 1), date(2026, 1, 1)),
    (date(2025, 8, 15), date(2026, 1, 20), date(2025, 8, 1)),  # six months by the law on the day of the proof
    (date(2026, 2, 3), date(2026, 8, 3), date(2026, 2, 1)),
    (date(2026, 2, 3), date(2026, 8, 4), date(2026, 9, 1)),
    (date(2026, 2, 3), date(2026, 12, 31), date(2027, 1, 1)),
])
def test_a_late_proof_works_from_the_month_after_it(born: date, proved: date, from_month: date) -> None:
    assert kind_wirkt_ab(born, proved) == from_month


def test_the_electronic_procedure_works_from_the_month_of_birth() -> None:
    assert kind_wirkt_ab(date(2026, 1, 5), date(2026, 11, 30), elektronisch=True) == date(2026, 1, 1)
    assert kind_wirkt_ab(date(2026, 1, 5), date(2026, 11, 30)) == date(2026, 12, 1)


@pytest.mark.parametrize(("born", "proved", "last"), [
    (date(2025, 11, 30), date(2025, 12, 31), date(2026, 2, 28)), (date(2025, 11, 30), date(2026, 1, 1),
                                                                  date(2026, 5, 30))])
def test_the_period_is_that_of_the_day_of_the_proof(born: date, proved: date, last: date) -> None:
    assert nachweisfrist(born, proved) == last
