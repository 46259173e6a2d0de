"""Money of one hour in a month, taken from the pay law: hourly rates, premiums, limits of relief. Cents."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from payroll.law.calculate import rule_book
from payroll.law.encode import gruppe_code, steps_on, stufe_code, tarifwerk_code
from payroll.law.engine import RuleBook, evaluate
from payroll.law.engine.rule_set import RuleSet
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.law.rules.entgelt.hinterlegt import LOHNARTEN
from timekeeping.rules.facts import Zuordnung

AREAS = ("entgelt", "besoldung", "zusatzversorgung")
ZEITZUSCHLAG = ("nacht", "sonntag", "feiertag_mit", "feiertag_ohne", "vorfest", "samstag", "ueberstunden")
STUNDENZULAGE = {"wechselschicht": 4, "schicht": 5}  # places among the names of the input zulage_art
NUMBERS = ("steuerfrei_nacht", "steuerfrei_tag", "grundlohn_hoechstens_steuer", "grundlohn_hoechstens_sv",
           "rundung_zeitzuschlag", "teilzeit_ueberstundenzuschlag")
STAENDIGE_ZULAGE = {"wechselschicht": 1, "schicht": 2}


class PricingError(ValueError):
    """The law cannot price the assignment; the message is German and names the paragraph."""


def half_up(value: Fraction) -> int:
    """To a whole number, halves away from zero (§ 24 Abs. 4 TVöD)."""
    sign = -1 if value < 0 else 1
    return sign * ((2 * abs(value.numerator) + value.denominator) // (2 * value.denominator))


@dataclass(frozen=True)
class Stundensaetze:
    """All hourly amounts of an assignment in a month, in cents.

    ``zuschlag``: premium of an hour by kind (rounded unless the employer rounds once at the end). ``frei_nacht`` and
    ``frei_tag``: limit of an hour by kind of relief, for tax and for contributions.
    """

    eigen: int
    ueberstunde: int
    rufbereitschaft: int
    zuschlag: dict[str, Fraction]
    frei_nacht: dict[str, tuple[int, ...]]
    frei_tag: dict[str, tuple[int, ...]]
    mehrarbeit_mit_zuschlag: bool


def hourly_rates(assigned: Zuordnung, month: date, book: RuleBook | None = None) -> Stundensaetze | None:
    """Hourly amounts of the month that begins on ``month``; None before the first pay table of the group.

    ``book``: a rule book with the dated settings of a tenant instead of the plain law. Raises UnknownName for a tariff,
    group or step that does not exist, PricingError where the law refuses.
    """
    return _hourly_rates(assigned, month, book or rule_book(*AREAS))


@lru_cache(maxsize=4096)
def _hourly_rates(assigned: Zuordnung, month: date, book: RuleBook) -> Stundensaetze | None:
    gruppe_code(assigned.tarifwerk, assigned.entgeltgruppe)
    if not steps_on(assigned.tarifwerk, assigned.entgeltgruppe, month):
        return None
    if not assigned.wochenstunden or not assigned.vollzeitstunden:
        raise PricingError("wochenstunden, vollzeitstunden: mehr als 0 Stunden werden gebraucht")
    rules = book.build(month)
    shared = replace(assigned, persoenliche_zulage=0)
    values = _hourly(shared, month, book)
    basic = _basic(assigned, month, rules, values)
    number = {name: _number(book, name, month) for name in NUMBERS}
    caps = {kind: min(basic, int(number[f"grundlohn_hoechstens_{kind}"] * 100))
            for kind in ("steuer", "sv")}
    night, day = ({kind: tuple(half_up(cap * Fraction(share) / 100) for share in number[name])
                   for kind, cap in caps.items()} for name in ("steuerfrei_nacht", "steuerfrei_tag"))
    return Stundensaetze(
        values["stundenentgelt"], values["stundenentgelt_ueberstunde"], values["rufbereitschaft_stunden"],
        _premiums(shared, month, book, once=number["rundung_zeitzuschlag"] == 2), night, day,
        bool(number["teilzeit_ueberstundenzuschlag"]))


@lru_cache(maxsize=4096)
def shift_rate(assigned: Zuordnung, month: date, kind: str, book: RuleBook) -> int:
    """Allowance of an hour of shift work that is not permanent (§ 8 Abs. 5 and 6 TVöD); kind: one of STUNDENZULAGE."""
    inputs = {**rate_inputs(assigned, month), "zulage_art": STUNDENZULAGE[kind]}
    return int(_evaluated(book.build(month), inputs, ("zulage_stunden",))["zulage_stunden"][0])


@lru_cache(maxsize=4096)
def entered_rate(assigned: Zuordnung, month: date, lohnart: str, book: RuleBook) -> int:
    """Rate of an hour in cents that the employer entered for a wage type (one of LOHNARTEN); 0 where there is none."""
    inputs = {**rate_inputs(assigned, month), "satz_lohnart": LOHNARTEN.index(lohnart)}
    return int(_evaluated(book.build(month), inputs, ("stundensatz_hinterlegt",))["stundensatz_hinterlegt"][0])


def _number(book: RuleBook, name: str, day: date) -> Any:
    value = book.parameters[name].on(day)
    if value is None:
        raise PricingError(f"{book.parameters[name].titel}: am {day:%d.%m.%Y} kein Wert hinterlegt")
    return value.wert


def rate_inputs(assigned: Zuordnung, month: date) -> dict[str, Any]:
    """Inputs of the pay law for an hour of this assignment."""
    days = calendar.monthrange(month.year, month.month)[1]
    return {"tarifwerk": tarifwerk_code(assigned.tarifwerk),
            "entgeltgruppe": gruppe_code(assigned.tarifwerk, assigned.entgeltgruppe),
            "stufe": stufe_code(assigned.tarifwerk, assigned.entgeltgruppe, assigned.stufe, month),
            "wochenstunden": assigned.wochenstunden, "vollzeitstunden": assigned.vollzeitstunden,
            "krankenhaus": int(assigned.krankenhaus), "tage": days, "kalendertage_im_monat": days, "stunden": 100}


@lru_cache(maxsize=4096)
def _hourly(assigned: Zuordnung, month: date, book: RuleBook) -> dict[str, int]:
    """What does not depend on the personal allowance: many people share one tariff, group, step and hours."""
    art = STAENDIGE_ZULAGE.get(assigned.schichtarbeit, 0) if assigned.schichtarbeit_staendig else 0
    found = _evaluated(book.build(month), {**rate_inputs(assigned, month), "zulage_art": art}, (
        "stundenentgelt", "stundenentgelt_ueberstunde", "rufbereitschaft_stunden", "tabellenentgelt", "zulage_monat"))
    return {name: int(column[0]) for name, column in found.items()}


def _basic(assigned: Zuordnung, month: date, rules: RuleSet, values: Mapping[str, int]) -> int:
    """Basic wage of an hour (§ 3b Abs. 2 EStG)."""
    monthly = values["tabellenentgelt"] + values["zulage_monat"] + assigned.persoenliche_zulage
    found = _evaluated(rules, {**rate_inputs(assigned, month), "grundlohn_monat": monthly}, ("grundlohn_stunde",))
    return int(found["grundlohn_stunde"][0])


@lru_cache(maxsize=4096)
def _premiums(assigned: Zuordnung, month: date, book: RuleBook, *, once: bool) -> dict[str, Fraction]:
    """Groups without overtime class (trainees) have no overtime premium here; asking for it is an error later."""
    code = gruppe_code(assigned.tarifwerk, assigned.entgeltgruppe)
    has_class = bool(load_pay_tables().gruppen[code].zuschlagsklasse)
    kinds = ZEITZUSCHLAG if has_class else ZEITZUSCHLAG[:-1]
    inputs = {**rate_inputs(assigned, month), "zuschlag_art": list(range(len(kinds)))}
    found = _evaluated(book.build(month), inputs, ("zuschlag_grundlage", "zuschlag_satz"))
    exact = [base * share for base, share in zip(found["zuschlag_grundlage"], found["zuschlag_satz"], strict=True)]
    return {kind: value if once else Fraction(half_up(value)) for kind, value in zip(kinds, exact, strict=True)}


def _evaluated(rules: RuleSet, inputs: dict[str, Any], names: tuple[str, ...]) -> dict[str, list[Fraction]]:
    result = evaluate(rules, inputs, list(names))
    if result.faults:
        raise PricingError(f"{result.faults[0].message} ({result.faults[0].law})")
    found = {}
    for name in names:
        column = result.columns[name]
        dens = [column.den] * result.rows if isinstance(column.den, int) else [int(den) for den in column.den]
        found[name] = [Fraction(int(num), den) for num, den in zip(column.num, dens, strict=True)]
    return found
