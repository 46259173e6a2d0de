"""Youth protection: findings under 18."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from timekeeping.rules.clock import each_day, week_start
from timekeeping.rules.facts import Zeitraum
from timekeeping.rules.findings.finding import (
    PFLEGE,
    Befund,
    break_findings,
    days_with_work,
    hours,
    works_after,
    works_outside,
)
from timekeeping.rules.holidays import ist_feiertag, ist_sonntag, ist_vorfest
from timekeeping.rules.limits import limit
from timekeeping.rules.shifts import Schicht, rests


def check(facts: Zeitraum, shifts: list[Schicht]) -> list[Befund]:
    """All findings of the youth protection act."""
    return [*_day(facts, shifts), *_week(facts, shifts),
            *break_findings(shifts, ("JARBSCHG_11_PAUSE", "JARBSCHG_11_BLOCK"), "jugend_"), *_frame(facts, shifts),
            *_night(facts), *_five_days(shifts), *_days_off(facts)]


def _day(facts: Zeitraum, shifts: list[Schicht]) -> Iterator[Befund]:
    for shift in shifts:
        normal = limit("jugend_tag_minuten", shift.tag)
        monday = week_start(shift.tag)
        plans = [facts.planminuten(day) for day in each_day(monday, monday + timedelta(days=6))]
        shortened = any(0 < plan < normal for plan in plans)
        most = limit("jugend_tag_lang_minuten", shift.tag) if shortened else normal
        if shift.minuten > most:
            yield Befund("JARBSCHG_8_TAG", shift.tag, f"{hours(shift.minuten)} Stunden Arbeit, erlaubt {hours(most)}")


def _week(facts: Zeitraum, shifts: list[Schicht]) -> Iterator[Befund]:
    worked: dict[date, int] = defaultdict(int)
    for shift in shifts:
        worked[shift.tag] += shift.minuten
    total = 0
    for day in each_day(facts.von, facts.bis):
        total = 0 if day.weekday() == 0 else total
        lost = facts.planminuten(day) if ist_feiertag(day) and not ist_sonntag(day) else 0
        before, total = total, total + max(worked[day], lost)
        most = limit("jugend_woche_minuten", day)
        if before <= most < total:
            yield Befund("JARBSCHG_8_WOCHE", day, f"mehr als {hours(most)} Stunden in der Woche, Feiertage angerechnet")


def _frame(facts: Zeitraum, shifts: list[Schicht]) -> Iterator[Befund]:
    for shift in (one for one in shifts if one.anwesenheiten):
        most = limit("jugend_schichtzeit_minuten", shift.tag)
        if shift.spanne.minuten > most:
            yield Befund("JARBSCHG_12_SCHICHTZEIT", shift.tag,
                         f"{hours(shift.spanne.minuten)} Stunden Schichtzeit, erlaubt {hours(most)}")
    for rest in rests(shifts, facts.einsaetze):
        least = limit("jugend_freizeit_minuten", rest.spaeter.tag)
        if rest.laengste < least:
            yield Befund("JARBSCHG_13_FREIZEIT", rest.spaeter.tag,
                         f"{hours(rest.laengste)} Stunden Freizeit, nötig {hours(least)}")


def _night(facts: Zeitraum) -> Iterator[Befund]:
    for day in days_with_work(facts):
        first, last = limit("jugend_beginn_stunde", day), limit("jugend_ende_stunde", day)
        if works_outside(facts, day, first, last):
            yield Befund("JARBSCHG_14_NACHT", day, f"Arbeit außerhalb von {first} bis {last} Uhr")


def _five_days(shifts: list[Schicht]) -> Iterator[Befund]:
    weeks: dict[date, set[date]] = defaultdict(set)
    for shift in shifts:
        weeks[week_start(shift.tag)].add(shift.tag)
    for days in weeks.values():
        for day in sorted(days)[limit("jugend_tage_woche", min(days)):]:
            yield Befund("JARBSCHG_15_TAGE", day, f"{len(days)} Arbeitstage in der Woche")


def _days_off(facts: Zeitraum) -> Iterator[Befund]:
    for day in days_with_work(facts):
        if day.weekday() == 5 and facts.bereich not in PFLEGE:
            yield Befund("JARBSCHG_16_SAMSTAG", day, "Arbeit an einem Samstag")
        if ist_sonntag(day) and facts.bereich not in PFLEGE:
            yield Befund("JARBSCHG_17_SONNTAG", day, "Arbeit an einem Sonntag")
        eve = ist_vorfest(day) and works_after(facts, day, limit("jugend_vorfest_stunde", day))
        if ist_feiertag(day) or eve:
            yield Befund("JARBSCHG_18_FEIERTAG", day, "Arbeit an einem Feiertag oder am 24./31. Dezember ab 14 Uhr")
