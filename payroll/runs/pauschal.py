"""Lohnsteuer, die der Arbeitgeber für den ganzen Lohn pauschal trägt: 20 und 25 Prozent (§ 40a Abs. 1, 2a EStG).

Gerechnet wird im Recht der Abrechnung; hier kommen die Einstellungen des Arbeitgebers hinzu, die Zeile einer
abgewälzten Steuer und was die Prüfungen über diese Fälle wissen müssen.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net
from payroll.masterdata.settings import Einstellungen
from payroll.masterdata.slices import MonthFacts
from payroll.runs.beside.targets import BORNE
from payroll.runs.zeilen import Zeile

Column = Any
OUTPUTS = ("pauschal_40a_lohn", "pauschsteuern_40a_an")
CHECKED = ("pauschal_40a_lohn", "individuell_daneben", "kurzfristig_arbeitstage", "kurzfristig_stunden")


def flat_tax(facts: MonthFacts, prices: Any, inputs: dict[str, Column], settings: Einstellungen) -> dict[str, Column]:
    """Ergänzt Eingaben und Zeilen; gibt Spalten für die Prüfungen zurück, leer ohne einen solchen Fall."""
    flat = [np.asarray(facts.cases.get(name, ())) > 0 for name in ("pauschal_20", "kurzfristig_pauschal")]
    rows = np.flatnonzero(flat[0] | flat[1])
    if not rows.size:
        return {}
    inputs |= {name: np.full(facts.size, value, dtype=np.int64) for name, value in settings.benefit_inputs().items()}
    own = {name: np.broadcast_to(values, facts.size)[rows] for name, values in inputs.items()}
    result = gross_to_net(facts.month, own, OUTPUTS)
    checks = {name: np.zeros(facts.size, dtype=np.int64) for name in CHECKED}
    checks["pauschal_40a_lohn"][rows] = result.cents("pauschal_40a_lohn")
    borne = result.cents("pauschsteuern_40a_an")
    for at, row in enumerate(rows.tolist()):
        for name in ("kurzfristig_arbeitstage", "kurzfristig_stunden"):
            checks[name][row] = facts.cases[name][row]
        checks["individuell_daneben"][row] = _beside(facts, row)
        if borne[at]:
            given = {name: int(values[at]) for name, values in own.items()}
            prices.lines[row].append(Zeile("bezug", *BORNE[1:3], "", BORNE[3], -int(borne[at]),
                                           ("*", "pauschsteuern_40a_an", [given])))
    return checks


def _beside(facts: MonthFacts, row: int) -> int:
    """1, wenn die Person hier noch Lohn bezieht, der nach ihren Merkmalen versteuert wird."""
    person = facts.cases["person_id"][row]
    return int(any(one != row and not facts.flat_taxed(one)
                   for one in np.flatnonzero(np.asarray(facts.cases["person_id"]) == person).tolist()))
