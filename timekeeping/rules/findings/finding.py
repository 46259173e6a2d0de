"""A finding and what every law of working time asks about days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from timekeeping.rules.clock import Span, at, day_span, days_of
from timekeeping.rules.facts import Zeitraum
from timekeeping.rules.limits import limit
from timekeeping.rules.shifts import Schicht
from timekeeping.rules.spans import intersection

CODES: dict[str, str] = {
    "ARBZG_3_10H": "§ 3 ArbZG", "ARBZG_3_DURCHSCHNITT": "§ 3 ArbZG", "ARBZG_4_PAUSE": "§ 4 ArbZG",
    "ARBZG_4_BLOCK": "§ 4 Satz 3 ArbZG", "ARBZG_5_RUHEZEIT": "§ 5 Abs. 1 ArbZG",
    "ARBZG_5_AUSGLEICH": "§ 5 Abs. 2 ArbZG",
    "ARBZG_6_DURCHSCHNITT": "§ 6 Abs. 2 ArbZG", "ARBZG_9_SONNFEIERTAG": "§ 9 ArbZG",
    "ARBZG_11_ERSATZRUHETAG": "§ 11 Abs. 3 ArbZG", "ARBZG_11_SONNTAGE": "§ 11 Abs. 1 ArbZG",
    "JARBSCHG_8_TAG": "§ 8 JArbSchG", "JARBSCHG_8_WOCHE": "§ 8 Abs. 1 JArbSchG", "JARBSCHG_11_PAUSE": "§ 11 JArbSchG",
    "JARBSCHG_11_BLOCK": "§ 11 Abs. 2 JArbSchG", "JARBSCHG_12_SCHICHTZEIT": "§ 12 JArbSchG",
    "JARBSCHG_13_FREIZEIT": "§ 13 JArbSchG", "JARBSCHG_14_NACHT": "§ 14 JArbSchG", "JARBSCHG_15_TAGE": "§ 15 JArbSchG",
    "JARBSCHG_16_SAMSTAG": "§ 16 JArbSchG", "JARBSCHG_17_SONNTAG": "§ 17 JArbSchG",
    "JARBSCHG_18_FEIERTAG": "§ 18 JArbSchG", "MUSCHG_4_TAG": "§ 4 Abs. 1 MuSchG",
    "MUSCHG_4_DOPPELWOCHE": "§ 4 Abs. 1 MuSchG", "MUSCHG_4_RUHE": "§ 4 Abs. 2 MuSchG", "MUSCHG_5_NACHT": "§ 5 MuSchG",
    "MUSCHG_6_SONNFEIERTAG": "§ 6 MuSchG",
    # rules of the employer, never raised by the rules of law in this package
    "RAHMENZEIT": "Rahmen der Gleitzeit (Dienstvereinbarung, Protokollerklärung zu § 6 TVöD)",
    "KERNZEIT": "Kern der Gleitzeit (Dienstvereinbarung, Protokollerklärung zu § 6 TVöD)"}
PFLEGE = ("krankenhaus", "pflege")


@dataclass(frozen=True)
class Befund:
    """A finding of a day; ``text`` says in German what was measured and what is allowed."""

    code: str
    tag: date
    text: str

    @property
    def paragraf(self) -> str:
        """The rule that is touched."""
        return CODES[self.code]

    def __str__(self) -> str:
        return f"{self.code}@{self.tag.isoformat()}"


def hours(minutes: int) -> str:
    """Minutes as hours and minutes."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def is_minor(facts: Zeitraum, day: date) -> bool:
    """Under 18 on a day; the day of birth is the first day of life (§ 187 Abs. 2 BGB)."""
    born = facts.geburtsdatum
    if born is None:
        return False
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return years < 18


def days_with_work(facts: Zeitraum) -> list[date]:
    """All calendar days with at least a minute of work, call-outs included."""
    return sorted({day for span in facts.alle_arbeit for day, _ in days_of(span)})


def works_outside(facts: Zeitraum, day: date, first_hour: int, last_hour: int) -> bool:
    """Work on a day before the first or after the last hour."""
    night = [Span(at(day), at(day, first_hour)), Span(at(day, last_hour), at(day, 24))]
    return bool(intersection(facts.alle_arbeit, night))


def works_after(facts: Zeitraum, day: date, hour: int) -> bool:
    """Work on a day from an hour on."""
    return bool(intersection(facts.alle_arbeit, [Span(at(day, hour), day_span(day).bis)]))


def week_minutes(facts: Zeitraum) -> int:
    """Minutes worked in the period, call-outs included."""
    return sum(span.minuten for span in facts.alle_arbeit)


def break_findings(shifts: Iterable[Schicht], codes: tuple[str, str], prefix: str) -> list[Befund]:
    """Breaks too short, work too long in one go; ``prefix`` leads to the limits of the law that is looked at."""
    found = []
    for shift in (one for one in shifts if one.anwesenheiten):
        day, taken = shift.tag, sum(span.minuten for span in shift.pausen)
        needed = 0
        for size in ("kurz", "lang"):
            if shift.anwesend_minuten > limit(f"{prefix}pause_{size}_ab_minuten", day):
                needed = limit(f"{prefix}pause_{size}_minuten", day)
        if taken < needed:
            text = f"{hours(shift.anwesend_minuten)} Stunden Arbeit mit {taken} Minuten Pause, nötig {needed}"
            found.append(Befund(codes[0], day, text))
        longest = limit(f"{prefix}block_minuten", day)
        if shift.pausenlage_bekannt and shift.laengster_block > longest:
            text = f"{hours(shift.laengster_block)} Stunden ohne Pause, erlaubt {hours(longest)}"
            found.append(Befund(codes[1], day, text))
    return found

