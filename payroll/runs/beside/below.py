"""Unter dem Netto: Raten von Vorschuss und Darlehen, im Dezember der Jahresausgleich; was davon gespeichert wird.

Was ein abgeschlossener Monat einbehalten oder erstattet hat, bleibt bei einer Rückrechnung, wie es war.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from payroll.law.engine import Result
from payroll.masterdata.slices import MonthFacts
from payroll.runs.beside import equalise, loans
from payroll.runs.beside.loans import Stand
from payroll.runs.beside.models import Drittzahlung, Verrechnung
from payroll.runs.beside.third import Zahlung, plain_origin
from payroll.runs.findings import Befund
from payroll.runs.insgesamt import Ausgleich
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.pricing import Zeile
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession

LINES = {
    "vorschuss": ("4501", "Vorschuss, Rate"),
    "darlehen": ("4511", "Darlehen, Rate"),
    "ueberzahlung": ("4505", "Überzahlung, Rate"),
    "jahresausgleich_lohnsteuer": ("4007", "Jahresausgleich, Lohnsteuer"),
    "jahresausgleich_soli": ("4007", "Jahresausgleich, Solidaritätszuschlag"),
    "jahresausgleich_kirchensteuer": ("4007", "Jahresausgleich, Kirchensteuer"),
}


@dataclass
class Unten:
    """Einbehalte je Zeile (Cent, Erstattungen unter null), Befunde dazu, wer am Jahresausgleich teilnimmt."""

    taken: dict[int, list[loans.Rate]] = field(default_factory=lambda: defaultdict(list))
    befunde: list[Befund] = field(default_factory=list)
    ausgleich: Ausgleich | None = None


def settle(session: TenantSession, facts: MonthFacts, collected: Any, result: Result, stand: Stand) -> Unten:
    """Zieht Raten von der Auszahlung ab; Eingaben, Zeilen und Ergebnis danach passen zusammen."""
    done = Unten()
    loans.settle(session, facts, collected.inputs, result, stand, done.taken, done.befunde)
    done.ausgleich = equalise.settle(session, facts, collected, result, stand, done.taken)
    for row, own in done.taken.items():
        for one in own:
            _take(collected, row, one)
            result.columns["auszahlung"].num[row] -= one.betrag
    return done


def _take(collected: Any, row: int, one: loans.Rate) -> None:
    number, text = LINES[one.art]
    collected.inputs["sonstige_abzuege"][row] += one.betrag
    detail = f"danach offen {loans.euro(one.rest)}" if one.art in loans.ARTEN else ""
    origin = one.herkunft or plain_origin(one.betrag)
    collected.prices.lines[row].append(Zeile("netto", number, text, detail, "", -one.betrag, origin))


def write(session: TenantSession, ids: dict[int, int], done: Unten, thirds: dict[int, list[Zahlung]]) -> None:
    """Speichert Einbehalte und Zahlungen an Dritte der bezahlten Zeilen (ids: Zeile zu Ergebnis)."""
    taken = [(ids[row], one.art, one.laufnummer, one.betrag, one.rest)
             for row, own in done.taken.items() if row in ids for one in own]
    if taken:
        copy_rows(session, Verrechnung, ("ergebnis_id", "art", "laufnummer", "betrag", "rest"), taken)
    paid = [(ids[row], one.vertrag, one.betrag, one.arbeitgeber)
            for row, own in thirds.items() if row in ids for one in own]
    if paid:
        copy_rows(session, Drittzahlung, ("ergebnis_id", "sparvertrag_id", "betrag", "arbeitgeber"), paid)


def keep(session: TenantSession, facts: MonthFacts, collected: Any) -> None:
    """Rückrechnung: der abgeschlossene Monat behält, was er einbehalten und erstattet hat; eine Abfrage."""
    places = {number: row for row, number in enumerate(facts.cases["beschaeftigung_id"].tolist())}
    for number, one in stored(session, facts.month):
        if number in places:
            _take(collected, places[number], one)


def stored(session: TenantSession, month: Any) -> Iterable[tuple[int, loans.Rate]]:
    """Einbehalte eines abgeschlossenen Monats je Beschäftigung."""
    rows = session.execute(
        select(Ergebnis.beschaeftigung_id, Verrechnung.art, Verrechnung.laufnummer, Verrechnung.betrag,
               Verrechnung.rest)
        .join(Ergebnis, Ergebnis.id == Verrechnung.ergebnis_id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat == month)
        .order_by(Ergebnis.beschaeftigung_id, Verrechnung.id)).all()
    return [(row.beschaeftigung_id, loans.Rate(row.art, row.laufnummer, row.betrag, row.rest)) for row in rows]
