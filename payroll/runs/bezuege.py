"""Erfasste Bezüge werden Beträge und Zeilen; gerechnet und summiert über Spalten, gleich wie viele es sind."""

from __future__ import annotations

import calendar
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from payroll.law.calculate import law_of
from payroll.law.engine import evaluate
from payroll.masterdata.slices import MonthFacts
from payroll.runs.beside.targets import TARGETS, Nebenposten
from payroll.runs.books import book_for
from payroll.runs.zeilen import Zeile

if TYPE_CHECKING:
    from payroll.runs.pricing import Prices

Column = Any
LAUFEND = ("grundentgelt", "zulagen", "vwl_ag")
BRUTTO = ("grundentgelt", "zulagen", "einmalzahlung")
ABZUG = ("sonstige_abzuege", "vwl_sparbetrag")
NETTO = (*ABZUG, "nettobezuege")
# Marks of the ordinance: L laufend, S sonstiger Bezug, P pauschal, F frei; L laufend, E einmalig, F frei.
_MARKS = {"pflichtig": "L", "einmalig": "S", "frei": "F", "pauschal": "P", "keine": "-"}
_MARKS_SV = {"laufend": "L", "einmalig": "E", "frei": "F", "keine": "-"}
_PIECE = ("bezug_betrag", "bezug_nach_arbeitszeit", "bezug_tage", "bezug_nenner", "wochenstunden", "vollzeitstunden")
Stueck = dict[str, int]


def price_payments(facts: MonthFacts, prices: Prices) -> None:
    """Trägt alle Bezüge des Monats in Eingaben, volle Beträge und Zeilen ein."""
    if not facts.bezuege:
        return
    plain = {name: column.tolist() if isinstance(column, np.ndarray) else column
             for name, column in facts.bezuege.items()}
    places, pieces = _pieces(facts, plain)
    columns = {name: np.array([piece[name] for piece in pieces], dtype=np.int64) for name in _PIECE}
    rules = law_of(facts.month, book_for(facts.tarif.overlays, "bezuege"))
    result = evaluate(rules, columns, ("bezug_monat", "bezug_voll"))
    rows: list[int] = plain["beschaeftigung_row"]
    for fault in result.faults:
        prices.faults.append((rows[places[fault.row]], fault))
    amounts, whole = (np.zeros(len(rows), dtype=np.int64) for _ in range(2))
    index = np.array(places, dtype=np.int64)
    np.add.at(amounts, index, result.cents("bezug_monat"))
    whole[index] = result.cents("bezug_voll")
    _sum_up(plain, amounts, whole, prices)
    _lines(facts, plain, amounts.tolist(), prices, _origins(places, pieces))


def _pieces(facts: MonthFacts, payments: dict[str, Any]) -> tuple[list[int], list[Stueck]]:
    """Jeder Bezug, an den Scheiben geteilt, wenn er der Arbeitszeit folgt: seine Stelle und die Angaben des Stücks."""
    by_row, days = _slices(facts), calendar.monthrange(facts.month.year, facts.month.month)[1]
    absent, places, pieces = facts.tarif.ausfall, list[int](), list[Stueck]()
    spans = zip(*(payments[name] for name in ("beschaeftigung_row", "von_tag", "bis_tag", "anteilig", "teilzeit",
                                              "betrag_cent")), strict=True)
    for i, (row, first, last, by_days, by_hours, cents) in enumerate(spans):
        whole = days if by_days else last - first + 1
        parts = by_row.get(row) if by_hours else None
        lossy = row in absent and _by_days(facts, payments, i)
        for since, until, own, full in parts or ((first, last, 0, 1),):
            begin, end = max(first, since), min(last, until)
            gone = facts.lost(row, begin, end) if lossy else 0
            if begin > end or (gone and gone == end - begin + 1):
                continue
            places.append(i)
            pieces.append({"bezug_betrag": cents, "bezug_nach_arbeitszeit": 1 if parts else 0,
                           "bezug_tage": end - begin + 1 - gone, "bezug_nenner": whole, "wochenstunden": own,
                           "vollzeitstunden": full})
    return places, pieces


def _slices(facts: MonthFacts) -> dict[int, list[tuple[int, ...]]]:
    """Je Fall die Scheiben: erster und letzter Tag, Wochenstunden, volle Stunden (Hundertstel)."""
    names = ("beschaeftigung_row", "von_tag", "bis_tag", "wochenstunden", "vollzeitstunden")
    found: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for row, *piece in zip(*(np.asarray(facts.slices.get(name, ())).tolist() for name in names), strict=True):
        found[row].append(tuple(piece))
    return found


def _by_days(facts: MonthFacts, payments: dict[str, Any], i: int) -> bool:
    """Ob ein Bezug an Tagen ohne Entgelt entfällt: nach Tagen gekürzt, oder der Monat hat gar keinen Tag Entgelt."""
    if payments["ziel"][i] not in (*LAUFEND, "vwl_sparbetrag"):
        return False
    absent = facts.tarif.ausfall.get(payments["beschaeftigung_row"][i])
    return bool(payments["anteilig"][i]) or (absent is not None and absent.ganz and not absent.ersatz)


def _sum_up(payments: dict[str, Any], amounts: Column, whole: Column, prices: Prices) -> None:
    """Summiert je Fall: was gezahlt wird nach seinem Ziel, der volle Monatsbetrag, soweit er laufendes Entgelt ist."""
    rows, targets = np.asarray(payments["beschaeftigung_row"], dtype=np.int64), np.array(payments["ziel"], dtype=object)
    free = np.asarray(payments["zv"]) == 0
    for target in set(payments["ziel"]) - TARGETS:
        mine = targets == target
        # The law knows net deductions only: a net payment is a negative one.
        name = {"grundentgelt": "brutto", "nettobezuege": "sonstige_abzuege"}.get(target, target)
        if name not in prices.inputs:
            continue
        np.add.at(prices.inputs[name], rows[mine], -amounts[mine] if target == "nettobezuege" else amounts[mine])
        unpensioned = mine & free
        if target in BRUTTO:
            np.add.at(prices.inputs["zv_frei"], rows[unpensioned], amounts[unpensioned])
        if target in LAUFEND:
            np.add.at(prices.full["vwl_ag" if target == "vwl_ag" else "brutto"], rows[mine], whole[mine])
        if target in ("grundentgelt", "zulagen"):
            np.add.at(prices.full["zv_frei"], rows[unpensioned], whole[unpensioned])


def _origins(places: list[int], pieces: list[Stueck]) -> dict[int, list[Stueck]]:
    """Je Bezug seine Stücke, in ihrer Reihenfolge."""
    found: dict[int, list[Stueck]] = {}
    for at, piece in zip(places, pieces, strict=True):
        found.setdefault(at, []).append(piece)
    return found


def _lines(facts: MonthFacts, payments: dict[str, Any], amounts: list[int], prices: Prices,
           origins: dict[int, list[Stueck]]) -> None:
    flat = np.asarray(facts.cases["pauschal_besteuert"]).tolist()
    numbers = {number: f"{number}" for number in set(payments["lohnart"])}
    columns = [payments[name] for name in ("beschaeftigung_row", "ziel", "lohnart", "text", "steuer", "sv", "zv")]
    given = list(zip(*columns, strict=True))
    marks: dict[tuple[Any, ...], str] = {}
    for i, origin in origins.items():
        row, target, number, text, taxed, insured, pensionable = given[i]
        came = ("bezuege", "bezug_monat", origin)
        if target in TARGETS:
            prices.neben[row].append(Nebenposten(target, numbers[number], text, taxed, amounts[i], came))
            continue
        if target not in prices.inputs and target not in ("grundentgelt", "nettobezuege"):
            continue
        key = (target, taxed, insured, pensionable, flat[row])
        mark = marks.get(key)
        if mark is None:
            mark = marks[key] = _marked(*key)
        net = target in NETTO
        prices.lines[row].append(Zeile("netto" if net else "bezug", numbers[number], text, "", mark,
                                       -amounts[i] if target in ABZUG else amounts[i], came))


def _marked(target: str, taxed: str, insured: str, pensionable: int, flat: int) -> str:
    if target in NETTO:
        return ""
    tax = "P" if taxed in ("pflichtig", "einmalig") and flat else _MARKS[taxed]
    return tax + _MARKS_SV[insured] + "NJ"[bool(pensionable)]
