"""Every composed case of leave, and sentences of statute and case law as single figures."""

from __future__ import annotations

import io
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from timekeeping import conformance
from timekeeping.rules.leave import entitlement
from timekeeping.rules.leave_facts import LeaveError, Schichtblock, Urlaubsjahr
from timekeeping.rules.leave_year import NIE, leave_account
from timekeeping.rules.months import calendar_months, end_of_month_of_employment, months_of_employment

ROOT = Path(__file__).parents[2]
CASES = ROOT / "timekeeping" / "cases" / "leave_cases.csv"
BESIDE = sorted((ROOT.parent / "shared" / "reference" / "time").glob("*leave*.csv"))
FIVE = ((date(2000, 1, 1), Fraction(5)),)


def _run(path: Path) -> tuple[int, list[str]]:
    out = io.StringIO()
    code = conformance.run_leave(path, out)
    return code, out.getvalue().splitlines()


@pytest.mark.parametrize("path", [CASES, *BESIDE], ids=lambda path: path.name)
def test_all_cases(path: Path) -> None:
    code, lines = _run(path)
    assert (code, [line for line in lines if "erwartet" in line]) == (0, [])


def test_fields_are_really_compared() -> None:
    _, lines = _run(CASES)
    assert lines[-2:] == ["30 Fälle, 274 Felder verglichen", "30 passed, 0 failed"]


@pytest.mark.parametrize(("old", "new", "column"), [
    ("30,0,0,30,5,0,5", "30,0,0,30,5,0,6", "exp_rest_tariflich"),
    ("2026-12-31,,,full", "2026-12-30,,,full", "exp_verf")])
def test_a_difference_is_named(tmp_path: Path, old: str, new: str, column: str) -> None:
    path = tmp_path / "urlaub.csv"
    text = CASES.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    code, lines = _run(path)
    assert (code, lines[-1]) == (1, "29 passed, 1 failed")
    assert "EL001" in lines[0]
    assert column in lines[0]


def _days(year: int, begin: date, end: date | None = None, **more: object) -> Fraction:
    return entitlement(Urlaubsjahr(year, begin, end, FIVE, **more)).grundurlaub  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(("year", "begin", "end", "days"), [
    (2026, date(2010, 1, 1), None, 30), (2027, date(2010, 1, 1), None, 31),
    # entry: seven twelfths are 17.5, the full statutory leave is 20; from 1 July the waiting time ends with the year
    (2026, date(2026, 6, 1), None, 20), (2026, date(2026, 7, 1), None, 15),
    (2026, date(2026, 3, 15), date(2026, 9, 14), 15),
    # exit in the first half: twelfths; in the second half at least the statutory leave
    (2026, date(2010, 1, 1), date(2026, 6, 30), 15), (2026, date(2010, 1, 1), date(2026, 7, 31), 20),
    (2026, date(2010, 1, 1), date(2026, 9, 30), 23), (2026, date(2026, 12, 2), None, 0)])
def test_twelfths_and_the_statutory_floor(year: int, begin: date, end: date | None, days: int) -> None:
    assert _days(year, begin, end) == days


def test_months_of_employment_by_the_civil_code() -> None:
    assert end_of_month_of_employment(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert end_of_month_of_employment(date(2028, 1, 30), 1) == date(2028, 2, 29)
    assert end_of_month_of_employment(date(2026, 3, 15), 6) == date(2026, 9, 14)
    assert months_of_employment(date(2026, 3, 15), date(2026, 9, 14))[-1] == date(2026, 8, 15)
    assert len(calendar_months(date(2026, 3, 15), date(2026, 9, 14))) == 5


def test_full_months_of_every_start_and_end_of_a_leap_year() -> None:
    """A month begun and not over never counts, one more day never takes a month away, a year has twelve."""
    first = date(2028, 1, 1)
    for offset in range(366):
        begin = first + timedelta(days=offset)
        counts = [len(months_of_employment(begin, begin + timedelta(days=n))) for n in range(0, 366, 5)]
        assert counts == sorted(counts)
        assert counts[5] == 0
        assert counts[7] == 1
        year_later = begin.replace(year=2029, day=min(begin.day, 28))
        assert len(months_of_employment(begin, year_later - timedelta(days=1))) == (12 if begin.day <= 28 else 11)


def test_shift_leave_counts_months_from_the_first_day_of_the_block() -> None:
    def days(*blocks: Schichtblock) -> Fraction:
        return entitlement(Urlaubsjahr(2026, date(2010, 1, 1), None, FIVE, schichten=blocks)).schichturlaub

    assert days(Schichtblock("wechselschicht", date(2026, 1, 1), None, True)) == 6
    assert days(Schichtblock("schicht", date(2026, 1, 1), date(2026, 12, 31), True)) == 3
    assert days(Schichtblock("schicht", date(2026, 1, 15), date(2026, 5, 13), True)) == 0
    assert days(Schichtblock("schicht", date(2026, 1, 15), date(2026, 5, 14), True)) == 1
    # two blocks of three months are not joined
    assert days(Schichtblock("schicht", date(2026, 1, 1), date(2026, 3, 31), True),
                Schichtblock("schicht", date(2026, 5, 1), date(2026, 7, 31), True)) == 0
    # a block over the turn of the year: the day arises when its months are complete
    assert days(Schichtblock("wechselschicht", date(2025, 12, 1), date(2026, 1, 31), True)) == 1
    assert days(Schichtblock("wechselschicht", date(2025, 11, 1), date(2026, 1, 31), True)) == 0


@pytest.mark.parametrize(("told", "ill", "well", "statutory", "tariff"), [
    (date(2026, 1, 20), None, None, date(2026, 12, 31), date(2026, 12, 31)),
    (None, None, None, NIE, None),
    (date(2026, 1, 20), date(2026, 3, 1), None, date(2028, 3, 31), date(2027, 5, 31)),
    (date(2026, 4, 20), date(2026, 3, 1), None, NIE, date(2027, 5, 31)),
    (None, date(2025, 11, 1), None, date(2028, 3, 31), date(2027, 5, 31)),
    (date(2026, 1, 20), date(2026, 3, 1), date(2027, 5, 31), date(2028, 3, 31), date(2027, 5, 31)),
    (date(2026, 1, 20), date(2026, 3, 1), date(2027, 4, 20), None, date(2027, 5, 31)),
    (date(2026, 1, 20), date(2026, 3, 1), date(2027, 2, 10), date(2027, 3, 31), date(2027, 3, 31)),
    (date(2026, 1, 20), date(2026, 3, 1), date(2026, 4, 10), date(2026, 12, 31), date(2026, 12, 31))])
def test_lapse(told: date | None, ill: date | None, well: date | None, statutory: object, tariff: object) -> None:
    facts = Urlaubsjahr(2026, date(2010, 1, 1), None, FIVE, hinweis_am=told, krank_von=ill, krank_bis=well)
    lapse = leave_account(facts).verfall
    assert (lapse.gesetzlich, lapse.tariflich) == (statutory, tariff)


def test_open_questions_are_named() -> None:
    four = ((date(2000, 1, 1), Fraction(4)),)
    assert "zwoelftel_rundung" in entitlement(Urlaubsjahr(2027, date(2010, 1, 1), date(2027, 6, 30), four)).zweifel
    found = leave_account(Urlaubsjahr(2026, date(2010, 1, 1), None, FIVE, ruhen_monate=2))
    assert found.rest_gesetzlich is None
    assert "kuerzung_aufteilung" in found.zweifel


def test_rest_is_always_split_without_loss() -> None:
    for month in range(1, 13):
        for taken in range(12):
            facts = Urlaubsjahr(2026, date(2026, month, 10), None, FIVE, genommen=Fraction(taken))
            found = leave_account(facts)
            assert found.rest_gesetzlich is not None
            assert found.rest_tariflich is not None
            assert found.rest_gesetzlich + found.rest_tariflich == found.rest == found.anspruch.summe - taken
            assert found.rest_gesetzlich >= 0


@pytest.mark.parametrize("facts", [
    Urlaubsjahr(2026, date(2027, 1, 1), None, FIVE), Urlaubsjahr(2026, date(2020, 1, 1), date(2019, 1, 1), FIVE),
    Urlaubsjahr(2026, date(2020, 1, 1), None, ((date(2026, 5, 1), Fraction(5)),)),
    Urlaubsjahr(2026, date(2020, 1, 1), None, FIVE, krank_bis=date(2026, 4, 1))])
def test_contradictions(facts: Urlaubsjahr) -> None:
    with pytest.raises(LeaveError):
        leave_account(facts)


def test_more_leave_taken_than_earned_is_not_paid_and_not_asked_back() -> None:
    """Austritt 31. März: acht Tage Anspruch, zwölf genommen (§ 5 Abs. 3 BUrlG: keine Rückforderung)."""
    found = leave_account(Urlaubsjahr(2026, date(2020, 1, 1), date(2026, 3, 31), ((date(2020, 1, 1), Fraction(5)),),
                                      Fraction(12)))
    assert (found.rest, found.abgeltung) == (-4, 0)
