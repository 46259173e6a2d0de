"""Vorschuss und Darlehen: Rate des Monats, höchstens was offen ist und was Auszahlung und § 394 BGB lassen.

Wem Unterhalt gewährt wird: die erfassten Unterhaltspflichten, mindestens aber die Kinder unter 25 und, bei Steuerklasse
III bis V, der Ehegatte; so bleibt eher zu viel als zu wenig beim Beschäftigten. Forderungen Dritter gehen vor.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import func, select

from payroll.law.engine import Result
from payroll.law.garnishment import reaches
from payroll.law.rules.nebenleistungen.verrechnung import Abzug, Posten, verrechne
from payroll.masterdata.slices import MonthFacts
from payroll.runs.beside.models import RATEN, Verrechnung
from payroll.runs.findings import Befund
from payroll.runs.models import Ergebnis, Lauf
from tenants.db.session import TenantSession

Column = Any
ARTEN = RATEN
WORDS = {"vorschuss": "Vorschuss", "darlehen": "Darlehen", "ueberzahlung": "Überzahlung"}
# Letter of the Federal Ministry of Finance of 19 May 2015 (IV C 5 - S 2334/07/0009): interest is a benefit above it.
ZINSFREI = 260_000


@dataclass(frozen=True)
class Stand:
    """Wer bezahlt wird (Zeilen), was Forderungen schon nehmen (je Zeile), negativer Vortrag (je Beschäftigung).

    booked: was der Lauf für frühere Monate nachbucht, je Beschäftigung.
    """

    paid: Column
    garnished: dict[int, int]
    carried: dict[int, int]
    booked: Mapping[int, Sequence[Any]]


@dataclass(frozen=True)
class Rate:
    """Was einbehalten (über null) oder erstattet (unter null) wird und was danach offen ist, Cent."""

    art: str
    laufnummer: int
    betrag: int
    rest: int
    herkunft: Any = None


def settle(session: TenantSession, facts: MonthFacts, inputs: dict[str, Column], result: Result, stand: Stand,
           taken: dict[int, list[Rate]], befunde: list[Befund]) -> None:
    """Raten aller Fälle mit offenem Vorschuss oder Darlehen; zwei Abfragen, keine ohne solche Fälle."""
    paid_rows = set(stand.paid.tolist())
    rows = [row for row, own in facts.neben.items() if own.loans and row in paid_rows]
    if not rows:
        return
    paid = repaid(session, facts.month)
    reachable = _reachable(facts, inputs, np.array(rows, dtype=np.int64))
    payout = result.cents("auszahlung")
    for row, limit in zip(rows, reachable, strict=True):
        number = int(facts.cases["beschaeftigung_id"][row])
        claims = {f"{loan.laufnummer}": (loan, _claim(loan, facts.month, paid.get((number, loan.laufnummer), 0)))
                  for loan in facts.neben[row].loans}
        due = {name: claim for name, (_, claim) in claims.items() if claim is not None and claim.offen}
        left = int(payout[row]) + min(stand.carried.get(number, 0), 0)
        closed = verrechne(left, max(limit - stand.garnished.get(row, 0), 0), list(due.values()))
        for one in closed.abzuege:
            loan = claims[one.name][0]
            if one.cents:
                origin = _origin(loan.rate_cent, due[one.name].offen, one.cents)
                taken[row].append(Rate(loan.art, loan.laufnummer, one.cents, one.offen, origin))
            befunde += _remarks(facts, row, number, loan, due[one.name], one)


def _origin(rate: int, open_before: int, taken: int) -> tuple[str, str, list[dict[str, int]]]:
    """Herkunft einer Rate: vereinbart, höchstens was offen ist; begrenzt, wo es weniger wurde."""
    given = {"darlehen_rate": rate, "darlehen_offen": open_before}
    if taken < min(rate, open_before):
        given |= {"darlehen_begrenzt": 1, "darlehen_grenze": taken}
    return "bezuege", "darlehensrate", [given]


def _claim(loan: Any, month: date, paid: int) -> Posten | None:
    """Was der Monat verlangt; vor der ersten Rate nichts."""
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    if loan.erste_rate > last:
        return None
    return Posten(f"{loan.laufnummer}", loan.art, loan.ausgezahlt_am, max(loan.betrag_cent - paid, 0), loan.rate_cent)


def _reachable(facts: MonthFacts, inputs: dict[str, Column], rows: Column) -> list[int]:
    """Pfändbarer Teil des Monats je Fall: weiter reicht eine Aufrechnung nicht (§ 394 BGB)."""
    month = facts.month
    own = {name: np.asarray(values)[rows] for name, values in inputs.items()}
    married = np.isin(own["steuerklasse"], (3, 4, 5)).astype(np.int64)
    children = own.get("kinder_unter_25", np.zeros(rows.size, dtype=np.int64))
    known = np.array([len(facts.dependants.get(int(facts.cases["person_id"][row]), ())) for row in rows.tolist()])
    dependants = np.maximum(married + children, known)
    found, _ = reaches(month, own | {"pf_unterhaltsberechtigte": dependants}, outputs=("pf_pfaendbar",))
    return [int(value) for value in found.cents("pf_pfaendbar")]


def _remarks(facts: MonthFacts, row: int, number: int, loan: Any, due: Posten, one: Abzug) -> list[Befund]:
    record = f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})"
    name = f"{WORDS[loan.art]} {loan.laufnummer}"
    found = []
    if one.grund:
        found.append(Befund(
            "warnung", "auffaellig", record, "darlehen",
            f"{name}: von {euro(due.faellig)} werden {euro(one.cents)} einbehalten, {one.grund}",
            "nichts zu tun, der Rest bleibt offen und wird weiter einbehalten; bei Bedarf die Rate ändern", number))
    if loan.art == "darlehen" and one.offen > ZINSFREI:
        found.append(Befund(
            "hinweis", "auffaellig", record, "darlehen",
            f"{name}: am Monatsende sind {euro(one.offen)} offen, mehr als {euro(ZINSFREI)}; ein Zinsvorteil gegenüber "
            "dem üblichen Zins ist geldwerter Vorteil (§ 8 Abs. 2 Satz 1 EStG; Grenze: BMF-Schreiben vom 19. Mai 2015, "
            "unbestätigt)", "Zinsvorteil ermitteln und als Lohnart 3020 erfassen", number))
    return found


def repaid(session: TenantSession, before: date) -> dict[tuple[int, int], int]:
    """In abgeschlossenen Monaten vor ``before`` einbehalten: Cent je Beschäftigung und Nummer des Darlehens."""
    rows = session.execute(
        select(Ergebnis.beschaeftigung_id, Verrechnung.laufnummer, func.sum(Verrechnung.betrag).label("summe"))
        .join(Ergebnis, Ergebnis.id == Verrechnung.ergebnis_id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat < before, Verrechnung.art.in_(ARTEN))
        .group_by(Ergebnis.beschaeftigung_id, Verrechnung.laufnummer))
    return {(row.beschaeftigung_id, row.laufnummer): int(row.summe) for row in rows}


def euro(cents: int) -> str:
    """Betrag in deutscher Schreibweise."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", ".") + f",{rest:02d} €"
