"""Aufstockung in laufender Altersteilzeit (§ 7 Abs. 2 TV FlexAZ), gerechnet aus dem Regelarbeitsentgelt.

Regelarbeitsentgelt ist das regelmäßig zu zahlende laufende Entgelt (§ 6 Abs. 1 AltTZG): feste Monatsbeträge,
soweit im Monat gezahlt. Stundenentgelte, Einmalzahlungen und vermögenswirksame Leistungen gehören nicht dazu. Die
Aufstockung ist steuerfrei (§ 3 Nr. 28 EStG) und beitragsfrei (§ 1 Abs. 1 Satz 1 Nr. 1 SvEV).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from payroll.law.calculate import law_of
from payroll.law.engine import evaluate
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.findings import Finding
from payroll.runs.books import book_for
from payroll.runs.zeilen import Zeile

PERSONENGRUPPE = 103
LOHNART, TEXT, REGEL = 1801, "Aufstockungsbetrag 20 %", "aufstockung_altersteilzeit"
LAUFEND_SV = 1  # place of the mark of social insurance in a line: L is current pay
LAUFEND = ("grundentgelt", "zulagen")


def top_up(facts: MonthFacts, inputs: dict[str, Any], prices: Any) -> None:
    """Trägt die Aufstockung aller Fälle mit Personengruppe 103 ein; ein getippter Betrag geht vor und wird gemeldet."""
    rows = np.flatnonzero(np.asarray(facts.cases.get("personengruppe", ())) == PERSONENGRUPPE).tolist()
    if not rows:
        return
    typed, hourly = _payments(facts, set(rows))
    facts.findings += [_typed(facts, row) for row in rows if row in typed]
    rows = [row for row in rows if row not in typed]
    base = [_regular(prices.lines[row], hourly.get(row, set())) for row in rows]
    if not rows:
        return
    law = law_of(facts.month, book_for(facts.tarif.overlays, "entgelt"))
    amounts = evaluate(law, {"altersteilzeit_entgelt": np.array(base, dtype=np.int64)}, (REGEL,)).cents(REGEL)
    for row, regular, amount in zip(rows, base, amounts.tolist(), strict=True):
        if amount:
            inputs["steuerfreie_bezuege"][row] += amount
            prices.lines[row].append(Zeile("bezug", f"{LOHNART}", TEXT, "", "FFN", amount,
                                           ("entgelt", REGEL, [{"altersteilzeit_entgelt": regular}])))


def _payments(facts: MonthFacts, rows: set[int]) -> tuple[set[int], dict[int, set[str]]]:
    """Fälle mit getippter Aufstockung; je Fall die Lohnarten, die kein fester Monatsbetrag sind."""
    typed: set[int] = set()
    hourly: dict[int, set[str]] = {}
    given = facts.bezuege
    for i, row in enumerate(given.get("beschaeftigung_row", ())):
        if int(row) in rows:
            if given["lohnart"][i] == LOHNART:
                typed.add(int(row))
            if given["ziel"][i] not in LAUFEND or not given["anteilig"][i]:
                hourly.setdefault(int(row), set()).add(f"{given['lohnart'][i]}")
    return typed, hourly


def _regular(lines: list[Zeile], hourly: set[str]) -> int:
    return sum(line.betrag for line in lines if line.bereich == "bezug" and line.lohnart not in hourly
               and line.merkmale[LAUFEND_SV:LAUFEND_SV + 1] == "L")


def _typed(facts: MonthFacts, row: int) -> Finding:
    return Finding(
        f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})", f"Lohnart {LOHNART}",
        "Die Aufstockung der Altersteilzeit ergibt sich aus dem Regelarbeitsentgelt (§ 7 Abs. 2 TV FlexAZ); gezahlt "
        "wird der eingegebene Betrag, nicht beides",
        "eingegebenen Betrag beenden, wenn er nicht bewusst abweicht", False,
        int(facts.cases["beschaeftigung_id"][row]))
