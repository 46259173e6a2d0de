"""Findings at the limit and one minute beyond it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from timekeeping.rules.clock import Span, at
from timekeeping.rules.facts import Anwesenheit, Einsatz, Mutterschutz, Rufbereitschaft, Zeitraum, Zuordnung
from timekeeping.rules.findings import CODES, findings
from timekeeping.rules.findings.adults import sundays
from timekeeping.rules.limits import parameters

MONDAY = date(2026, 9, 7)
ASSIGNED = Zuordnung("TVoeD-VKA", "E8", "3", 3900, 3900)
BORN_17 = date(2009, 1, 1)


def _work(day: int, start: int, length: int, *breaks: tuple[int, int]) -> Anwesenheit:
    """Presence on the day of the week (0 Monday), minutes after midnight; breaks as (after minutes, length)."""
    begin = at(MONDAY + timedelta(days=day)) + start
    return Anwesenheit(Span(begin, begin + length), tuple(Span(begin + a, begin + a + n) for a, n in breaks))


def _week(*work: Anwesenheit, **more: object) -> Zeitraum:
    facts = Zeitraum(MONDAY, MONDAY + timedelta(days=6), ASSIGNED, tuple(work),
                     arbeitsplan=dict.fromkeys(range(5), 480), bereich="ordnung")
    return replace(facts, **more)  # type: ignore[arg-type]  # fields by name


def _codes(facts: Zeitraum) -> set[str]:
    return {f"{one.code}@{(one.tag - MONDAY).days}" for one in findings(facts)}


@pytest.mark.parametrize(("facts", "codes"), [
    # § 3: ten hours; the shift counts with the day it begins
    (_week(_work(0, 420, 645, (300, 45))), set()),
    (_week(_work(0, 420, 646, (300, 45))), {"ARBZG_3_10H@0"}),
    (_week(_work(0, 1200, 646, (300, 45))), {"ARBZG_3_10H@0"}),
    # § 4: six hours, nine hours, parts of fifteen minutes, gaps count
    (_week(_work(0, 480, 360)), set()),
    (_week(_work(0, 480, 361)), {"ARBZG_4_PAUSE@0", "ARBZG_4_BLOCK@0"}),
    (_week(_work(0, 480, 391, (200, 29))), {"ARBZG_4_PAUSE@0"}),
    (_week(_work(0, 480, 391, (200, 30))), set()),
    (_week(_work(0, 480, 392, (100, 14), (200, 17))), {"ARBZG_4_PAUSE@0"}),
    (_week(_work(0, 480, 391, (100, 15), (200, 15))), set()),
    (_week(_work(0, 480, 570, (300, 30))), set()),
    (_week(_work(0, 480, 571, (300, 30))), {"ARBZG_4_PAUSE@0"}),
    (_week(_work(0, 480, 450, (361, 45))), {"ARBZG_4_BLOCK@0"}),
    (_week(_work(0, 480, 200), _work(0, 710, 200)), set()),
    (_week(replace(_work(0, 480, 450, (361, 45)), pausenlage_bekannt=False)), set()),
    # § 5: eleven hours, in care ten with compensation
    (_week(_work(0, 840, 360), _work(1, 420, 60)), set()),
    (_week(_work(0, 840, 360), _work(1, 419, 60)), {"ARBZG_5_RUHEZEIT@1"}),
    (_week(_work(0, 840, 360), _work(1, 419, 60), bereich="pflege"), {"ARBZG_5_AUSGLEICH@1"}),
    (_week(_work(0, 840, 360), _work(1, 360, 60), bereich="krankenhaus"), {"ARBZG_5_AUSGLEICH@1"}),
    (_week(_work(0, 840, 360), _work(1, 359, 60), bereich="krankenhaus"), {"ARBZG_5_RUHEZEIT@1"}),
    # § 3 and § 6: averages
    (_week(_work(0, 480, 300), minuten_23_wochen_davor=24 * 2880 - 300), set()),
    (_week(_work(0, 480, 300), minuten_23_wochen_davor=24 * 2880 - 299), {"ARBZG_3_DURCHSCHNITT@6"}),
    (_week(_work(0, 480, 300), minuten_3_wochen_davor=4 * 2880 - 299), set()),
    (_week(_work(0, 480, 300), minuten_3_wochen_davor=4 * 2880 - 299, nachtarbeitnehmer=True),
     {"ARBZG_6_DURCHSCHNITT@6"}),
    # §§ 9, 11: Sunday
    (_week(_work(5, 1380, 60)), set()),
    (_week(_work(5, 1380, 61)), {"ARBZG_11_ERSATZRUHETAG@6"}),
    (_week(_work(6, 480, 60), bereich="verwaltung"), {"ARBZG_9_SONNFEIERTAG@6", "ARBZG_11_ERSATZRUHETAG@6"})])
def test_adults(facts: Zeitraum, codes: set[str]) -> None:
    assert _codes(facts) == codes


SUNDAY = MONDAY + timedelta(days=6)
CORPUS_CHRISTI = date(2026, 6, 4)


@pytest.mark.parametrize(("worked", "substitute", "valid"), [
    (SUNDAY, SUNDAY + timedelta(days=13), True), (SUNDAY, SUNDAY + timedelta(days=15), False),
    (SUNDAY, SUNDAY - timedelta(days=13), True), (SUNDAY, SUNDAY + timedelta(days=7), False),
    (CORPUS_CHRISTI, CORPUS_CHRISTI + timedelta(days=55), True),
    (CORPUS_CHRISTI, CORPUS_CHRISTI + timedelta(days=56), False),
    (date(2026, 11, 1), date(2026, 11, 14), True), (date(2026, 11, 1), date(2026, 11, 16), False)])
def test_substitute_rest_day(worked: date, substitute: date, valid: bool) -> None:
    work = Anwesenheit(Span(at(worked, 10), at(worked, 12)))
    facts = Zeitraum(worked, worked, ASSIGNED, (work,), bereich="ordnung", ersatzruhetage=((worked, substitute),))
    assert [one.code for one in findings(facts)] == ([] if valid else ["ARBZG_11_ERSATZRUHETAG"])


def test_free_sundays_of_the_year() -> None:
    """2026 has 52 Sundays: the 38th worked one leaves fourteen."""
    rest = ((SUNDAY, SUNDAY + timedelta(days=2)),)
    for before, codes in ((36, set()), (37, {"ARBZG_11_SONNTAGE@6"})):
        facts = _week(_work(6, 480, 60), ersatzruhetage=rest, gearbeitete_sonntage_bisher=before)
        assert _codes(facts) == codes


def test_sundays_of_a_year() -> None:
    for year in range(2018, 2060):
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
        assert sundays(year) == sum(1 for day in days if day.year == year and day.weekday() == 6)


def _called(start: int, length: int, **more: object) -> Zeitraum:
    """Shifts Monday 6 to 12 and Tuesday 6 to 12, on call between, one call-out after so many minutes of Monday."""
    begin = at(MONDAY) + start
    period = Rufbereitschaft(Span(at(MONDAY, 12), at(MONDAY + timedelta(days=1), 6)),
                             (Einsatz("ausserhalb", Span(begin, begin + length)),))
    return _week(_work(0, 360, 360), _work(1, 360, 360), rufbereitschaften=(period,), **more)


def test_call_outs_break_the_rest_and_count_for_the_day() -> None:
    assert _codes(_called(13 * 60, 60)) == set()
    assert _codes(_called(19 * 60, 60)) == {"ARBZG_5_RUHEZEIT@1"}
    assert _codes(_called(12 * 60, 240)) == set()
    assert _codes(_called(12 * 60, 241)) == {"ARBZG_3_10H@0"}
    assert _codes(_called(19 * 60, 330, bereich="pflege")) == {"ARBZG_3_10H@0"}
    assert _codes(_called(19 * 60, 331, bereich="pflege")) == {"ARBZG_3_10H@0", "ARBZG_5_RUHEZEIT@1"}


def _young(*work: Anwesenheit, **more: object) -> Zeitraum:
    return _week(*work, **{"geburtsdatum": BORN_17, "bereich": "verwaltung", **more})


HOUR = (240, 60)


@pytest.mark.parametrize(("facts", "codes"), [
    (_young(_work(0, 480, 540, HOUR)), set()),
    (_young(_work(0, 480, 541, HOUR)), {"JARBSCHG_8_TAG@0"}),
    (_young(_work(0, 480, 570, HOUR), arbeitsplan={0: 480, 4: 479}), set()),
    (_young(_work(0, 480, 571, (250, 60)), arbeitsplan={0: 480, 4: 479}), {"JARBSCHG_8_TAG@0"}),
    (_young(*(_work(day, 480, 540, HOUR) for day in range(5))), set()),
    (_young(*(_work(day, 480, 540, HOUR) for day in range(4)), _work(4, 480, 541, HOUR)),
     {"JARBSCHG_8_TAG@4", "JARBSCHG_8_WOCHE@4"}),
    (_young(_work(0, 480, 270)), set()),
    (_young(_work(0, 480, 271)), {"JARBSCHG_11_PAUSE@0", "JARBSCHG_11_BLOCK@0"}),
    (_young(_work(0, 480, 390, (200, 30))), set()),
    (_young(_work(0, 480, 391, (200, 30))), {"JARBSCHG_11_PAUSE@0"}),
    (_young(_work(0, 480, 200), _work(0, 880, 200)), set()),
    (_young(_work(0, 480, 200), _work(0, 881, 200)), {"JARBSCHG_12_SCHICHTZEIT@0"}),
    (_young(_work(0, 1000, 200), _work(1, 480, 200)), set()),
    (_young(_work(0, 1000, 200), _work(1, 479, 200)), {"JARBSCHG_13_FREIZEIT@1"}),
    (_young(_work(0, 360, 60)), set()),
    (_young(_work(0, 359, 60)), {"JARBSCHG_14_NACHT@0"}),
    (_young(_work(0, 1140, 61)), {"JARBSCHG_14_NACHT@0"}),
    (_young(*(_work(day, 480, 60) for day in range(7))),
     {"JARBSCHG_15_TAGE@5", "JARBSCHG_15_TAGE@6", "JARBSCHG_16_SAMSTAG@5", "JARBSCHG_17_SONNTAG@6"}),
    (_young(_work(5, 480, 60), _work(6, 480, 60), bereich="pflege"), set())])
def test_minors(facts: Zeitraum, codes: set[str]) -> None:
    assert _codes(facts) == codes


def test_hours_lost_by_a_holiday_count_for_the_week_of_minors() -> None:
    monday = date(2026, 5, 11)  # Ascension Day on Thursday
    days = [monday + timedelta(days=n) for n in (0, 1, 2, 4)]
    work = tuple(Anwesenheit(Span(at(day, 8), at(day, 17)), (Span(at(day, 12), at(day, 13)),)) for day in days)
    facts = Zeitraum(monday, monday + timedelta(days=6), ASSIGNED, work, geburtsdatum=BORN_17)
    full, long = ({**dict.fromkeys(range(5), 480), 3: count} for count in (480, 481))
    assert findings(replace(facts, arbeitsplan=full)) == []
    assert [str(one) for one in findings(replace(facts, arbeitsplan=long))] == ["JARBSCHG_8_WOCHE@2026-05-15"]


@pytest.mark.parametrize(("start", "end", "found"), [
    (8, 14, []), (8, 15, ["JARBSCHG_18_FEIERTAG@2026-12-24"])])
def test_afternoon_of_christmas_eve(start: int, end: int, found: list[str]) -> None:
    eve = date(2026, 12, 24)
    work = Anwesenheit(Span(at(eve, start), at(eve, end)), (Span(at(eve, 11), at(eve, 12)),))
    facts = Zeitraum(eve, eve, ASSIGNED, (work,), geburtsdatum=BORN_17)
    assert [str(one) for one in findings(facts)] == found


def test_the_day_of_the_18th_birthday_is_the_first_of_an_adult() -> None:
    for born, code in ((MONDAY, "ARBZG_4_PAUSE@0"), (MONDAY + timedelta(days=1), "JARBSCHG_11_PAUSE@0")):
        assert code in _codes(_week(_work(0, 480, 391, (180, 29)), geburtsdatum=born.replace(year=2008)))


MOTHER = Mutterschutz("schwanger")


@pytest.mark.parametrize(("facts", "codes"), [
    (_week(_work(0, 480, 540, (200, 30)), mutterschutz=MOTHER), set()),
    (_week(_work(0, 480, 541, (200, 30)), mutterschutz=MOTHER), {"MUSCHG_4_TAG@0"}),
    (_week(_work(0, 480, 300), mutterschutz=MOTHER, minuten_vorwoche=5100), set()),
    (_week(_work(0, 480, 300), mutterschutz=MOTHER, minuten_vorwoche=5101), {"MUSCHG_4_DOPPELWOCHE@6"}),
    (_week(_work(0, 840, 360), _work(1, 419, 60), mutterschutz=MOTHER, bereich="pflege"), {"MUSCHG_4_RUHE@1"}),
    (_week(_work(0, 1140, 61), mutterschutz=MOTHER), {"MUSCHG_5_NACHT@0"}),
    (_week(_work(0, 1260, 60), mutterschutz=Mutterschutz("stillend", bewilligt_20_bis_22=True)), set()),
    (_week(_work(0, 1260, 61), mutterschutz=Mutterschutz("stillend", bewilligt_20_bis_22=True)), {"MUSCHG_5_NACHT@0"}),
    (_week(_work(6, 480, 60), mutterschutz=MOTHER, ersatzruhetage=((SUNDAY, SUNDAY - timedelta(days=1)),)),
     {"MUSCHG_6_SONNFEIERTAG@6"}),
    (_week(_work(6, 480, 60), mutterschutz=Mutterschutz("schwanger", sonntagsarbeit_bereit=True),
           ersatzruhetage=((SUNDAY, SUNDAY - timedelta(days=1)),)), set())])
def test_mothers(facts: Zeitraum, codes: set[str]) -> None:
    assert _codes(facts) == codes


def test_every_finding_has_its_paragraph_and_every_limit_its_source() -> None:
    assert all("§" in paragraph for paragraph in CODES.values())
    assert all("§" in one.paragraf and value.quelle for one in parameters().values() for value in one.werte)
    one = findings(_week(_work(0, 480, 361)))[0]
    assert (one.paragraf, "6:01" in one.text) == ("§ 4 Satz 3 ArbZG", True)
