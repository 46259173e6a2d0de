"""Serien eines Kalenders (RFC 5545): jede Regel gegen python-dateutil gerechnet, Ausnahmen, Grenzen, Zeitumstellung."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from timekeeping.imports import profile, reader, recurrence, series
from timekeeping.imports.problems import ImportFehler, Unlesbar
from timekeeping.imports.rows import Eintrag

DAYS = tuple(recurrence.WEEKDAYS)
SPAN, AGES = timedelta(days=800), 7600


def calendar(*events: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", *(line for event in events for line in (
        "BEGIN:VEVENT", "CATEGORIES:urlaub", "X-PERSONALNUMMER:1", *event.split("\n"), "END:VEVENT")),
        "END:VCALENDAR")).encode()


def read(*events: str) -> list[Eintrag]:
    return reader.read(calendar(*events), profile.parse(profile.bundled_text("icalendar"))).eintraege


def days(entry: Eintrag) -> str:
    assert entry.von is not None
    assert entry.bis is not None
    return f"{entry.von:%d.%m.%y}" + (f"-{entry.bis:%d.%m.%y}" if entry.bis != entry.von else "")


@st.composite
def rules(draw: Any) -> str:
    rhythm = draw(st.sampled_from(recurrence.RHYTHMS))
    parts = [f"FREQ={rhythm}", f"INTERVAL={draw(st.integers(1, 5))}"]
    # All with a place or none: dateutil takes a mixture as both conditions at once, RFC 5545 as either.
    placed = rhythm in ("MONTHLY", "YEARLY") and draw(st.booleans())
    places = st.sampled_from(["1", "2", "-1", "-2", "5"]) if placed else st.just("")
    choices = {
        "BYDAY": st.lists(st.tuples(places, st.sampled_from(DAYS)).map("".join), min_size=1, max_size=3, unique=True),
        "BYMONTH": st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True),
        "BYMONTHDAY": st.lists(st.sampled_from([1, 2, 15, 28, 29, 30, 31, -1, -2, -31]), min_size=1, max_size=3,
                               unique=True)}
    if rhythm == "WEEKLY":
        del choices["BYMONTHDAY"]
    chosen = [name for name in choices if draw(st.booleans())]
    parts += [f"{name}={','.join(map(str, draw(choices[name])))}" for name in chosen]
    if chosen and rhythm in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from(['1', '-1', '2', '1,-1']))}")
    parts.append(f"WKST={draw(st.sampled_from(DAYS))}")
    return ";".join(parts)


@settings(max_examples=120, deadline=None)
@given(text=rules(), first=st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_every_rule_gives_the_days_of_another_calculator(text: str, first: date) -> None:
    """The calendar repeats every 400 years: 7600 years on, dateutil soon reaches the end of its search (year 9999)."""
    last = first + SPAN
    far = rrulestr(f"{text};UNTIL={last.year + AGES}{last:%m%d}",
                   dtstart=datetime(first.year + AGES, first.month, first.day))
    assert list(recurrence.days(recurrence.parse(text), first, last)) == [
        date(one.year - AGES, one.month, one.day) for one in far]


def test_an_impossible_rule_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    tried, periods = [], recurrence._periods

    def counted(*given: Any) -> Any:
        found = list(periods(*given))
        tried.append(len(found))
        return found

    monkeypatch.setattr(recurrence, "_periods", counted)
    for text in ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
                 "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", "FREQ=YEARLY;INTERVAL=99999;BYMONTH=4"):
        assert list(recurrence.days(recurrence.parse(text), date(2026, 11, 16), date(2029, 11, 16))) == []
    assert tried == [157, 4, 37, 1]  # 1,096 days by sevens, four years, 36 months and the first, one year


WHOLE = "DTSTART;VALUE=DATE:20261116\nDTEND;VALUE=DATE:20261117"  # a Monday
EVENING = "DTSTART;TZID=Europe/Berlin:20261023T220000\nDTEND;TZID=Europe/Berlin:20261024T060000"
SERIES: dict[str, tuple[list[str], list[str]]] = {
    "weekly": ([f"{WHOLE}\nRRULE:FREQ=WEEKLY;COUNT=3"], ["16.11.26", "23.11.26", "30.11.26"]),
    "until-included": ([f"{WHOLE}\nRRULE:FREQ=WEEKLY;UNTIL=20261130"], ["16.11.26", "23.11.26", "30.11.26"]),
    "until-as-utc-midnight": ([f"{WHOLE}\nRRULE:FREQ=WEEKLY;UNTIL=20261129T230000Z"],
                              ["16.11.26", "23.11.26", "30.11.26"]),
    "days-that-touch-are-one": ([f"{WHOLE}\nRRULE:FREQ=DAILY;COUNT=5"], ["16.11.26-20.11.26"]),
    "working-week": ([f"{WHOLE}\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=10"],
                     ["16.11.26-20.11.26", "23.11.26-27.11.26"]),
    "last-friday": (["DTSTART;VALUE=DATE:20261127\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3"],
                    ["27.11.26", "25.12.26", "29.01.27"]),
    "month-of-31-days": (["DTSTART;VALUE=DATE:20261031\nRRULE:FREQ=MONTHLY;COUNT=3"],
                         ["31.10.26", "31.12.26", "31.01.27"]),
    "leap-day": (["DTSTART;VALUE=DATE:20280229\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2"], ["29.02.28", "31.03.28"]),
    "without-one": ([f"{WHOLE}\nRRULE:FREQ=DAILY;COUNT=5\nEXDATE;VALUE=DATE:20261118"],
                    ["16.11.26-17.11.26", "19.11.26-20.11.26"]),
    "exdate-as-moment": ([f"{WHOLE}\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20261123T000000"], ["16.11.26", "30.11.26"]),
    "more-days": ([f"{WHOLE}\nRDATE;VALUE=DATE:20261201,20261203\nRDATE;VALUE=DATE:20261205"],
                  ["16.11.26", "01.12.26", "03.12.26", "05.12.26"]),
    "moved": ([f"{WHOLE}\nUID:a\nRRULE:FREQ=WEEKLY;COUNT=3",
               "UID:a\nRECURRENCE-ID;VALUE=DATE:20261123\nDTSTART;VALUE=DATE:20261125"],
              ["16.11.26", "30.11.26", "25.11.26"]),
    "outlook-zone": (['DTSTART;TZID="W. Europe Standard Time":20261116T080000\nDURATION:PT4H\n'
                      "RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=2"], ["16.11.26", "30.11.26"]),
}


@pytest.mark.parametrize("case", SERIES)
def test_a_series_becomes_its_absences(case: str) -> None:
    events, expected = SERIES[case]
    found = read(*events)
    assert [(one.stand, days(one)) for one in found] == [("angenommen", one) for one in expected]


def test_hours_keep_their_place_on_the_clock_and_utc_keeps_its_own() -> None:
    local = read(f"{EVENING}\nRRULE:FREQ=DAILY;COUNT=3")
    assert [(one.beginn and one.beginn.strftime("%d %H:%M"), one.ende and one.ende.strftime("%d %H:%M"))
            for one in local] == [("23 22:00", "24 06:00"), ("24 22:00", "25 05:00"), ("25 22:00", "26 06:00")]
    # 20:00 UTC is 22:00 before and 21:00 after the clock change of 25 October.
    utc = read("DTSTART:20261024T200000Z\nDTEND:20261024T210000Z\nRRULE:FREQ=DAILY;COUNT=2")
    assert [one.beginn and one.beginn.strftime("%d %H:%M %z") for one in utc] == ["24 22:00 +0200", "25 21:00 +0100"]
    gap = read("DTSTART:20260328T023000\nDTEND:20260328T040000\nRRULE:FREQ=DAILY;COUNT=3")
    assert [one.stand for one in gap] == ["angenommen", "abgelehnt", "angenommen"]
    assert "gibt es am 29.03.2026 nicht" in gap[1].grund
    twice = read("DTSTART:20261024T023000\nDTEND:20261024T040000\nRRULE:FREQ=DAILY;COUNT=2")
    assert [one.stand for one in twice] == ["angenommen", "zurueckgestellt"]


WHOLE_DAYS_AS_HOURS = {
    "midnight-to-midnight": ("DTSTART:20261025T000000\nDTEND:20261026T000000\nRRULE:FREQ=DAILY;COUNT=5", 25, 10),
    "one-day": ("DTSTART:20260327T000000\nDURATION:P1D\nRRULE:FREQ=DAILY;COUNT=4", 27, 3),
    "seven-hours-in": ("DTSTART:20261024T070000\nDURATION:P1D\nRRULE:FREQ=DAILY;COUNT=3", 24, 10),
}


@pytest.mark.parametrize("case", WHOLE_DAYS_AS_HOURS)
def test_whole_days_written_as_hours_stay_whole_days_when_the_clock_changes(case: str) -> None:
    text, first, month = WHOLE_DAYS_AS_HOURS[case]
    for at, one in enumerate(read(text)):
        assert one.beginn is not None
        assert one.ende is not None
        begin = datetime(2026, month, first, one.beginn.hour) + timedelta(days=at)
        assert (one.beginn.replace(tzinfo=None), one.ende.replace(tzinfo=None)) == (begin, begin + timedelta(days=1))
        assert case == "seven-hours-in" or one.von == one.bis == begin.date()


@pytest.mark.parametrize(("name", "words"), [("RDATE", "mehr als 400"), ("EXDATE", "EXDATE nennt mehr als 400")])
def test_days_spread_over_many_fields_are_counted_before_they_are_read(
        monkeypatch: pytest.MonkeyPatch, name: str, words: str) -> None:
    counted, moment = [], series.moment

    def read_one(*given: Any) -> date:
        counted.append(1)
        return moment(*given)

    monkeypatch.setattr(series, "moment", read_one)
    days_of = [[f"{date(2026, 11, 16) + timedelta(days=line * 100 + at):%Y%m%d}" for at in range(100)]
               for line in range(9)]
    (found,) = read("\n".join([WHOLE, "RRULE:FREQ=DAILY;COUNT=2", *(f"{name};VALUE=DATE:{','.join(one)}"
                                                                 for one in days_of)]))
    assert (found.stand, words in found.grund, len(counted) <= series.MOST) == ("abgelehnt", True, True), found.grund


def test_a_rule_and_its_further_days_together_are_at_most_as_many() -> None:
    more = [f"{date(2028, 1, 1) + timedelta(days=at):%Y%m%d}" for at in range(2)]
    rule = f"{WHOLE}\nRRULE:FREQ=DAILY;COUNT=399\nRDATE;VALUE=DATE:20261116,"
    assert {one.stand for one in read(rule + more[0])} == {"angenommen"}
    (found,) = read(rule + ",".join(more))
    assert (found.stand, "mehr als 400" in found.grund) == ("abgelehnt", True)


REFUSED: dict[str, tuple[list[str], str, str]] = {
    "endless": ([f"{WHOLE}\nRRULE:FREQ=WEEKLY"], "abgelehnt", "ohne Ende"),
    "too-far": ([f"{WHOLE}\nRRULE:FREQ=YEARLY;UNTIL=20301116"], "abgelehnt", "drei Jahre"),
    "too-far-by-count": ([f"{WHOLE}\nRRULE:FREQ=YEARLY;COUNT=9"], "abgelehnt", "drei Jahre"),
    "too-many": ([f"{WHOLE}\nRRULE:FREQ=DAILY;COUNT=401"], "abgelehnt", "mehr als 400"),
    "by-the-hour": ([f"{WHOLE}\nRRULE:FREQ=HOURLY;COUNT=4"], "abgelehnt", "HOURLY"),
    "hours-in-the-rule": ([f"{WHOLE}\nRRULE:FREQ=DAILY;BYHOUR=8,12;COUNT=4"], "abgelehnt", "BYHOUR"),
    "position-in-the-week": ([f"{WHOLE}\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1;COUNT=2"], "abgelehnt", "BYSETPOS"),
    "two-rules": ([f"{WHOLE}\nRRULE:FREQ=DAILY;COUNT=2\nRRULE:FREQ=WEEKLY;COUNT=2"], "abgelehnt", "mehreren Regeln"),
    "both-ends": ([f"{WHOLE}\nRRULE:FREQ=DAILY;COUNT=2;UNTIL=20261120"], "abgelehnt", "schließen sich aus"),
    "first-outside": ([f"{WHOLE}\nRRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2"], "abgelehnt", "erste Termin gehört nicht"),
    "ends-before": ([f"{WHOLE}\nRRULE:FREQ=WEEKLY;UNTIL=20261101"], "abgelehnt", "erste Termin gehört nicht"),
    "periods": ([f"{WHOLE}\nRDATE;VALUE=PERIOD:20261201T080000Z/PT4H"], "abgelehnt", "Zeiträume"),
    "other-kind": ([f"{WHOLE}\nRDATE:20261201T080000Z"], "abgelehnt", "nicht von der Art"),
    "none-left": ([f"{WHOLE}\nRRULE:FREQ=DAILY;COUNT=1\nEXDATE;VALUE=DATE:20261116"], "abgelehnt", "ausgenommen"),
    "wrong-exception": ([f"{WHOLE}\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20261118"], "zurueckgestellt",
                        "nimmt den 18.11.2026 aus"),
    "asked-for": ([f"{WHOLE}\nSTATUS:TENTATIVE\nRRULE:FREQ=WEEKLY;COUNT=2"], "zurueckgestellt", "erst beantragt"),
    "cancelled-series": ([f"{WHOLE}\nSTATUS:CANCELLED\nRRULE:FREQ=WEEKLY;COUNT=2"], "abgelehnt", "abgesagt"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_series_of_absences_is_said(case: str) -> None:
    events, stand, words = REFUSED[case]
    for entry in read(*events):
        assert (entry.stand, words in entry.grund) == (stand, True), entry.grund
        assert entry.abhilfe


def test_changed_occurrences_replace_theirs_or_are_doubted() -> None:
    master = f"{WHOLE}\nUID:a\nRRULE:FREQ=WEEKLY;COUNT=3"
    gone = read(master, "UID:a\nSTATUS:CANCELLED\nRECURRENCE-ID;VALUE=DATE:20261123\nDTSTART;VALUE=DATE:20261123")
    assert [(one.stand, days(one)) for one in gone] == [
        ("angenommen", "16.11.26"), ("angenommen", "30.11.26"), ("abgelehnt", "23.11.26")]
    strange = read(master, "UID:a\nRECURRENCE-ID;VALUE=DATE:20261124\nDTSTART;VALUE=DATE:20261125")
    assert [one.stand for one in strange] == ["angenommen"] * 3 + ["zurueckgestellt"]
    assert "den seine Serie nicht hat" in strange[-1].grund
    following = read(master, "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261123\n"
                     "DTSTART;VALUE=DATE:20261124")
    assert [(one.stand, "RANGE" in one.grund) for one in following] == [("abgelehnt", True)] * 2
    alone = read("UID:b\nRECURRENCE-ID;VALUE=DATE:20261124\nDTSTART;VALUE=DATE:20261125")  # its series is elsewhere
    assert [(one.stand, days(one)) for one in alone] == [("angenommen", "25.11.26")]


def test_a_file_of_nothing_but_series_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timekeeping.imports.series.TOTAL", 10)
    with pytest.raises(ImportFehler, match="mehr als 10 Termine"):
        read(*[f"{WHOLE}\nRRULE:FREQ=WEEKLY;COUNT=6"] * 2)
    monkeypatch.setattr("timekeeping.imports.series.SERIES", 1)
    with pytest.raises(ImportFehler, match="mehr als 1 Serien"):
        read(*[f"{WHOLE}\nRRULE:FREQ=WEEKLY;COUNT=2"] * 2)


@settings(max_examples=300, deadline=timedelta(seconds=2))
@given(parts=st.lists(st.one_of(
    st.tuples(st.sampled_from([*recurrence.KNOWN, "BYWEEKNO", "X"]), st.one_of(
        st.text(max_size=6), st.integers(-400, 400).map(str),
        st.sampled_from([*recurrence.RHYTHMS, *DAYS, "-5SU", "99999", "20261231", "20991231T235959Z"])))
    .map("=".join), st.text(max_size=8)), max_size=6))
def test_any_rule_is_read_or_refused(parts: list[str]) -> None:
    text = ";".join(parts)
    try:
        rule = recurrence.parse(text)
    except Unlesbar:
        return  # the only way out; anything else is a crash
    found = list(recurrence.days(rule, date(2026, 11, 16), date(2029, 11, 18)))
    assert found == sorted(set(found))
    assert all(date(2026, 11, 16) <= day <= date(2029, 11, 18) for day in found)
