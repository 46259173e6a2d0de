"""Zweite Rechnung ohne unpfändbare Bezüge, Reichweite je Forderung, Verteilung je Person nach Rang."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from payroll.law.engine import InputError, Result
from payroll.law.garnishment import ORDINARY, number_of, reaches
from payroll.law.plan import Plan
from payroll.law.rules.pfaendung import GRUNDBETRAG_BEI
from payroll.law.rules.pfaendung.forderungen import NICHTS, VerteilungFehler, Zuteilung
from payroll.law.rules.pfaendung.verteilung import verteile
from payroll.masterdata.slices import MonthFacts
from payroll.runs.collect import Collected
from payroll.runs.pfaendung.accounts import Konten, month_end
from payroll.runs.pfaendung.claims import POSTEN, Schuldner, Zeile, forderung
from payroll.runs.pfaendung.items import Unpfaendbar, exempt_items

# What explains a share: the second calculation's results, the order, the exempt items.
VALUES = ("gesamtbrutto", "steuern", "sv_beitraege_an", "zv_an", "zuschuss_kv", "zuschuss_pv")
OUTPUTS = ("pf_netto", "pf_tabellenbetrag", "pf_pfaendbar", "pf_reichweite", *VALUES)
GIVEN = ("pkv_beitrag_monat", "ppv_beitrag_monat", "sachbezuege", "entgeltumwandlung")


@dataclass
class Anteil:
    """Was eine Forderung vom Entgelt einer Beschäftigung bekommt; offen: vorher geschuldet; origin: womit erklärt."""

    zeile: Zeile
    monat: date
    reichweite: int
    zuteilung: Zuteilung
    offen: int | None
    origin: dict[str, int]

    @property
    def cents(self) -> int:
        """Einbehalten in Cent."""
        return self.zuteilung.cents


@dataclass
class Verteilt:
    """Anteile aller Forderungen des Monats; failed: Zeilen, die sich nicht verteilen lassen, mit dem Grund."""

    anteile: list[Anteil] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    netto: dict[int, int] = field(default_factory=dict)
    items: Unpfaendbar = field(default_factory=Unpfaendbar)
    getrennt: set[int] = field(default_factory=set)


def distribute(facts: MonthFacts, collected: Collected, debtors: Schuldner, konten: Konten,
               plan: Plan | None = None) -> Verteilt:
    """Alle Forderungen eines Monats; zwei Rechnungen über die Zeilen, mit Zusammenrechnung vier."""
    lines = debtors.zeilen
    done = Verteilt()
    if not lines:
        return done
    rows = [line.row for line in lines]
    done.items = exempt_items(facts, collected, rows)
    inputs = _inputs(collected, facts.size, lines)
    reached, used = reaches(facts.month, inputs, done.items.items, OUTPUTS, plan=plan)
    partners = _added_up(lines, reached)
    if partners:
        reached, used = reaches(facts.month, inputs | _with_partners(inputs, lines, reached, partners),
                                done.items.items, OUTPUTS, plan=plan)
    faults = {fault.row: f"{fault.message} ({fault.law})" for fault in reached.faults}
    by_person: dict[int, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        by_person[line.person_id].append(place)
    months = number_of("vorpfaendung_monate", facts.month)
    for places in by_person.values():
        _share(debtors, konten, places, reached, used, faults, months, done)
    done.anteile = [one for one in done.anteile if one.zeile.row not in done.failed]
    return done


def _inputs(collected: Collected, size: int, lines: Sequence[Zeile]) -> dict[str, Any]:
    rows = np.array([line.row for line in lines], dtype=np.int64)
    columns = {name: np.broadcast_to(np.asarray(values), (size,))[rows] for name, values in collected.inputs.items()}
    return columns | {name: np.array(values, dtype=np.int64) for name, values in _orders(lines).items()}


def _orders(lines: Sequence[Zeile]) -> dict[str, list[int]]:
    """Was die Forderungen sagen, als Spalten des Rechts."""
    claims = [line.claim for line in lines]

    def stated(name: str) -> list[int]:
        return [-1 if getattr(claim, name) is None else getattr(claim, name) for claim in claims]

    return {
        "pf_unterhaltsberechtigte": [line.personen for line in lines],
        "pf_unterhaltsglaeubiger": [int(claim.art == "unterhalt") for claim in claims],
        "pf_gericht_freibetrag": stated("gericht_freibetrag_cent"),
        "pf_gericht_betrag": stated("gericht_betrag_cent"),
        "pf_gericht_rest_zaehler": stated("gericht_rest_zaehler"),
        "pf_gericht_rest_nenner": stated("gericht_rest_nenner"),
        "pf_gericht_zusatz": stated("gericht_zusatz_cent"),
        "pf_weiteres_einkommen": stated("weiteres_einkommen_cent"),
        "pf_grundbetrag_bei": [GRUNDBETRAG_BEI.index(claim.grundbetrag_bei) for claim in claims],
    }


def _added_up(lines: Sequence[Zeile], reached: Result) -> dict[int, list[int]]:
    """Zeilen derselben Forderung an mehreren Beschäftigungen, die das Gericht zusammengerechnet hat."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        if line.claim.zusammenrechnung:
            groups[line.person_id, line.claim.nummer].append(place)
    broken = {fault.row for fault in reached.faults}
    return {place: group for group in groups.values() if len(group) > 1 and not broken & set(group)
            for place in group}


def _with_partners(inputs: dict[str, Any], lines: Sequence[Zeile], reached: Result,
                   partners: dict[int, list[int]]) -> dict[str, Any]:
    """§ 850e Nr. 2 ZPO: der unpfändbare Betrag liegt beim höchsten Einkommen, gerechnet wird mit der Summe."""
    net = reached.cents("pf_netto")
    further, place_of = inputs["pf_weiteres_einkommen"].copy(), inputs["pf_grundbetrag_bei"].copy()
    for place, group in partners.items():
        others = [other for other in group if other != place]
        further[place] += sum(max(int(net[other]), 0) for other in others)
        main = max(group, key=lambda at: (int(net[at]), -lines[at].beschaeftigung_id))
        place_of[place] = GRUNDBETRAG_BEI.index("hier" if place == main else "andernorts")
    return {"pf_weiteres_einkommen": further, "pf_grundbetrag_bei": place_of}


def _share(debtors: Schuldner, konten: Konten, places: list[int], reached: Result, used: dict[str, Any],
           faults: dict[int, str], months: int, done: Verteilt) -> None:
    """Eine Person: Beschäftigung für Beschäftigung, die mit dem höchsten Netto zuerst; was sie gibt, ist getilgt."""
    lines, month = debtors.zeilen, debtors.month
    wrong = next((f"{lines[p].name}: {faults[p]}" for p in places if p in faults), None) or next(
        (f"{lines[p].name}: {lines[p].fehlt}" for p in places if lines[p].fehlt), None)
    if wrong:
        done.failed |= dict.fromkeys({lines[p].row for p in places}, wrong)
        return
    net = reached.cents("pf_netto")
    jobs: dict[int, list[int]] = defaultdict(list)
    for place in places:
        jobs[lines[place].row].append(place)
        done.netto[lines[place].row] = int(net[place])
    if len(jobs) > 1 and not all(lines[p].claim.zusammenrechnung for p in places if lines[p].claim.nummer != POSTEN):
        done.getrennt |= {*jobs}
    for row in sorted(jobs, key=lambda r: (-done.netto[r], r)):
        own = jobs[row]
        owed = {p: _owed(konten, lines[p]) for p in own}
        try:
            shares = verteile([forderung(lines[p], int(reached.cents("pf_reichweite")[p]), owed[p]) for p in own],
                              debtors.tag[row], vorpfaendung_monate=months)
        except (VerteilungFehler, InputError) as error:
            done.failed |= dict.fromkeys({*jobs}, str(error))
            return
        for place, share in zip(own, shares, strict=True):
            line = lines[place]
            konten.given[line.person_id, line.claim.nummer] += share.cents if line.claim.nummer else 0
            done.anteile.append(_anteil(line, month, place, share, owed[place], reached, used))


def _owed(konten: Konten, line: Zeile) -> int | None:
    if line.claim.nummer == POSTEN:
        return int(line.claim.hauptforderung_cent)
    return konten.owed(line.person_id, line.claim, month_end(konten.month))


def _anteil(line: Zeile, month: date, place: int, share: Zuteilung, owed: int | None, reached: Result,
            used: dict[str, Any]) -> Anteil:
    reach = int(reached.cents("pf_reichweite")[place])
    origin = {name: int(reached.cents(name)[place]) for name in VALUES}
    origin |= {name: _of(values, place) for name, values in used.items() if name.startswith("pf_")}
    origin |= {name: _of(used[name], place) for name in GIVEN if name in used}
    above = max(reach - owed, 0) if owed is not None else 0
    if share.verbleib != NICHTS:
        origin |= {"pf_nicht_geschuldet": above, "pf_vorrang_anderer": reach - above - share.cents}
    assert ORDINARY in origin
    return Anteil(line, month, reach, share, owed, origin)


def _of(values: Any, place: int) -> int:
    column = np.asarray(values)
    return int(column[place] if column.ndim else column)
