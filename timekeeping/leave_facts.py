"""The facts of a leave year, as the contract of leave writes them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from payroll.law.conformance.pay_facts import month_of
from payroll.law.conformance.report import Case, CellError, parse_number
from timekeeping.reading import Record, json_object
from timekeeping.rules.leave_facts import UEBERTRAGUNG, VERHINDERUNG, Schichtblock, Uebertrag, Urlaubsjahr

KEYS = frozenset((
    "eintritt", "austritt", "arbeitstage_je_woche", "genommen_tage", "schwerbehindert_von", "schwerbehindert_bis",
    "gleichgestellt", "schichtarbeit", "ruhen_volle_monate", "elternzeit_volle_monate", "elternzeit_kuerzung_erklaert",
    "hinweis_am", "arbeitsunfaehig_von", "arbeitsunfaehig_bis", "uebertragung", "uebertrag_vorjahr"))


def read_year(case: Case) -> Urlaubsjahr:
    """The leave year of one row; CellError names what is wrong."""
    year = case.whole("jahr")
    if not 2018 <= year <= 2199:
        raise CellError(f"jahr: {year} liegt vor 2018 oder ist kein Jahr")
    facts = Record("facts", json_object(case.text("facts", "{}")), KEYS)
    return Urlaubsjahr(
        year, facts.day("eintritt"), facts.optional(facts.day, "austritt"), _week_days(facts),
        _days(facts, "genommen_tage", "0"), facts.optional(facts.day, "schwerbehindert_von"),
        facts.optional(facts.day, "schwerbehindert_bis"), facts.flag("gleichgestellt"),
        tuple(_block(one) for one in facts.items("schichtarbeit", ("art", "von", "bis", "staendig"))),
        facts.count("ruhen_volle_monate", 0), facts.count("elternzeit_volle_monate", 0),
        facts.flag("elternzeit_kuerzung_erklaert"), facts.optional(facts.day, "hinweis_am"),
        facts.optional(facts.day, "arbeitsunfaehig_von"), facts.optional(facts.day, "arbeitsunfaehig_bis"),
        facts.text("uebertragung", UEBERTRAGUNG, ""), _carried(facts))


def _days(one: Record, key: str, default: str | None = None) -> Fraction:
    value = one.raw.get(key, default) if default is not None else one.need(key)
    number = parse_number(str(value), f"{one.place} {key}")
    if not 0 <= number <= 400:
        raise CellError(f"{one.place} {key}: {value!r} sind keine Tage")
    return number


def _week_days(facts: Record) -> tuple[tuple[date, Fraction], ...]:
    found = []
    for one in facts.items("arbeitstage_je_woche", ("ab", "tage")):
        days = _days(one, "tage")
        if not 0 < days <= 7:
            raise CellError(f"{one.place} tage: {days} Arbeitstage je Woche gibt es nicht")
        found.append((month_of(one.text("ab")), days))
    if len({since for since, _ in found}) != len(found):
        raise CellError("facts arbeitstage_je_woche: ein Monat steht zweimal da")
    return tuple(sorted(found))


def _block(one: Record) -> Schichtblock:
    block = Schichtblock(one.text("art", ("schicht", "wechselschicht")), one.day("von"), one.optional(one.day, "bis"),
                         one.flag("staendig"))
    if block.bis is not None and block.bis < block.von:
        raise CellError(f"{one.place}: bis liegt vor von")
    return block


def _carried(facts: Record) -> Uebertrag | None:
    if not facts.has("uebertrag_vorjahr"):
        return None
    one = Record("facts uebertrag_vorjahr", facts.raw["uebertrag_vorjahr"], ("tage", "angetreten", "verhinderung"))
    begun = tuple((part.day("am"), _days(part, "tage")) for part in one.items("angetreten", ("am", "tage")))
    return Uebertrag(_days(one, "tage"), begun, one.text("verhinderung", VERHINDERUNG, ""))
