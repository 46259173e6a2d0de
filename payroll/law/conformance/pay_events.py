"""Kinds of pay cases about events: bonus, back pay, stand-by, higher duties, continued pay. All amounts in cents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from payroll.law.conformance.pay_facts import (
    ZUSCHLAEGE,
    PayCase,
    day_of,
    hours,
    month_end,
    month_of,
    months_between,
)
from payroll.law.conformance.pay_kinds import allowances
from payroll.law.conformance.report import CellError, parse_number
from payroll.law.encode import choice
from payroll.law.rules.entgelt.bereitschaft import einsatzstunden, rufbereitschaft

TELEPHONE, OUTSIDE = "telefonisch_am_aufenthaltsort", "ausserhalb_mit_wegezeit"


def cents(raw: Any, name: str) -> int:
    """An amount of the facts in cents."""
    value = parse_number(str(raw), name) * 100
    if value.denominator != 1:
        raise CellError(f"facts {name}: {raw!r} ist kein Betrag in ganzen Cent")
    return value.numerator


def count(raw: Any, name: str) -> int:
    """A whole number of the facts."""
    if not str(raw).isascii() or not str(raw).isdigit():
        raise CellError(f"facts {name}: {raw!r} ist keine Anzahl")
    return int(raw)


def needed(facts: dict[str, Any], name: str) -> Any:
    """A fact that the kind cannot do without."""
    if name not in facts:
        raise CellError(f"facts {name}: fehlt, wird für diese Art gebraucht")
    return facts[name]


def assigned(case: PayCase, day: date) -> tuple[str, str]:
    """Group and step of a day, by the assignment before (``bisher``) and the columns of the row."""
    before = case.facts.get("bisher")
    if before and day <= day_of(before["bis"]):
        return before.get("entgeltgruppe", case.group), str(before["stufe"])
    return case.group, case.step


def month_pay(case: PayCase, month: date, first: date, last: date) -> int:
    """Table pay and allowances of a month for the days from ``first`` to ``last``; a new assignment splits it."""
    first, last = max(first, month), min(last, month_end(month))
    if last < first:
        return 0
    parts = [(first, last)]
    before = case.facts.get("bisher")
    if before and first <= day_of(before["bis"]) < last:
        cut = day_of(before["bis"])
        parts = [(first, cut), (cut + timedelta(days=1), last)]
    pay = 0
    for start, end in parts:
        group, step = assigned(case, start)
        pay += case.value("tabellenentgelt", month=month, first=start, last=end, group=group, step=step)
    return pay + allowances(case, month, first, last)


def annual_bonus(case: PayCase) -> int:
    """Annual bonus of the year of ``month``; nothing without an employment on 1 December."""
    year, facts = case.month.year, case.facts
    begin = day_of(facts.get("beschaeftigung_von", "1900-01-01"))
    end = day_of(facts.get("beschaeftigung_bis", "9999-12-31"))
    if begin > date(year, 12, 1) or end < date(year, 12, 1):
        return 0
    trainee = case.scale.startswith("TVA")
    first_month = 8 if trainee else 7
    base = [date(year, first_month + i, 1) for i in range(3)]
    covered = sum(max((min(end, month_end(m)) - max(begin, m)).days + 1, 0) for m in base)
    whole = sum(month_end(m).day for m in base)
    inputs = {"bemessung_monate": 3, "bemessung_tage": 0 if covered == whole else covered}
    if covered < 30:
        base = [next(m for m in months_between(max(begin, date(year, 1, 1)), date(year, 12, 1)) if m >= begin)]
        inputs = {"bemessung_monate": 1, "bemessung_tage": 0}
    inputs["bemessung_summe"] = sum(month_pay(case, m, begin, end) for m in base)
    inputs["zwoelftel"] = 12 - _months_without_pay(facts, begin, end, year)
    group, step = assigned(case, max(begin, date(year, 9, 1)))
    return case.value("sonderzahlung", inputs, group=group, step=step)


def _months_without_pay(facts: dict[str, Any], begin: date, end: date, year: int) -> int:
    reasons = ("sonderurlaub_ohne_entgelt", "elternzeit_nach_geburtsjahr")
    absent = 0
    for entry in facts.get("fehlzeiten", []):
        choice("grund", str(entry.get("grund", "")), reasons)
        absent += count(entry.get("volle_kalendermonate", "0"), "volle_kalendermonate")
    outside = sum(1 for number in range(1, 13)
                  if month_end(date(year, number, 1)) < begin or date(year, number, 1) > end)
    return min(absent + outside, 12)


def back_pay(case: PayCase) -> int:
    """Difference of the months corrected: each month recomputed completely, less what had been paid."""
    paid = needed(case.facts, "gezahlt")
    table = day_of(paid["tabelle_ab"]) if "tabelle_ab" in paid else None
    total = 0
    for text in needed(case.facts, "nachzahlungsmonate"):
        month = month_of(text)
        before = case.value("tabellenentgelt", month=month, table=table, step=str(paid.get("stufe", case.step)))
        total += case.value("tabellenentgelt", month=month) - before
    return total


def temporary_duty(case: PayCase) -> int:
    """Personal allowance: difference to the pay after permanent regrading, for the days of the month."""
    duty = needed(case.facts, "hoeherwertige_taetigkeit")
    first, last = day_of(duty["von"]), day_of(duty["bis"])
    try:
        a_month_on = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    except ValueError:
        a_month_on = month_end(first.replace(day=1)) + timedelta(days=31)
    if last < a_month_on - timedelta(days=1):
        return 0
    step = str(max(int(case.step), 2))
    monthly = case.value("teilzeitentgelt", group=duty["entgeltgruppe"], step=step) - case.value("teilzeitentgelt")
    start, end = max(first, case.month), min(last, month_end(case.month))
    covered = max((end - start).days + 1, 0)
    return floor(Fraction(max(monthly, 0) * covered, month_end(case.month).day) + Fraction(1, 2))


def on_call(case: PayCase) -> int:
    """Stand-by pay: from twelve hours on a flat amount per day, below a share of the hourly rate for each hour."""
    total = 0
    for entry in needed(case.facts, "rufbereitschaft"):
        start, end = (datetime.fromisoformat(entry[name]) for name in ("von", "bis"))
        if end <= start:
            raise CellError(f"facts rufbereitschaft: bis {entry['bis']} liegt nicht nach von {entry['von']}")
        length = end - start
        if length < timedelta(hours=12):
            worked = length // timedelta(minutes=1) * 100
            if worked % 60:
                raise CellError("facts rufbereitschaft: die Dauer hat mehr als zwei Nachkommastellen einer Stunde")
            total += case.value("rufbereitschaft_stunden", {"stunden": worked // 60})
        else:
            flat = rufbereitschaft(start, end).stundenentgelte
            total += case.value("stundenentgelt_betrag", {"stunden": flat})
    return total


def callouts(case: PayCase) -> int:
    """Call-outs as overtime: each outside one and the sum of the calls by telephone rounded up to full hours."""
    outside: list[int] = []
    calls: list[int] = []
    for entry in needed(case.facts, "inanspruchnahmen"):
        minutes = count(entry.get("minuten"), "minuten")
        by_telephone = choice("art", str(entry.get("art", "")), (OUTSIDE, TELEPHONE))
        (calls if by_telephone else outside).append(minutes)
    inputs = {"stunden": einsatzstunden(outside, calls) * 100, "zuschlag_art": ZUSCHLAEGE.index("ueberstunden")}
    return case.value("ueberstundenentgelt", inputs) + case.value("zeitzuschlag_betrag", inputs)


def conversion_day(case: PayCase) -> int:
    """What conversion days take off the SuE allowance: hourly rate times the hours of the day."""
    return sum(case.value("stundenentgelt_betrag", {"stunden": hours(entry["stunden"])}, month_of(entry["monat"]))
               for entry in needed(case.facts, "umwandlungstage"))


def daily_average(case: PayCase) -> int:
    """Average of the unsteady parts of the last three full months for the lost working days."""
    facts = case.facts
    base = months_between((case.month - timedelta(days=80)).replace(day=1), case.month - timedelta(days=1))[-3:]
    begin = day_of(facts.get("beschaeftigung_von", "1900-01-01"))
    base = [month for month in base if month >= begin]
    if not base:
        raise CellError("facts beschaeftigung_von: kein voller Berechnungsmonat vor dem Ausfall")
    total = sum(cents(entry["betrag"], "betrag") for entry in facts.get("unstaendige_bezuege", [])
                if month_of(entry["monat"]) in base)
    lost = needed(facts, "ausfall")
    choice("grund", str(lost.get("grund", "")), ("krankheit", "urlaub"))
    return case.value("fortzahlung_unstaendig", {
        "unstaendig_summe": total, "unstaendig_monate": len(base),
        "ausfalltage": count(lost["arbeitstage"], "arbeitstage"),
        "arbeitstage_je_woche": count(needed(facts, "arbeitstage_je_woche"), "arbeitstage_je_woche")})


def sick_pay_supplement(case: PayCase) -> int:
    """Supplement to sickness benefit for all days."""
    benefit = needed(case.facts, "krankengeldbezug")
    return case.value("krankengeldzuschuss", {
        "krankengeldtage": count(benefit["kalendertage"], "kalendertage"),
        "netto_je_tag": cents(benefit["netto_je_kalendertag"], "netto_je_kalendertag"),
        "krankengeld_je_tag": cents(benefit["krankengeld_brutto_je_kalendertag"], "krankengeld_brutto_je_kalendertag")})


EVENTS: dict[str, Callable[[PayCase], int]] = {
    "annual_bonus": annual_bonus,
    "back_pay": back_pay,
    "temporary_duty": temporary_duty,
    "on_call": on_call,
    "on_call_callout": callouts,
    "conversion_day": conversion_day,
    "daily_average": daily_average,
    "sick_pay_supplement": sick_pay_supplement,
}
