"""Tagesdurchschnitt der unständigen Bezüge (§ 21 TVöD) aus dem, was gezahlt wurde; fällig im zweiten Monat danach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import String, and_, cast, func, select

from payroll.law.calculate import law_of
from payroll.law.engine import evaluate
from payroll.law.rules.entgelt.krankheit import berechnungsmonate
from payroll.law.rules.entgelt.laufzeit import monatserster, plus_monate
from payroll.law.rules.entgelt.werte import fassungen
from payroll.masterdata.arbeitstage import Arbeitstage, arbeitstage
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import BeschaeftigungAngaben, Bezuegezuordnung, Lohnart, LohnartStand
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.ausfall import Ereignis
from payroll.runs.books import book_for
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.zeilen import Zeile
from tenants.db.session import TenantSession

Sums = dict[int, dict[date, int]]
RULE = "fortzahlung_unstaendig"
KINDS = {"krankheit": ("1502", "Tagesdurchschnitt Krankheit"),
         "freistellung": ("1503", "Tagesdurchschnitt Arbeitsbefreiung"),
         "urlaub": ("1501", "Tagesdurchschnitt Urlaub")}


def pay_averages(session: TenantSession, facts: MonthFacts, inputs: dict[str, Any], prices: Any) -> None:
    """Zahlt den Durchschnitt für Ausfalltage vor zwei Monaten; drei Abfragen, wenn es solche gibt."""
    events = [(row, one) for row, absent in facts.tarif.ausfall.items() for one in absent.ereignisse]
    if not events:
        return
    for row, one, own, amount in averages(session, facts, events):
        if amount:
            inputs["zulagen"][row] += amount
            number, text = KINDS[one.art]
            prices.lines[row].append(Zeile("bezug", number, text, f"{own['ausfalltage']} Arbeitstage {one.monat:%m/%Y}",
                                           "LLJ", amount, ("entgelt", RULE, [own])))


def averages(session: TenantSession, facts: MonthFacts,
             events: list[tuple[int, Ereignis]]) -> Iterator[tuple[int, Ereignis, dict[str, int], int]]:
    """Der Tagesdurchschnitt für die Arbeitstage jedes Ereignisses: Eingaben des Rechts und Cent; ohne unständige
    Bezüge in den Berechnungsmonaten kommt es nicht vor. Drei Abfragen.
    """
    book = book_for(facts.tarif.overlays, "entgelt")
    for row, one, own in measured(session, facts, events):
        if own["unstaendig_monate"]:
            columns = {key: np.array([value]) for key, value in own.items()}
            yield row, one, own, int(evaluate(law_of(facts.month, book), columns, (RULE,)).cents(RULE)[0])


def measured(session: TenantSession, facts: MonthFacts,
             events: list[tuple[int, Ereignis]]) -> Iterator[tuple[int, Ereignis, dict[str, int]]]:
    """Die Eingaben des Tagesdurchschnitts je Ereignis: unständige Bezüge der Berechnungsmonate (null Monate ohne
    welche), die Woche am Tag des Ausfalls und die ausgefallenen Arbeitstage. Drei Abfragen.
    """
    numbers = {row: int(facts.cases["beschaeftigung_id"][row]) for row, _ in events}
    since = _since(session, facts, set(numbers.values()))
    sums = _unsteady(session, facts, set(numbers.values()), min(one.beginn for _, one in events))
    book = book_for(facts.tarif.overlays, "entgelt")
    for row, one in events:
        held = since[numbers[row]]
        months = berechnungsmonate(one.beginn, _begin(one, held))
        basis = _basis(one, months, sums.get(numbers[row], {}))
        risen = {key: np.array([basis.pop(key)]) for key in ("unstaendig_vor_erhoehung", "unstaendig_seit_erhoehung")}
        total = evaluate(law_of(one.monat, book), risen, ("unstaendig_angehoben",)).cents("unstaendig_angehoben")
        lost, week = held.woche(one.tage[0] if one.tage else one.beginn).ausfall(one.tage)
        yield row, one, basis | {"unstaendig_summe": int(total[0]), "ausfalltage": lost} | week


def _basis(one: Ereignis, months: list[date], paid: dict[date, int]) -> dict[str, int]:
    """Summen vor und seit der letzten allgemeinen Erhöhung in den Berechnungsmonaten oder bis zum Ausfall."""
    rise = max((version.ab for version in fassungen("entgelterhoehung_satz") if months and
                months[0] < version.ab <= one.monat), default=date.min)
    before = sum(paid.get(month, 0) for month in months if month < rise)
    total = sum(paid.get(month, 0) for month in months)
    return {"unstaendig_vor_erhoehung": before, "unstaendig_seit_erhoehung": total - before,
            "unstaendig_monate": len(months) if total else 0}


@dataclass(frozen=True)
class _Seit:
    """Eintritt, Tage mit neuen Wochenstunden und die Arbeitstage der Woche, je nach ihrem ersten Tag."""

    eintritt: date
    stunden: tuple[date, ...]
    wochen: tuple[tuple[date, str | None], ...]

    def woche(self, day: date) -> Arbeitstage:
        """Die Arbeitstage der Woche an einem Tag."""
        return arbeitstage(next((value for since, value in reversed(self.wochen) if since <= day), None))


def _begin(one: Ereignis, held: _Seit) -> date:
    """Ab wann Monate zählen: seit dem Eintritt und der letzten Änderung der Stunden bis zum Monat des Ausfalls.

    Eine Änderung, die erst im Ausfall beginnt, lässt die Monate davor stehen: nach ihr liegt keiner mehr vor ihm.
    """
    return max([held.eintritt, *(day for day in held.stunden if day <= monatserster(one.beginn))])


def _since(session: TenantSession, facts: MonthFacts, numbers: set[int]) -> dict[int, _Seit]:
    """Eintritt je Beschäftigung, die Tage, von denen an sie andere Wochenstunden hat als vorher, und ihre Wochen."""
    entries = {row.beschaeftigung_id: row.eintritt for row in session.execute(
        select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.eintritt)
        .where(known(BeschaeftigungAngaben, facts.known_at), within(BeschaeftigungAngaben, facts.month, facts.month),
               BeschaeftigungAngaben.beschaeftigung_id.in_(numbers)))}
    held: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(
            select(Bezuegezuordnung.beschaeftigung_id, Bezuegezuordnung.valid_from, Bezuegezuordnung.wochenstunden,
                   Bezuegezuordnung.arbeitstage_woche)
            .where(known(Bezuegezuordnung, facts.known_at), Bezuegezuordnung.beschaeftigung_id.in_(numbers),
                   Bezuegezuordnung.valid_from < plus_monate(facts.month, 1))
            .order_by(Bezuegezuordnung.valid_from)):
        held[row.beschaeftigung_id].append(row)
    return {number: _Seit(entries.get(number, date.min), tuple(
        row.valid_from for at, row in enumerate(own) if not at or own[at - 1].wochenstunden != row.wochenstunden),
        tuple((row.valid_from, row.arbeitstage_woche) for row in own))
        for number in numbers for own in (held.get(number, []),)}


def _unsteady(session: TenantSession, facts: MonthFacts, numbers: set[int], event: date) -> Sums:
    """Unständige Bezüge der abgeschlossenen Monate: Lohnarten, die nach dem Katalog in den Durchschnitt gehen.

    event: der früheste Ausfall; gelesen wird von drei Monaten vor ihm an.
    """
    earliest = min(plus_monate(facts.month, -9), plus_monate(monatserster(event), -3))
    stand = and_(LohnartStand.lohnart_id == Lohnart.id, known(LohnartStand, facts.known_at),
                 within(LohnartStand, facts.month, facts.month), LohnartStand.durchschnitt == "durchschnitt")
    wanted = select(cast(Lohnart.nummer, String)).join(LohnartStand, stand)
    rows = session.execute(
        select(Ergebnis.beschaeftigung_id, Ergebnis.monat, func.sum(Ergebniszeile.betrag).label("betrag"))
        .join(Lauf, Lauf.id == Ergebnis.lauf_id).join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
        .where(Lauf.zustand == "abgeschlossen", Ergebnis.beschaeftigung_id.in_(numbers), Ergebnis.monat < facts.month,
               Ergebnis.monat >= earliest, Ergebniszeile.bereich == "bezug",
               Ergebniszeile.lohnart.in_(wanted))
        .group_by(Ergebnis.beschaeftigung_id, Ergebnis.monat))
    found: Sums = defaultdict(dict)
    for row in rows:
        found[row.beschaeftigung_id][row.monat] = int(row.betrag)
    return found
