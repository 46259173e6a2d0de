"""Working time act: findings for adults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from timekeeping.rules.facts import Zeitraum
from timekeeping.rules.findings.finding import PFLEGE, Befund, break_findings, days_with_work, hours, week_minutes
from timekeeping.rules.holidays import ist_feiertag, ist_sonntag
from timekeeping.rules.limits import limit
from timekeeping.rules.shifts import Ruhe, Schicht, rests


def check(facts: Zeitraum, shifts: list[Schicht]) -> list[Befund]:
    """All findings of the working time act."""
    return [*_day(shifts), *_average(facts), *break_findings(shifts, ("ARBZG_4_PAUSE", "ARBZG_4_BLOCK"), ""),
            *_rest(facts, shifts), *_sundays_and_holidays(facts), *_free_sundays(facts)]


def _day(shifts: list[Schicht]) -> Iterator[Befund]:
    for shift in shifts:
        most = limit("tag_hoechstens_minuten", shift.tag)
        if shift.minuten > most:
            yield Befund("ARBZG_3_10H", shift.tag, f"{hours(shift.minuten)} Stunden Arbeit, erlaubt {hours(most)}")


def _average(facts: Zeitraum) -> Iterator[Befund]:
    week = limit("woche_durchschnitt_minuten", facts.bis)
    for code, name, before in (
            ("ARBZG_3_DURCHSCHNITT", "durchschnitt_wochen", facts.minuten_23_wochen_davor),
            ("ARBZG_6_DURCHSCHNITT", "durchschnitt_wochen_nacht",
             facts.minuten_3_wochen_davor if facts.nachtarbeitnehmer else None)):
        weeks = limit(name, facts.bis)
        if before is not None and before + week_minutes(facts) > weeks * week:
            total = before + week_minutes(facts)
            yield Befund(code, facts.bis, f"{hours(total)} Stunden in {weeks} Wochen, erlaubt {hours(weeks * week)}")


def _rest(facts: Zeitraum, shifts: list[Schicht]) -> Iterator[Befund]:
    for rest in rests(shifts, facts.einsaetze):
        day = rest.spaeter.tag
        full, short = limit("ruhezeit_minuten", day), limit("ruhezeit_pflege_minuten", day)
        text = f"{hours(rest.laengste)} Stunden Ruhezeit, nötig {hours(full)}"
        if rest.laengste >= full or (facts.bereich in PFLEGE and _interrupted_as_allowed(rest, day)):
            continue
        if facts.bereich in PFLEGE and rest.laengste >= short:
            yield Befund("ARBZG_5_AUSGLEICH", day, f"{text}; durch eine Ruhezeit von zwölf Stunden auszugleichen")
        else:
            yield Befund("ARBZG_5_RUHEZEIT", day, text)


def _interrupted_as_allowed(rest: Ruhe, day: date) -> bool:
    half = limit("ruhezeit_einsatz_minuten", day)
    return 0 < rest.einsaetze <= half <= rest.ohne_einsaetze


def _sundays_and_holidays(facts: Zeitraum) -> Iterator[Befund]:
    worked = days_with_work(facts)
    for day in worked:
        if not ist_sonntag(day) and not ist_feiertag(day):
            continue
        if facts.bereich == "verwaltung":
            yield Befund("ARBZG_9_SONNFEIERTAG", day, "Arbeit an einem Sonn- oder Feiertag in der Verwaltung")
        if not any(_is_substitute(day, on, worked) for for_day, on in facts.ersatzruhetage if for_day == day):
            yield Befund("ARBZG_11_ERSATZRUHETAG", day, "kein gültiger Ersatzruhetag in der Frist eingetragen")


def _is_substitute(day: date, on: date, worked: list[date]) -> bool:
    reach = limit("ersatzruhetag_sonntag_tage" if ist_sonntag(day) else "ersatzruhetag_feiertag_tage", day)
    is_free = not ist_sonntag(on) and not ist_feiertag(on) and on not in worked
    return is_free and on != day and abs((on - day).days) <= reach


def _free_sundays(facts: Zeitraum) -> Iterator[Befund]:
    before, year = facts.gearbeitete_sonntage_bisher, facts.von.year
    for day in filter(ist_sonntag, days_with_work(facts)):
        if day.year != year:
            before, year = 0, day.year
        before += 1
        left = sundays(year) - before
        if left < limit("freie_sonntage", day):
            yield Befund("ARBZG_11_SONNTAGE", day, f"{left} freie Sonntage bleiben im Jahr {year}, nötig "
                                                   f"{limit('freie_sonntage', day)}")


def sundays(year: int) -> int:
    """Number of Sundays in a calendar year; ordinal numbers that seven divides are Sundays."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return last.toordinal() // 7 - (first.toordinal() - 1) // 7
