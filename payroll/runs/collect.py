"""Von den Tatsachen eines Monats zu den Eingangsspalten der Abrechnung.

Zweimal wird vorab gerechnet, je nur für die Fälle, die es brauchen: das regelmäßige Entgelt im Teilmonat
(Übergangsbereich, § 20 Abs. 2 SGB IV) und der voraussichtliche Jahresarbeitslohn bei Einmalzahlungen
(§ 39b Abs. 3 EStG, R 39b.6 LStR).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net, law_of
from payroll.masterdata.slices import MonthFacts
from payroll.runs.earlier import sums_before
from payroll.runs.pricing import Prices, price
from tenants.db.session import TenantSession

Column = Any


@dataclass
class Collected:
    """Eingangsspalten (ganze Zahlen je Fall) und die Preise mit ihren Zeilen."""

    month: date
    inputs: dict[str, Column]
    prices: Prices


def collect(session: TenantSession, facts: MonthFacts, earlier: dict[str, Column] | None = None) -> Collected:
    """Alle Eingangsspalten der Fälle eines Monats; eine feste Zahl von Abfragen.

    earlier: Werte früherer Monate je Fall, wenn sie schon feststehen (Rückrechnung); sonst gelten die gespeicherten.
    """
    prices = price(facts)
    known = law_of(facts.month).inputs
    inputs = {name: np.asarray(values) for name, values in facts.cases.items()
              if name in known and not isinstance(values, list)}
    inputs |= {name: values for name, values in prices.inputs.items() if name in known}
    if earlier is None:
        earlier = sums_before(session, facts.month, facts.cases["beschaeftigung_id"])
    inputs |= {name: values for name, values in earlier.items() if name in known}
    inputs["regelmaessiges_entgelt"] = _regular_pay(facts.month, inputs, prices)
    inputs["jahresarbeitslohn_erwartet"] = expected_year(facts.month, inputs, earlier["steuerbrutto_bisher"])
    return Collected(facts.month, inputs, prices)


def _regular_pay(month: date, inputs: dict[str, Column], prices: Prices) -> Column:
    """Im Teilmonat das Entgelt eines vollen Monats samt Hinzurechnung; wer einen Wert erfasst hat, behält ihn."""
    given = np.array(inputs["regelmaessiges_entgelt"])
    last = calendar.monthrange(month.year, month.month)[1]
    partial = np.flatnonzero((given < 0) & ((inputs["von_tag"] > 1) | (inputs["bis_tag"] < last)))
    if partial.size:
        full = _rows(inputs, partial) | {
            "brutto": prices.full[partial], "zulagen": 0, "vwl_ag": 0, "von_tag": 0, "bis_tag": 0, "einmalzahlung": 0,
            "steuerfreie_bezuege": 0, "sonstige_abzuege": 0, "vwl_sparbetrag": 0, "regelmaessiges_entgelt": -1}
        given[partial] = gross_to_net(month, full, ("sv_entgelt_laufend",)).cents("sv_entgelt_laufend")
    return given


def expected_year(month: date, inputs: dict[str, Column], so_far: Column) -> Column:
    """Bisheriger Arbeitslohn, der laufende dieses Monats und ein gewöhnlicher für jeden Monat, der noch bleibt.

    Die Einmalzahlung kann die Umlage dieses Monats über die Freigrenzen heben; dieser individuell versteuerte Teil
    gehört zum laufenden Lohn dieses Monats, kehrt aber in den folgenden nicht wieder.
    """
    expected = np.zeros(len(so_far), dtype=np.int64)
    once = np.flatnonzero(inputs["einmalzahlung"] != 0)
    if once.size:
        name, rows = "steuerpflichtig_laufend", _rows(inputs, once)
        current = gross_to_net(month, rows, (name,)).cents(name)
        ordinary = gross_to_net(month, rows | {"einmalzahlung": 0}, (name,)).cents(name)
        expected[once] = so_far[once] + current + ordinary * (12 - month.month)
    return expected


def _rows(inputs: dict[str, Column], which: Column) -> dict[str, Column]:
    return {name: values[which] for name, values in inputs.items()}
