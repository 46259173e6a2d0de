"""Entschädigung nach dem Infektionsschutzgesetz im Lauf: sechs Wochen für die Behörde gezahlt, mit ihren Beiträgen.

Der Verdienstausfall ist der Unterschied zweier Rechnungen desselben Monats, mit und ohne das Entgelt der Tage, ohne
Einmalzahlungen. Ab der siebten Woche zahlt der Arbeitgeber nichts; der Lauf nennt, was die Behörde zahlt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net, law_of, month_inputs
from payroll.law.encode import STATUS
from payroll.law.engine import evaluate
from payroll.law.rules.entgelt.fehlzeiten import BEHOERDE, ENTSCHAEDIGUNG
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.ausfall import Ersatz
from payroll.masterdata.slices.findings import Finding
from payroll.runs.books import book_for
from payroll.runs.zeilen import Zeile

Inputs = dict[str, Any]
Piece = tuple[int, Ersatz]
LOHNART, TEXT = "1508", "Entschädigung nach dem Infektionsschutzgesetz"
OHNE_EINMALIGES = {"einmalzahlung": 0, "sonstige_abzuege": 0, "vwl_sparbetrag": 0}


def compensate(pieces: Sequence[Piece], facts: MonthFacts, inputs: Inputs, prices: Any) -> None:
    """Trägt Entschädigung und Entgelt der Beiträge ein, Zeile und Befund dazu."""
    days: dict[int, list[int]] = {}
    bans: dict[int, int] = {}
    for row, one in pieces:
        if one.leistung in (ENTSCHAEDIGUNG, BEHOERDE):
            own = days.setdefault(row, [0, 0])
            own[one.leistung == BEHOERDE] += len(one.tage)
            if one.leistung == ENTSCHAEDIGUNG and one.art == "taetigkeitsverbot":
                bans[row] = bans.get(row, 0) + len(one.tage)
    if not days:
        return
    rows = sorted(days)
    given = _losses(rows, days, facts, inputs, prices)
    names = ("ifsg_ausgefallenes_entgelt", "ifsg_entschaedigung", "ifsg_entschaedigung_spaeter")
    first, later = (_entgelt(facts, [one[i] for one in given], names) for i in (0, 1))
    banned = _entgelt(facts, [one[0] | {"ifsg_tage": bans.get(row, 0)} for row, one in zip(rows, given, strict=True)],
                      names[:1])
    _insure(rows, first[names[0]], banned[names[0]], facts, inputs)
    levies = _contributions(rows, facts, inputs)
    for i, row in enumerate(rows):
        amount = first[names[1]][i]
        if amount:
            _add(inputs, "steuerfreie_bezuege", row, amount)
            prices.lines[row].append(Zeile("bezug", LOHNART, TEXT, f"{days[row][0]} Tage", "FFN", amount,
                                           ("entgelt", names[1], [given[i][0]])))
        facts.findings.extend(_said(facts, row, days[row], amount, levies[i], later[names[2]][i]))


def _losses(rows: list[int], days: dict[int, list[int]], facts: MonthFacts, inputs: Inputs,
            prices: Any) -> list[tuple[dict[str, int], dict[str, int]]]:
    """Eingaben des Rechts je Fall: für die Tage der ersten sechs Wochen und für die danach."""
    last = month_inputs(facts.month)["kalendertage_im_monat"]
    given = [tuple({"entgelt_voller_monat": int(prices.full["brutto"][row]), "ifsg_tage": days[row][i],
                    "kalendertage_im_monat": last} for i in (0, 1)) for row in rows]
    name = "ifsg_ausgefallenes_entgelt"
    lost = [_entgelt(facts, [one[i] for one in given], (name,))[name] for i in (0, 1)]
    nets = [_net(rows, facts, inputs, extra) for extra in (
        [0] * len(rows), lost[0], [a + b for a, b in zip(*lost, strict=True)])]
    return [(one[0] | {"ifsg_netto_soll": nets[1][i], "ifsg_netto_ist": nets[0][i]},
             one[1] | {"ifsg_netto_soll": nets[2][i], "ifsg_netto_ist": nets[1][i]}) for i, one in enumerate(given)]


def _net(rows: list[int], facts: MonthFacts, inputs: Inputs, extra: list[int]) -> list[int]:
    own = _own(rows, inputs) | OHNE_EINMALIGES
    own["brutto"] = own["brutto"] + np.array(extra, dtype=np.int64)
    result = gross_to_net(facts.month, own, ("netto", "zv_an"))
    net: list[int] = (result.cents("netto") + result.cents("zv_an")).tolist()
    return net


def _insure(rows: list[int], lost: list[int], banned: list[int], facts: MonthFacts, inputs: Inputs) -> None:
    """Ausgefallenes Entgelt und davon das der Tage mit Tätigkeitsverbot (§ 57 Abs. 1, 2)."""
    for row, amount, part in zip(rows, lost, banned, strict=True):
        if facts.cases["status"][row] != STATUS.index("minijob"):
            _add(inputs, "ifsg_entgelt", row, amount)
            _add(inputs, "ifsg_entgelt_verbot", row, part)


def _contributions(rows: list[int], facts: MonthFacts, inputs: Inputs) -> list[int]:
    name = "ifsg_beitraege"
    levies: list[int] = gross_to_net(facts.month, _own(rows, inputs), (name,)).cents(name).tolist()
    return levies


def _own(rows: list[int], inputs: Inputs) -> Inputs:
    which = np.array(rows, dtype=np.int64)
    return {name: np.asarray(values)[which] for name, values in inputs.items()}


def _entgelt(facts: MonthFacts, given: list[dict[str, int]], names: tuple[str, ...]) -> dict[str, list[int]]:
    columns = {name: np.array([one[name] for one in given], dtype=np.int64) for name in given[0]}
    result = evaluate(law_of(facts.month, book_for(facts.tarif.overlays, "entgelt")), columns, names)
    return {name: result.cents(name).tolist() for name in names}


def _said(facts: MonthFacts, row: int, days: list[int], amount: int, levies: int, later: int) -> list[Finding]:
    who = f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})"
    number = int(facts.cases["beschaeftigung_id"][row])
    found = []
    if days[0]:
        found.append(Finding(
            who, "fehlzeit", f"Entschädigung nach § 56 IfSG für {days[0]} Tage: {_euro(amount)} für die Behörde gezahlt"
            f", dazu {_euro(levies)} Beiträge und Umlage ohne Abzug vom Beschäftigten (§ 57 IfSG)",
            "Erstattung binnen zwei Jahren bei der Behörde beantragen (§ 56 Abs. 5 und 11 IfSG)", False, number))
    if days[1]:
        found.append(Finding(
            who, "fehlzeit", f"{days[1]} Tage nach der sechsten Woche: die Behörde zahlt auf Antrag {_euro(later)} "
            "(67 % des Verdienstausfalls, höchstens 2.016 Euro im Monat, § 56 Abs. 2 IfSG)",
            "beschäftigte Person auf ihren Antrag bei der Behörde hinweisen", False, number))
    return found


def _euro(cents: int) -> str:
    return f"{cents / 100:,.2f} €".translate(str.maketrans(",.", ".,"))


def _add(inputs: Inputs, name: str, row: int, amount: int) -> None:
    if amount:
        if name not in inputs:
            inputs[name] = np.zeros(len(inputs["status"]), dtype=np.int64)
        inputs[name][row] += amount
