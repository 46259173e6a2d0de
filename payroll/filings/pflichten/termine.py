"""Termine des Gesetzes: Beitragsnachweis und Beiträge, Lohnsteuer, Jahresmeldungen.

Arbeitstage sind hier die Bankarbeitstage der Krankenkassen: Montag bis Freitag ohne bundesweite Feiertage, ohne 24. und
31. Dezember. Ein Feiertag nur am Sitz der Einzugsstelle verschiebt den Termin dort (§ 23 Abs. 1 SGB IV).
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import cache

import holidays

from payroll.law.rules.entgelt.fristen import faelligkeit
from payroll.law.rules.entgelt.laufzeit import plus_monate

DAY = timedelta(days=1)


def working_day(day: date, extra: Collection[date] = ()) -> bool:
    """Bankarbeitstag der Einzugsstellen."""
    return (day.weekday() < 5 and (day.month, day.day) not in ((12, 24), (12, 31)) and day not in extra
            and day not in _nationwide(day.year))


def _backwards(month: date, extra: Collection[date]) -> Iterator[date]:
    day = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    while True:
        if working_day(day, extra):
            yield day
        day -= DAY


def contributions_due(month: date, extra: Collection[date] = ()) -> date:
    """Drittletzter Bankarbeitstag: die Beiträge müssen auf dem Konto der Kasse sein (§ 23 Abs. 1 Satz 2 SGB IV)."""
    days = _backwards(month, extra)
    next(days), next(days)
    return next(days)


def statement_due(month: date, extra: Collection[date] = ()) -> date:
    """Fünftletzter Bankarbeitstag: zu Beginn liegt der Nachweis vor (§ 28f Abs. 3 SGB IV: zwei Tage vor Fälligkeit)."""
    days = _backwards(month, extra)
    for _ in range(4):
        next(days)
    return next(days)


def corpus_christi(year: int) -> date:
    """Fronleichnam, 60 Tage nach Ostersonntag (Feiertag in Nordrhein-Westfalen)."""
    own = set(holidays.country_holidays("DE", subdiv="NW", years=year)) - _nationwide(year)
    return min(own)  # the other one is All Saints' Day


def reformation_day(year: int) -> date:
    """Reformationstag (Feiertag in nördlichen und östlichen Ländern)."""
    return date(year, 10, 31)


def wage_tax_due(month: date) -> date:
    """Zehnter Tag nach Ablauf des Monats (§ 41a Abs. 1 EStG), sonst der nächste Werktag (§ 108 Abs. 3 AO)."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 10)
    return next_working_day(following)


def next_working_day(day: date) -> date:
    """Der Tag selbst, sonst der nächste, der weder Samstag noch Sonntag noch bundesweiter Feiertag ist."""
    while day.weekday() > 4 or day in _nationwide(day.year):
        day += DAY
    return day


def six_weeks(day: date) -> date:
    """Frist der Meldung nach einem Ereignis (§§ 6, 8 DEÜV)."""
    return day + timedelta(weeks=6)


def next_payroll(day: date) -> date:
    """Zahltag der nächsten Entgeltabrechnung nach einem Verlangen: die gesonderte Meldung zum Rentenantrag kommt mit
    ihr, ohne Frist darüber hinaus (§ 12 Abs. 5 DEÜV, § 194 Abs. 1 SGB VI; Gemeinsames Rundschreiben
    Meldeverfahren zur Sozialversicherung 2016, Ziff. 1.1.4 Abs. 3). Am Zahltag selbst ist diese schon gerechnet.
    """
    due = faelligkeit(day)
    return due if day < due else faelligkeit(plus_monate(day.replace(day=1), 1))


def after_first_full_month(last: date) -> date:
    """Zwei Wochen nach dem ersten vollen Kalendermonat einer Unterbrechung (§ 9 DEÜV); last: letzter Tag davor."""
    begin = last + DAY
    if begin.day != 1:
        begin = date(begin.year + begin.month // 12, begin.month % 12 + 1, 1)
    return begin.replace(day=calendar.monthrange(begin.year, begin.month)[1]) + timedelta(weeks=2)


@cache
def _nationwide(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", years=year))
