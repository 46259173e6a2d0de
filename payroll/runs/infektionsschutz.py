"""Entschädigung nach dem Infektionsschutzgesetz im Lauf: sechs Wochen für die Behörde gezahlt, mit ihren Beiträgen.

Der Verdienstausfall ist der Unterschied zweier Rechnungen desselben Monats, mit und ohne das Entgelt der Tage, ohne
Einmalzahlungen; Zuschläge gehören mit ihrem Tagesdurchschnitt dazu (§ 21 TVöD). Ab der siebten Woche zahlt der
Arbeitgeber nichts; der Lauf nennt, was die Behörde zahlt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net, law_of, month_inputs
from payroll.law.encode import KV_ARTEN, STATUS
from payroll.law.engine import evaluate
from payroll.law.rules.entgelt.fehlzeiten import BEHOERDE, ENTSCHAEDIGUNG
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.ausfall import Ereignis, Ersatz
from payroll.masterdata.slices.findings import Finding
from payroll.runs.books import book_for
from payroll.runs.durchschnitt import averages
from payroll.runs.zeilen import Zeile
from tenants.db.session import TenantSession

Inputs = dict[str, Any]
Piece = tuple[int, Ersatz]
LOHNART, TEXT = "1508", "Entschädigung nach dem Infektionsschutzgesetz"
NICHT_PFLICHTIG = (KV_ARTEN.index("freiwillig"), KV_ARTEN.index("privat"))
OHNE_EINMALIGES = {"einmalzahlung": 0, "sonstige_abzuege": 0, "vwl_sparbetrag": 0}


@dataclass
class Tage:
    """Tage eines Falls im Monat und der Tagesdurchschnitt (Cent) dafür: in den ersten sechs Wochen, danach, und von den
    ersten die mit Tätigkeitsverbot.
    """

    zahl: list[int] = field(default_factory=lambda: [0, 0, 0])
    durchschnitt: list[int] = field(default_factory=lambda: [0, 0, 0])


def compensate(session: TenantSession, pieces: Sequence[Piece], facts: MonthFacts, inputs: Inputs,
               prices: Any) -> None:
    """Trägt Entschädigung und Entgelt der Beiträge ein, Zeile und Befund dazu."""
    days = _days(session, [one for one in pieces if one[1].leistung in (ENTSCHAEDIGUNG, BEHOERDE)], facts)
    if not days:
        return
    rows = sorted(days)
    given = _losses(rows, days, facts, inputs, prices)
    names = ("ifsg_ausgefallenes_entgelt", "ifsg_entschaedigung", "ifsg_entschaedigung_spaeter")
    first, later = (_entgelt(facts, [one[i] for one in given], names) for i in (0, 1))
    banned = _entgelt(facts, [one[0] | {"ifsg_tage": days[row].zahl[2], "ifsg_unstaendig": days[row].durchschnitt[2]}
                              for row, one in zip(rows, given, strict=True)], names[:1])
    _insure(rows, first[names[0]], banned[names[0]], facts, inputs)
    levies, reduced = _contributions(rows, facts, inputs)
    for i, row in enumerate(rows):
        amount = first[names[1]][i]
        if amount:
            _add(inputs, "steuerfreie_bezuege", row, amount)
            _add(inputs, "ifsg_ausgezahlt", row, amount)
            prices.lines[row].append(Zeile("bezug", LOHNART, TEXT, f"{days[row].zahl[0]} Tage", "FFN", amount,
                                           ("entgelt", names[1], [given[i][0]])))
        facts.findings.extend(_said(facts, row, days[row].zahl, amount, levies[i], later[names[2]][i]))
        facts.findings.extend(_open_questions(facts, row, bool(reduced[i])))


def _days(session: TenantSession, pieces: Sequence[Piece], facts: MonthFacts) -> dict[int, Tage]:
    found: dict[int, Tage] = {}
    events: list[tuple[int, Ereignis]] = []
    parts: list[tuple[int, ...]] = []
    for row, one in pieces:
        own = found.setdefault(row, Tage())
        which = (1,) if one.leistung == BEHOERDE else (0, 2) if one.art == "taetigkeitsverbot" else (0,)
        for part in which:
            own.zahl[part] += len(one.tage)
        days = tuple(facts.month.replace(day=day) for day in sorted(one.tage))
        events.append((row, Ereignis(one.art, one.beginn, facts.month, days)))
        parts.append(which)
    if events:
        at = {id(event): which for (_, event), which in zip(events, parts, strict=True)}
        for row, event, _, amount in averages(session, facts, events):
            for part in at[id(event)]:
                found[row].durchschnitt[part] += amount
    return found


def _losses(rows: list[int], days: dict[int, Tage], facts: MonthFacts, inputs: Inputs,
            prices: Any) -> list[tuple[dict[str, int], dict[str, int]]]:
    """Eingaben des Rechts je Fall: für die Tage der ersten sechs Wochen und für die danach."""
    last = month_inputs(facts.month)["kalendertage_im_monat"]
    given = [tuple({"entgelt_voller_monat": int(prices.full["brutto"][row]), "ifsg_tage": days[row].zahl[i],
                    "ifsg_unstaendig": days[row].durchschnitt[i], "kalendertage_im_monat": last} for i in (0, 1))
             for row in rows]
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


def _contributions(rows: list[int], facts: MonthFacts, inputs: Inputs) -> tuple[list[int], list[int]]:
    """Beiträge für die Behörde (Cent) und ob der Monat nach der Formel des Übergangsbereichs geht."""
    names = ("ifsg_beitraege", "sv_formel_gilt")
    result = gross_to_net(facts.month, _own(rows, inputs), names)
    levies, reduced = (result.cents(name).tolist() for name in names)
    return levies, reduced


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


def _open_questions(facts: MonthFacts, row: int, reduced: bool) -> Iterator[Finding]:
    who = f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})"
    number = int(facts.cases["beschaeftigung_id"][row])
    if reduced:
        yield Finding(
            who, "fehlzeit", "Entschädigung im Übergangsbereich: gerechnet nach dem ganzen ausgefallenen Entgelt; "
            "ob die Beiträge darauf ermäßigt sind, ist nicht geklärt (§ 57 IfSG, § 20 Abs. 2a SGB IV)",
            "mit der Krankenkasse klären", False, number)
    if int(facts.cases["kv_art"][row]) in NICHT_PFLICHTIG:
        yield Finding(
            who, "fehlzeit", "nicht versicherungspflichtig: die Aufwendungen für Kranken- und Pflegeversicherung an "
            "diesen Tagen erstattet die Behörde der Person selbst (§ 58 IfSG)",
            "beschäftigte Person auf ihren Antrag bei der Behörde hinweisen", False, number)


def _euro(cents: int) -> str:
    return f"{cents / 100:,.2f} €".translate(str.maketrans(",.", ".,"))


def _add(inputs: Inputs, name: str, row: int, amount: int) -> None:
    if amount:
        if name not in inputs:
            inputs[name] = np.zeros(len(inputs["status"]), dtype=np.int64)
        inputs[name][row] += amount
