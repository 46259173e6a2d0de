"""Maternity protection: findings for pregnant and nursing women."""

from __future__ import annotations

from collections.abc import Iterator

from timekeeping.rules.facts import Mutterschutz, Zeitraum
from timekeeping.rules.findings.finding import Befund, days_with_work, hours, is_minor, week_minutes, works_outside
from timekeeping.rules.holidays import ist_feiertag, ist_sonntag
from timekeeping.rules.limits import limit
from timekeeping.rules.shifts import Schicht, rests


def check(facts: Zeitraum, shifts: list[Schicht], protection: Mutterschutz) -> list[Befund]:
    """All findings of the maternity protection act."""
    return [*_hours(facts, shifts), *_rest(facts, shifts), *_night(facts, protection),
            *_sundays_and_holidays(facts, protection)]


def _hours(facts: Zeitraum, shifts: list[Schicht]) -> Iterator[Befund]:
    for shift in shifts:
        young = is_minor(facts, shift.tag)
        most = limit("mutter_tag_jugend_minuten" if young else "mutter_tag_minuten", shift.tag)
        if shift.minuten > most:
            yield Befund("MUSCHG_4_TAG", shift.tag, f"{hours(shift.minuten)} Stunden Arbeit, erlaubt {hours(most)}")
    young = is_minor(facts, facts.bis)
    most = limit("mutter_doppelwoche_jugend_minuten" if young else "mutter_doppelwoche_minuten", facts.bis)
    if facts.minuten_vorwoche is not None and facts.minuten_vorwoche + week_minutes(facts) > most:
        total = facts.minuten_vorwoche + week_minutes(facts)
        yield Befund("MUSCHG_4_DOPPELWOCHE", facts.bis, f"{hours(total)} Stunden in zwei Wochen, erlaubt {hours(most)}")


def _rest(facts: Zeitraum, shifts: list[Schicht]) -> Iterator[Befund]:
    for rest in rests(shifts, facts.einsaetze):
        least = limit("mutter_ruhezeit_minuten", rest.spaeter.tag)
        if rest.laengste < least:
            text = f"{hours(rest.laengste)} Stunden Ruhezeit, nötig {hours(least)}"
            yield Befund("MUSCHG_4_RUHE", rest.spaeter.tag, text)


def _night(facts: Zeitraum, protection: Mutterschutz) -> Iterator[Befund]:
    name = "mutter_ende_bewilligt_stunde" if protection.bewilligt_20_bis_22 else "mutter_ende_stunde"
    for day in days_with_work(facts):
        first, last = limit("mutter_beginn_stunde", day), limit(name, day)
        if works_outside(facts, day, first, last):
            yield Befund("MUSCHG_5_NACHT", day, f"Arbeit außerhalb von {first} bis {last} Uhr")


def _sundays_and_holidays(facts: Zeitraum, protection: Mutterschutz) -> Iterator[Befund]:
    if protection.sonntagsarbeit_bereit and facts.bereich != "verwaltung":
        return
    for day in days_with_work(facts):
        if ist_sonntag(day) or ist_feiertag(day):
            yield Befund("MUSCHG_6_SONNFEIERTAG", day, "Arbeit an einem Sonn- oder Feiertag")
