"""Zulagen des Tarifs je Zeitabschnitt: höherwertige Tätigkeit, Garantiebetrag, individuelle Stufe, erhöhte Stunden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from payroll.law.calculate import law_of, month_inputs
from payroll.law.encode import STATUS
from payroll.law.engine import Fault, evaluate
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.findings import Finding
from payroll.runs.books import book_for
from payroll.runs.derived import Ableitung, detail

# kind: wage type, text, rule of the month, flag of the law that switches it on
ZULAGEN = {
    "hoeherwertig": ("1107", "Persönliche Zulage höherwertige Tätigkeit", "zulage_hoeherwertig", "hoeherwertig"),
    "garantie": ("1006", "Garantiebetrag Höhergruppierung", "garantie_zulage", "hoehergruppiert"),
    "individuell": ("1003", "Individuelle Zwischen- oder Endstufe", "individuelle_stufe", ""),
    "erhoeht": ("1005", "Zuschlag erhöhte Arbeitszeit", "erhoehungszuschlag", "arbeitszeit_erhoeht"),
}
SLICE = ("tarifwerk", "entgeltgruppe", "stufe", "wochenstunden", "vollzeitstunden")
OWN = ("hoehere_gruppe", "gruppe_bisher", "stufe_bisher", "individuelle_stufe_betrag")


def allowances(facts: MonthFacts, faults: list[tuple[int, Fault]]) -> Iterator[Ableitung]:
    """Alle Zulagen des Monats in einer Rechnung; ein zweiter Blick auf den vollen Monat gibt das Regelmäßige."""
    for kind, (number, text, name, flag) in ZULAGEN.items():
        rows = [row for row in facts.tarif.zulagen if row["art"] == kind]
        if not rows:
            continue
        given = [_inputs(facts, row, flag) for row in rows]
        law = law_of(facts.month, book_for(facts.tarif.overlays, "entgelt"))
        names = tuple(given[0])
        columns = {name: np.array([one[name] for one in given], dtype=np.int64) for name in names}
        result = evaluate(law, columns, (name,))
        whole = evaluate(law, columns | _whole(facts, columns), (name,)).cents(name)
        faults += [(int(rows[fault.row]["beschaeftigung_row"]), fault) for fault in result.faults]
        latest = {row["beschaeftigung_row"]: i for i, row in enumerate(rows)}
        for i, amount in enumerate(result.cents(name).tolist()):
            row = rows[i]
            place = row["beschaeftigung_row"]
            full = int(whole[i]) if latest[place] == i else 0
            if kind == "hoeherwertig" and not int(whole[i]):
                facts.findings.append(_no_gain(facts, row))
            if amount or full:
                yield Ableitung(place, number, text, detail(facts, row, row["text"]), _marks(facts, place), True,
                                amount, full, ("entgelt", name, [given[i]]))


def _inputs(facts: MonthFacts, row: dict[str, Any], flag: str) -> dict[str, int]:
    place, first, last = row["beschaeftigung_row"], row["von_tag"], row["bis_tag"]
    days = last - first + 1 - facts.lost(place, first, last)
    given = {name: int(row[name]) for name in SLICE} | {name: int(row[name]) for name in OWN if name in row}
    given |= {"tage": days, "kalendertage_im_monat": month_inputs(facts.month)["kalendertage_im_monat"]}
    if flag:
        given[flag] = 1
    return given | ({"hoehere_tage": days} if flag == "hoeherwertig" else {})


def _whole(facts: MonthFacts, columns: dict[str, Any]) -> dict[str, Any]:
    days = columns["kalendertage_im_monat"]
    return {name: days for name in ("tage", "hoehere_tage") if name in columns}


def _no_gain(facts: MonthFacts, row: dict[str, Any]) -> Finding:
    place = row["beschaeftigung_row"]
    return Finding(f"Personalnummer {facts.cases['personalnummer'][place]} ({facts.cases['name'][place]})",
                   "hoehere_taetigkeit", f"{row['text']} bringt kein höheres Entgelt als die eigene Gruppe; eine "
                   "Zulage steht nicht zu (§ 14 Abs. 3 TVöD)", "Gruppe der höherwertigen Tätigkeit prüfen", False,
                   int(facts.cases["beschaeftigung_id"][place]))


def _marks(facts: MonthFacts, row: int) -> str:
    tax = "P" if facts.cases["status"][row] == STATUS.index("minijob") else "L"
    return f"{tax}LJ"
