"""Nebenleistungen eines Monats: aus Tatsachen und Lohnarten Eingaben des Rechts, daraus Spalten und Zeilen.

Gerechnet wird nur für die Fälle, die etwas haben; alle anderen berührt es nicht.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from payroll.law.benefits import JOINS, subsidy
from payroll.law.calculate import gross_to_net, law_of, month_inputs
from payroll.law.encode import STATUS
from payroll.law.engine.evaluate import needed_inputs
from payroll.masterdata.settings import Einstellungen
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.neben import Beside
from payroll.runs.beside import third
from payroll.runs.beside.targets import (
    AS_GIVEN,
    BORNE,
    CONVERTED,
    LINES,
    NOT_PAID,
    TICKETS,
    WITHHELD,
    Nebenposten,
)
from payroll.runs.pricing import Prices, Zeile

Column = Any
WHOLE = "*"  # the whole body of rules, as the origin of a line names it
PARTS = (*(line[0] for line in LINES), BORNE[0], *JOINS.values())


@dataclass
class Beigaben:
    """Spalten für die Abrechnung (leer, wenn niemand etwas hat); je Zeile ``nl_``-Eingaben, Zahlungen an Dritte."""

    columns: dict[str, Column] = field(default_factory=dict)
    own: dict[int, dict[str, int]] = field(default_factory=dict)
    thirds: dict[int, list[third.Zahlung]] = field(default_factory=dict)


def add(facts: MonthFacts, prices: Prices, inputs: dict[str, Column], settings: Einstellungen) -> Beigaben:
    """Ergänzt die Zeilen der Preise und gibt die Spalten zurück, die zu ``inputs`` kommen."""
    found = Beigaben()
    asked = _asked(facts, prices, settings)
    _withheld(facts, prices, inputs, found)
    if asked:
        _benefits(facts, prices, inputs, asked, found)
    if CONVERTED in found.columns:
        _subsidy(facts.month, inputs, found, settings)
    return found


def _asked(facts: MonthFacts, prices: Prices, settings: Einstellungen) -> dict[int, dict[str, int]]:
    """Eingaben mit ``nl_`` je Zeile, aus Tatsachen und erfassten Beträgen."""
    asked: dict[int, dict[str, int]] = {}
    for row in sorted({*facts.neben, *prices.neben}):
        given = dict(facts.neben.get(row, Beside()).inputs)
        for one in prices.neben.get(row, ()):
            if one.ziel != CONVERTED:
                given[one.ziel] = given.get(one.ziel, 0) + one.betrag
                given |= _treatment(one)
        if any(given.values()):
            asked[row] = given | settings.benefit_inputs()
    return asked


def _treatment(one: Nebenposten) -> dict[str, int]:
    if one.ziel == "nl_jobticket":
        return {"nl_jobticket_art": TICKETS.get(one.steuer, TICKETS["pflichtig"])}
    if one.ziel == "nl_dienstrad_listenpreis":
        return {"nl_dienstrad_zusaetzlich": int(one.steuer == "frei")}
    if one.ziel == "nl_fahrtkostenzuschuss" and one.steuer == "pauschal":
        return {"nl_arbeitsweg_pauschal": 1}
    return {}


def _benefits(facts: MonthFacts, prices: Prices, inputs: dict[str, Column], asked: dict[int, dict[str, int]],
              found: Beigaben) -> None:
    rows = np.array(sorted(asked), dtype=np.int64)
    names = sorted({name for given in asked.values() for name in given})
    defaults = {name: law_of(facts.month).inputs[name].default or 0 for name in names}
    columns = {name: np.array([asked[row].get(name, defaults[name]) for row in rows.tolist()], dtype=np.int64)
               for name in names}
    given = {name: values[rows] for name, values in inputs.items() if name in _needed(facts.month)} | columns
    result = gross_to_net(facts.month, given, PARTS)
    prices.faults += [(int(rows[fault.row]), fault) for fault in result.faults]
    for name, source in JOINS.items():
        found.columns[name] = np.zeros(facts.size, dtype=np.int64)
        found.columns[name][rows] = result.cents(source)
    values = {name: result.cents(name).tolist() for name in PARTS}
    for at, row in enumerate(rows.tolist()):
        found.own[row] = asked[row]
        own = {name: int(column[at]) for name, column in given.items() if name not in columns or name in asked[row]}
        _lines(facts, prices, row, {name: column[at] for name, column in values.items()}, own)


@lru_cache(48)
def _needed(month: date) -> frozenset[str]:
    rules = law_of(month)
    return frozenset(needed_inputs(rules, rules.order_for(list(PARTS)), list(PARTS))) - month_inputs(month).keys()


def _lines(facts: MonthFacts, prices: Prices, row: int, values: dict[str, int], own: dict[str, int]) -> None:
    lines, typed = prices.lines[row], prices.neben.get(row, ())
    official = int(facts.cases["status"][row]) == STATUS.index("beamte")
    flat = facts.flat_taxed(row)
    for name, number, text, marks in LINES:
        if values[name]:
            lines.append(Zeile("bezug", number, text, "", marked(marks, official, flat), values[name],
                               (WHOLE, name, [own])))
    lines += [Zeile("bezug", one.lohnart, one.text, "", marked(AS_GIVEN[one.ziel], official, flat), one.betrag,
                    one.herkunft)
              for one in typed if one.ziel in AS_GIVEN and one.betrag]
    if values[BORNE[0]]:
        lines.append(Zeile("bezug", BORNE[1], BORNE[2], "", BORNE[3], -values[BORNE[0]], (WHOLE, BORNE[0], [own])))
    if values[NOT_PAID[0]]:
        name, number, text = NOT_PAID
        lines.append(Zeile("netto", number, text, "", "", -values[name], (WHOLE, name, [own])))


def marked(marks: str, official: bool, flat: bool) -> str:
    """Merkmale nach der Art der Beschäftigung: pauschal versteuert, Beamte ohne Sozialversicherung."""
    tax, social, rest = marks[0], marks[1], marks[2:]
    return ("P" if flat and tax == "L" else tax) + ("-" if official else social) + rest


def _withheld(facts: MonthFacts, prices: Prices, inputs: dict[str, Column], found: Beigaben) -> None:
    """Zuzahlungen und was in Sparverträge geht: vom Netto."""
    converted = np.zeros(facts.size, dtype=np.int64)
    for row in sorted({*facts.neben, *prices.neben}):
        for one in prices.neben.get(row, ()):
            if one.ziel in WITHHELD:
                inputs["sonstige_abzuege"][row] += one.betrag
            if one.ziel == CONVERTED:
                converted[row] += one.betrag
            if one.ziel in WITHHELD or one.ziel == CONVERTED:
                prices.lines[row].append(Zeile("netto", one.lohnart, one.text, "", "", -one.betrag, one.herkunft))
        contracts = facts.neben[row].contracts if row in facts.neben else []
        if contracts:
            agreed = third.agree(contracts, int(inputs["vwl_sparbetrag"][row]), int(converted[row]))
            inputs["vwl_sparbetrag"][row] += agreed.saved
            converted[row] += agreed.converted
            prices.lines[row] += agreed.lines
            found.thirds[row] = agreed.payments
    if converted.any():
        found.columns[CONVERTED] = converted


def _subsidy(month: date, inputs: dict[str, Column], found: Beigaben, settings: Einstellungen) -> None:
    """Zuschuss des Arbeitgebers: der gesetzliche Anteil, höchstens die ersparten Beiträge (§ 1a Abs. 1a BetrAVG)."""
    rows = np.flatnonzero(found.columns[CONVERTED])
    amounts = np.zeros(len(found.columns[CONVERTED]), dtype=np.int64)
    given = inputs | found.columns | settings.conversion_inputs()
    own = {name: values if isinstance(values, int) else values[rows] for name, values in given.items()}
    if settings.umwandlung_zuschuss:
        amounts[rows] = subsidy(month, own)
        for row in rows.tolist():
            third.add_subsidy(found.thirds.get(row, []), int(amounts[row]))
    found.columns["umwandlung_zuschuss"] = amounts
    found.columns |= {name: np.full(len(amounts), value) for name, value in settings.conversion_inputs().items()}


