"""Mehrere Beschäftigungen einer Person: bei diesem Arbeitgeber und, als Tatsache, bei anderen.

Versicherte Beschäftigungen teilen sich die Beitragsbemessungsgrenzen (§ 22 Abs. 2 SGB IV) und zählen im
Übergangsbereich zusammen (§ 20 Abs. 2 SGB IV). Neben einer versicherten Beschäftigung gilt im Minijob keine
Mindestbemessungsgrundlage (§ 163 Abs. 8 SGB VI).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net
from payroll.law.encode import STATUS
from payroll.masterdata.slices import MonthFacts
from payroll.runs.carried import read_carried
from tenants.db.session import TenantSession

Column = Any
PAY = "sv_entgelt_laufend"
NOT_SHARED = (0, 109, 110, 190)
BRANCHES = ("beitragsgruppe_kv", "beitragsgruppe_rv", "beitragsgruppe_av", "beitragsgruppe_pv")


def join(facts: MonthFacts, inputs: dict[str, Column]) -> dict[str, Column]:
    """Ergänzt die Eingaben um das Entgelt der anderen Beschäftigungen; eine Rechnung für alle, die es betrifft.

    Gibt Spalten für die Prüfungen zurück: weitere_versicherte (Anzahl), minijobs_anzahl und minijobs_entgelt (Cent,
    alle Minijobs der Person), haupt_beim_arbeitgeber und haupt_anderswo (1: neben diesem Minijob).
    """
    cases, size = facts.cases, facts.size
    checks = {name: np.zeros(size, dtype=np.int64) for name in (
        "weitere_versicherte", "minijobs_anzahl", "minijobs_entgelt", "haupt_beim_arbeitgeber", "haupt_anderswo")}
    groups = _together(cases)
    if not groups:
        return checks
    rows = np.array([row for group in groups for row in group], dtype=np.int64)
    part = {name: np.broadcast_to(values, size)[rows] for name, values in inputs.items()}
    result = gross_to_net(facts.month, part, (PAY, "sv_tage"))
    pay = dict(zip(rows.tolist(), result.cents(PAY).tolist(), strict=True))
    days = dict(zip(rows.tolist(), result.cents("sv_tage").tolist(), strict=True))
    more = np.array(np.broadcast_to(inputs.get("weiteres_entgelt", 0), size))
    regular = np.array(inputs["regelmaessiges_entgelt"])
    bound = np.array(np.broadcast_to(inputs["anderweitig_rentenversichert"], size))
    for group in groups:
        insured = [row for row in group if _insured(cases, row)]
        _share(cases, insured, pay, days, more, regular)
        for row in group:
            checks["weitere_versicherte"][row] = _others(cases, insured, row) if row in insured else 0
        _minijobs(cases, group, insured, pay, bound, checks)
    inputs |= {"weiteres_entgelt": more, "regelmaessiges_entgelt": regular, "anderweitig_rentenversichert": bound}
    return checks


def _together(cases: dict[str, Any]) -> list[list[int]]:
    """Zeilen je Person mit mehreren Beschäftigungen, hier oder anderswo."""
    people: dict[int, list[int]] = defaultdict(list)
    for row, person in enumerate(np.asarray(cases["person_id"]).tolist()):
        people[person].append(row)
    elsewhere = (np.asarray(cases["anderswo_versicherte"]) + np.asarray(cases["anderswo_minijobs"])).tolist()
    return [rows for rows in people.values() if len(rows) > 1 or elsewhere[rows[0]]]


def _insured(cases: dict[str, Any], row: int) -> bool:
    return (int(cases["personengruppe"][row]) not in NOT_SHARED
            and cases["status"][row] != STATUS.index("beamte") and any(cases[name][row] for name in BRANCHES))


def _others(cases: dict[str, Any], insured: list[int], row: int) -> int:
    return len(insured) - 1 + int(cases["anderswo_versicherte"][row])


def _share(cases: dict[str, Any], insured: list[int], pay: dict[int, int], days: dict[int, int], more: Column,
           regular: Column) -> None:
    """Entgelt der anderen; ein Monatsentgelt anderswo zählt im Teilmonat für dieselben Tage."""
    usual = {row: int(regular[row]) if regular[row] >= 0 else pay[row] for row in insured}
    given = {row: cases["regelmaessiges_entgelt"][row] >= 0 for row in insured}
    for row in insured:
        others = [other for other in insured if other != row]
        elsewhere = int(cases["anderswo_versichert"][row])
        if not others and not elsewhere:
            continue
        more[row] = sum(pay[other] for other in others) + (2 * elsewhere * days[row] + 30) // 60
        if not given[row]:  # what a person entered is the regular pay of all employments together
            regular[row] = usual[row] + sum(usual[other] for other in others) + elsewhere


def _minijobs(cases: dict[str, Any], group: list[int], insured: list[int], pay: dict[int, int], bound: Column,
              checks: dict[str, Column]) -> None:
    mini = [row for row in group if int(cases["personengruppe"][row]) == 109]
    here = any(int(cases["beitragsgruppe_rv"][row]) in (1, 3) for row in insured)
    for row in mini:
        outside = int(cases["anderswo_versicherte"][row]) > 0
        bound[row] |= int(here or outside)
        checks["haupt_beim_arbeitgeber"][row] = int(bool(insured))
        checks["haupt_anderswo"][row] = int(outside)
        checks["minijobs_anzahl"][row] = len(mini) + int(cases["anderswo_minijobs"][row])
        checks["minijobs_entgelt"][row] = sum(pay[one] for one in mini) + int(cases["anderswo_minijob"][row])


def gaps(session: TenantSession, facts: MonthFacts, known_at: datetime | None = None) -> dict[str, Column]:
    """Spalten für die Prüfung von Einmalzahlungen, 0 oder 1 je Fall.

    vortrag_fehlt: Monate dieses Jahres sind weder abgerechnet noch vorgetragen; schon_im_vorjahr: eingetreten vor dem
    1. Januar.
    """
    month = facts.month
    carried = read_carried(session, month, known_at)
    numbers, entries = (np.asarray(facts.cases[name]).tolist() for name in ("beschaeftigung_id", "eintritt_tag"))
    days = [date(entry // 10_000, entry // 100 % 100, entry % 100) for entry in entries]
    missing = [carried.missing(number, day, month) for number, day in zip(numbers, days, strict=True)]
    before = [day < month.replace(month=1) for day in days]
    return {"vortrag_fehlt": np.array(missing, dtype=np.int64), "schon_im_vorjahr": np.array(before, dtype=np.int64)}
