"""Sterbegeld an Hinterbliebene: aus den letzten Bezügen der verstorbenen Person, mit den Merkmalen der Empfangenden.

Steuerlich ein Versorgungsbezug der Hinterbliebenen und sonstiger Bezug (§ 19 Abs. 2 EStG, R 19.8, 19.9 LStR), ohne
Beiträge, weil es kein Entgelt aus einer Beschäftigung ist (§ 14 SGB IV), und nicht zusatzversorgungspflichtig. Gefragt
wird die Datenbank nur, wenn im Monat jemand Sterbegeld empfängt. Was nach dem Tod zu viel gezahlt wurde, bleibt
Forderung gegen die Erben; es mindert das Sterbegeld nicht.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select

from payroll.law.calculate import law_of, month_inputs
from payroll.law.encode import STATUS
from payroll.law.engine import evaluate
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, PersonAngaben
from payroll.masterdata.slices import MonthFacts, load_month
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.tarifzulagen import SLICE
from payroll.runs.books import book_for
from payroll.runs.pricing import price
from payroll.runs.zeilen import Herkunft, Zeile
from tenants.db.session import TenantSession

RUHEND = ("elternzeit", "sonderurlaub", "sonderurlaub_dienstlich", "rente_auf_zeit", "pflegezeit")
SPALTEN = ("vbs", "sterbe", "vjahr")


@dataclass(frozen=True)
class Tod:
    """Eine verstorbene Person: ihre Beschäftigung, der Todestag, wer Sterbegeld für sie empfängt (Nummern)."""

    beschaeftigung_id: int
    am: date | None
    empfangende: frozenset[int]


@dataclass(frozen=True)
class Sterbegeld:
    """Betrag in Cent, Lohnart, Merkmale der Zeile und Herkunft; oder der Grund, warum keines zusteht."""

    betrag: int = 0
    lohnart: str = ""
    merkmale: str = ""
    herkunft: Herkunft | None = None
    grund: str = ""


def pay_death_grants(session: TenantSession, facts: MonthFacts, inputs: dict[str, Any], prices: Any) -> None:
    """Trägt das Sterbegeld als sonstigen Bezug ein; was nicht zusteht, wird Befund und nicht gezahlt."""
    rows = [row for row in survivors(facts) if int(facts.cases["eintritt_tag"][row]) // 100 == this_month(facts)]
    if not rows:
        return
    dead = _dead(session, facts, {str(facts.cases["verstorbene"][row]) for row in rows})
    grants = _grants(session, facts, dead)
    for name in SPALTEN:
        inputs[name] = np.zeros(facts.size, dtype=np.int64)
    for row in rows:
        number = str(facts.cases["verstorbene"][row])
        found = _entitled(facts, row, number, dead.get(number), grants)
        if found.grund:
            facts.findings.append(_not_paid(facts, row, found.grund))
            continue
        died = dead[number].am
        assert died is not None
        inputs["einmalzahlung"][row] += found.betrag
        inputs["zv_frei"][row] += found.betrag
        for name, value in zip(SPALTEN, (found.betrag, found.betrag, died.year), strict=True):
            inputs[name][row] += value
        prices.lines[row].append(Zeile("bezug", found.lohnart, "Sterbegeld", f"nach dem Tod am {died:%d.%m.%Y}",
                                       found.merkmale, found.betrag, found.herkunft))


def survivors(facts: MonthFacts) -> list[int]:
    """Zeilen der Hinterbliebenen."""
    return np.flatnonzero(np.asarray(facts.cases.get("status", ())) == STATUS.index("hinterbliebene")).tolist()


def this_month(facts: MonthFacts) -> int:
    """Der Monat als JJJJMM."""
    return facts.month.year * 100 + facts.month.month


def mark_back_pay(session: TenantSession, facts: MonthFacts, inputs: dict[str, Any], amounts: dict[int, int]) -> None:
    """Nachgezahltes Sterbegeld (Cent je Zeile) ist Versorgungsbezug wie das erste, mit dem Jahr des Todes (§ 19 EStG).
    """
    rows = [row for row in survivors(facts) if amounts.get(row, 0) > 0]
    if not rows:
        return
    dead = _dead(session, facts, {str(facts.cases["verstorbene"][row]) for row in rows})
    for name in SPALTEN:
        inputs.setdefault(name, np.zeros(facts.size, dtype=np.int64))
    for row in rows:
        one = dead.get(str(facts.cases["verstorbene"][row]))
        if one is not None and one.am is not None:
            for name, value in zip(SPALTEN, (amounts[row], amounts[row], one.am.year), strict=True):
                inputs[name][row] = value


def _dead(session: TenantSession, facts: MonthFacts, numbers: set[str]) -> dict[str, Tod]:
    """Die Verstorbenen nach Personalnummer; zwei Abfragen."""
    angaben = BeschaeftigungAngaben
    named: dict[str, set[int]] = defaultdict(set)
    for row in session.execute(select(angaben.beschaeftigung_id, angaben.verstorbene)
                               .where(known(angaben, facts.known_at), angaben.verstorbene.in_(numbers))):
        named[row.verstorbene].add(row.beschaeftigung_id)
    rows = session.execute(
        select(Beschaeftigung.id, Beschaeftigung.personalnummer, PersonAngaben.verstorben_am)
        .join(PersonAngaben, PersonAngaben.person_id == Beschaeftigung.person_id)
        .where(known(PersonAngaben, facts.known_at), Beschaeftigung.personalnummer.in_(numbers))
        .order_by(PersonAngaben.valid_from))
    return {row.personalnummer: Tod(row.id, row.verstorben_am, frozenset(named[row.personalnummer])) for row in rows}


def _grants(session: TenantSession, facts: MonthFacts, dead: dict[str, Tod]) -> dict[int, Sterbegeld]:
    """Sterbegeld je Beschäftigung der Verstorbenen, nach dem Recht des Sterbemonats."""
    by_month: dict[date, list[int]] = defaultdict(list)
    for one in dead.values():
        if one.am is not None:
            by_month[one.am.replace(day=1)].append(one.beschaeftigung_id)
    found: dict[int, Sterbegeld] = {}
    for month, jobs in sorted(by_month.items()):
        then = load_month(session, month, facts.known_at, jobs)
        if not then.size:
            continue
        prices = price(then)
        died = {one.beschaeftigung_id: one.am for one in dead.values()}
        for row, job in enumerate(then.cases["beschaeftigung_id"].tolist()):
            found[job] = _grant(then, row, died[job], prices)
    return found


def _grant(then: MonthFacts, row: int, died: Any, prices: Any) -> Sterbegeld:
    status = STATUS[int(then.cases["status"][row])]
    absent = then.tarif.ausfall.get(row)
    if absent is not None and any(one.art in RUHEND and one.von <= died <= one.bis for one in absent.abschnitte):
        return Sterbegeld(grund="das Arbeitsverhältnis hat am Todestag geruht (§ 23 Abs. 3 Satz 1 TVöD)")
    law = law_of(then.month, book_for(then.tarif.overlays, "entgelt"))
    if status == "beamte":
        pay = int(prices.full["brutto"][row])
        return _amount(law, "sterbegeld_beamte", {"dienstbezuege_monat": pay}, "2109", "S-N", then.month)
    slices = [i for i, place in enumerate(then.slices.get("beschaeftigung_row", ())) if place == row]
    if status != "tarif" or not slices:
        return Sterbegeld(grund="Sterbegeld steht nach Beschäftigten mit Tabellenentgelt und nach Beamten zu")
    return _amount(law, "sterbegeld", death_inputs(then, slices[-1], died.day), "1608", "SFN", then.month)


def death_inputs(then: MonthFacts, at: int, day: int) -> dict[str, int]:
    """Eingaben der Regel § 23 Abs. 3 TVöD aus der letzten Scheibe des Sterbemonats."""
    last = month_inputs(then.month)["kalendertage_im_monat"]
    return {name: int(then.slices[name][at]) for name in SLICE} | {
        "sterbetag": day, "tage": last, "kalendertage_im_monat": last}


def _amount(law: Any, name: str, given: dict[str, int], number: str, marks: str, month: date) -> Sterbegeld:
    columns = {key: np.array([value], dtype=np.int64) for key, value in given.items()}
    amount = int(evaluate(law, columns, (name,)).cents(name)[0])
    return Sterbegeld(amount, number, marks, (f"entgelt@{month:%Y-%m}", name, [given]))


def _entitled(facts: MonthFacts, row: int, number: str, dead: Tod | None, grants: dict[int, Sterbegeld]) -> Sterbegeld:
    """Das Sterbegeld dieser Person oder warum es nicht gezahlt wird."""
    if not number or not facts.cases["verhaeltnis"][row]:
        return Sterbegeld(grund="verstorbene Person oder Verhältnis zu ihr ist nicht angegeben")
    if dead is None:
        return Sterbegeld(grund=f"Personalnummer {number} gibt es nicht")
    if dead.am is None:
        return Sterbegeld(grund=f"bei Personalnummer {number} ist kein Todestag erfasst")
    if min(dead.empfangende) != int(facts.cases["beschaeftigung_id"][row]):
        return Sterbegeld(grund="das Sterbegeld ist schon für eine andere Person erfasst; die Zahlung an eine bringt "
                                "die Ansprüche der übrigen zum Erlöschen (§ 23 Abs. 3 Satz 3 TVöD)")
    found = grants.get(dead.beschaeftigung_id, Sterbegeld(grund="im Sterbemonat bestand keine Beschäftigung"))
    if found.lohnart == "1608" and facts.cases["verhaeltnis"][row] == "sonstige":
        return Sterbegeld(grund="Sterbegeld erhalten Ehegatten, Lebenspartner oder Kinder (§ 23 Abs. 3 Satz 1 TVöD)")
    return found


def _not_paid(facts: MonthFacts, row: int, why: str) -> Finding:
    return Finding(f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})", "sterbegeld",
                   f"Sterbegeld wird nicht gezahlt: {why}", "Angaben zur verstorbenen Person und zum Verhältnis prüfen",
                   False, int(facts.cases["beschaeftigung_id"][row]))
