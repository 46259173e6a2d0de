"""Aus Scheiben und Bezügen werden Beträge des Monats: erst je Scheibe nach Tarif, dann je Beschäftigung summiert."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from payroll.law.calculate import law_of
from payroll.law.encode import STATUS, ZUSATZVERSORGUNGEN
from payroll.law.engine import Fault, Result, evaluate
from payroll.masterdata.slices import MonthFacts
from payroll.runs.ansprueche import claimed
from payroll.runs.beside.targets import Nebenposten
from payroll.runs.bezuege import price_payments
from payroll.runs.books import book_for
from payroll.runs.derived import VORBEHALT, Ableitung, derived
from payroll.runs.tarifzulagen import allowances
from payroll.runs.zeilen import Herkunft, Zeile

Column = Any  # int64 column, one value per case

ZIELE = ("zulagen", "vwl_ag", "steuerfreie_bezuege", "einmalzahlung", "sonstige_abzuege", "vwl_sparbetrag")


@dataclass
class Prices:
    """Beträge je Fall: Eingangsspalten der Abrechnung, volle Monatsbeträge, Tarifwerk und Gruppe (-1: keine), Zeilen,
    Fälle ohne Preis."""

    inputs: dict[str, Column]
    full: dict[str, Column]
    tarifwerk: Column
    gruppe: Column
    lines: dict[int, list[Zeile]] = field(default_factory=lambda: defaultdict(list))
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    neben: dict[int, list[Nebenposten]] = field(default_factory=lambda: defaultdict(list))
    drafts: bool = False

    @property
    def vorbehalt(self) -> dict[int, int]:
        """Je Fall, was unter Vorbehalt gezahlt wird (Cent)."""
        found: dict[int, int] = defaultdict(int)
        for row, own in (self.lines.items() if self.drafts else ()):
            for line in own:
                if line.lohnart == VORBEHALT[0]:
                    found[row] += line.betrag
        return dict(found)


def price(facts: MonthFacts, *, drafts: bool = False) -> Prices:
    """Alle Fälle eines Monats; eine feste Zahl von Rechnungen über Spalten, gleich wie viele Fälle es sind.

    drafts: Beamte erhalten unter Vorbehalt, was ein Gesetzentwurf mehr bringt; eigene Zeilen, ``prices.vorbehalt``.
    """
    count = facts.size
    prices = Prices({name: np.zeros(count, dtype=np.int64) for name in ("brutto", "zv_frei", "tabelle", *ZIELE)},
                    {name: np.zeros(count, dtype=np.int64) for name in ("brutto", "zv_frei", "vwl_ag")},
                    np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64))
    prices.drafts = drafts
    _table_pay(facts, prices)
    for one in (*derived(facts, prices.faults, drafts=drafts), *allowances(facts, prices.faults),
                *claimed(facts, prices.faults)):
        _derived(one, prices)
    price_payments(facts, prices)
    return prices


_SLICE = ("tarifwerk", "entgeltgruppe", "stufe", "wochenstunden", "vollzeitstunden")


def _table_pay(facts: MonthFacts, prices: Prices) -> None:
    slices = facts.slices
    if not slices:
        return
    rows = np.asarray(slices["beschaeftigung_row"])
    days = facts.days(slices)
    columns = {name: slices[name] for name in _SLICE}
    columns |= {"tage": days} | _draft_column(slices, prices.drafts)
    result = _evaluated(facts, "entgelt", {**columns, "kalendertage_im_monat": _days(facts.month)},
                        ("tabellenentgelt", "teilzeitentgelt", "abschlag_entwurf"))
    paid, whole = result.cents("tabellenentgelt"), result.cents("teilzeitentgelt")
    advance = result.cents("abschlag_entwurf")
    prices.faults += [(int(rows[fault.row]), fault) for fault in result.faults]
    np.add.at(prices.inputs["brutto"], rows, paid)
    np.add.at(prices.inputs["tabelle"], rows, paid)
    prices.tarifwerk[rows], prices.gruppe[rows] = slices["tarifwerk"], slices["entgeltgruppe"]
    prices.full["brutto"][rows] = whole  # the last slice of the month decides what is regular
    for i, row in enumerate(rows):
        if days[i]:
            prices.lines[int(row)].append(_table_line(facts, i, int(row), int(paid[i] - advance[i]), int(days[i])))
            if advance[i]:
                prices.lines[int(row)].append(_advance_line(facts, i, int(advance[i]), int(days[i])))


def _draft_column(slices: dict[str, Any], drafts: bool) -> dict[str, Any]:
    """Die Spalte des Abschlags, wo es ihn gibt: bei Beamten."""
    if not drafts:
        return {}
    official = [scale.startswith("NRW") for scale in slices["tarifwerk_text"]]
    return {"abschlag_auf_entwurf": np.array(official, dtype=np.int64)}


def _advance_line(facts: MonthFacts, i: int, amount: int, days: int) -> Zeile:
    area, _, inputs = _table_origin(facts, i, days)
    origin = (area, "abschlag_entwurf", [inputs[0] | {"abschlag_auf_entwurf": 1}])
    return Zeile("bezug", *VORBEHALT, "Grundgehalt nach Gesetzentwurf", "L-N", amount, origin)


# Wage type and name of table pay by tariff; the district's catalogue carries the same numbers.
_TABLE = {"TVoeD-SuE": ("1001", "Tabellenentgelt"), "TVoeD-P": ("1002", "Tabellenentgelt"),
          "TVAoeD-BBiG": ("1700", "Ausbildungsentgelt"), "TVAoeD-Pflege": ("1701", "Ausbildungsentgelt"),
          "TVPoeD": ("1704", "Praktikantenentgelt"), "TVSoeD": ("1703", "Studienentgelt"),
          "TVSoeD-BBiG": ("1700", "Ausbildungsentgelt"), "NRW-A": ("2000", "Grundgehalt"),
          "NRW-B": ("2001", "Grundgehalt"), "NRW-R": ("2000", "Grundgehalt"), "NRW-W": ("2000", "Grundgehalt"),
          "NRW-Anwaerter": ("2002", "Anwärtergrundbetrag")}
_TABLE_ELSE = ("1000", "Tabellenentgelt")
_SABBATICAL = ("1806", "Sabbatical-Entgelt")
TABELLE = tuple(number for number, _ in (_TABLE_ELSE, *_TABLE.values(), _SABBATICAL))


def _table_line(facts: MonthFacts, i: int, row: int, amount: int, days: int) -> Zeile:
    slices, cases = facts.slices, facts.cases
    part, whole = slices["modell_zaehler"][i], slices["modell_nenner"][i]
    full, hours = slices["vollzeitstunden"][i] // whole, slices["wochenstunden"][i] // part
    first, last = slices["von_tag"][i], slices["bis_tag"][i]
    detail = "" if hours == full else f"{_hours(hours)} von {_hours(full)} Std."
    if last - first + 1 != _days(facts.month):
        detail = f"{first}.–{last}. {detail}".strip()
    if days != last - first + 1:
        detail = f"{days} von {_days(facts.month)} Tagen {detail}".strip()
    number, name = _TABLE.get(slices["tarifwerk_text"][i], _TABLE_ELSE)
    if slices["modell"][i]:
        detail = f"{detail} {slices['modell'][i]} {part}/{whole}".strip()
        number, name = (number, name) if name == "Grundgehalt" else _SABBATICAL
    step = "Jahr" if name == "Ausbildungsentgelt" else f"{slices['entgeltgruppe_text'][i]} Stufe"
    official = cases["status"][row] == STATUS.index("beamte")
    tax = "P" if facts.flat_taxed(row) else "L"
    pension = "J" if cases["zusatzversorgung"][row] != ZUSATZVERSORGUNGEN.index("keine") else "N"
    return Zeile("bezug", number, f"{name} {step} {slices['stufe_text'][i]}", detail,
                 tax + ("-" if official else "L") + pension, amount, _table_origin(facts, i, days))


def _table_origin(facts: MonthFacts, i: int, days: int) -> Herkunft:
    inputs = {name: int(facts.slices[name][i]) for name in _SLICE}
    return "entgelt", "tabellenentgelt", [inputs | {"tage": days, "kalendertage_im_monat": _days(facts.month)}]


def _derived(one: Ableitung, prices: Prices) -> None:
    """Eine Zulage, die sich aus Gesetz oder Tarif ergibt."""
    prices.inputs[one.ziel][one.row] += one.betrag
    prices.full["vwl_ag" if one.ziel == "vwl_ag" else "brutto"][one.row] += one.voll
    if one.ziel == "zulagen" and not one.zv:
        prices.inputs["zv_frei"][one.row] += one.betrag
        prices.full["zv_frei"][one.row] += one.voll
    if one.betrag:
        prices.lines[one.row].append(Zeile("bezug", one.lohnart, one.text, one.einzelheit, one.merkmale, one.betrag,
                                           one.herkunft))


def _evaluated(facts: MonthFacts, area: str, columns: dict[str, Any], outputs: tuple[str, ...]) -> Result:
    return evaluate(law_of(facts.month, book_for(facts.tarif.overlays, area)), columns, outputs)


def _days(month: date) -> int:
    return calendar.monthrange(month.year, month.month)[1]


def _hours(hundredths: int) -> str:
    whole, rest = divmod(int(hundredths), 100)
    return f"{whole}" if rest == 0 else f"{whole},{rest:02d}".rstrip("0")
