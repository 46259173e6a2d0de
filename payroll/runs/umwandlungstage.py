"""Umwandlungstage des Sozial- und Erziehungsdienstes: ihr Wert kürzt die SuE-Zulage, wenn nötig über mehrere Monate.

Was frühere Monate schon abgezogen haben, wird aus den Tatsachen neu gerechnet und nicht gelesen: so kürzen Lauf und
Rückrechnung dasselbe, gleich in welcher Folge sie laufen. Gelesen wird nur, wenn es einen Umwandlungstag gibt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from payroll.law.calculate import law_of
from payroll.law.engine import evaluate
from payroll.law.rules.entgelt.laufzeit import monatserster, plus_monate
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.load import shape
from payroll.masterdata.slices.tarifzulagen import Anlass
from payroll.masterdata.slices.zeitraum import Zeitraum
from payroll.runs.books import book_for
from payroll.runs.pricing import Prices, price
from payroll.runs.zeilen import Zeile
from tenants.db.session import TenantSession

LOHNART, TEXT, REGEL, WERT = "1102", "Kürzung SuE-Zulage Umwandlungstag", "umwandlung_kuerzung", "stundenentgelt_betrag"
ZULAGE = ("1100", "1101")
SLICE = ("tarifwerk", "entgeltgruppe", "stufe", "wochenstunden", "vollzeitstunden")
HOECHSTENS = 2  # a calendar year
DAY = timedelta(days=1)
Carry = dict[int, int]


def reduce_allowances(session: TenantSession, facts: MonthFacts, prices: Prices) -> None:
    """Kürzt die SuE-Zulage des Monats; was bleibt, kürzt die folgenden."""
    taken = facts.tarif.umwandlung
    if not taken:
        return
    jobs = {int(facts.cases["beschaeftigung_id"][row]): days for row, days in taken.items()}
    carry = _before(session, facts, jobs)
    for row in taken:
        number = int(facts.cases["beschaeftigung_id"][row])
        facts.findings += _too_many(facts, row, taken[row])
        left = _reduce(facts, prices, row, carry[number], _of_month(taken[row], facts.month))
        facts.findings += _left(facts, row, left, _allowance(prices, row), taken[row][0].beginn)


def _before(session: TenantSession, facts: MonthFacts, jobs: Mapping[int, Sequence[Anlass]]) -> Carry:
    """Was am Ersten des Monats von früheren Umwandlungstagen noch offen ist, je Beschäftigung in Cent."""
    carry = dict.fromkeys(jobs, 0)
    first = min(monatserster(one.tag) for days in jobs.values() for one in days)
    if first >= facts.month:
        return carry
    span = Zeitraum(session, first, facts.month - DAY, facts.known_at, sorted(jobs))
    month = first
    while month < facts.month:
        past = shape(session, span.month(month), facts.known_at)
        paid = price(past)
        for row, number in enumerate(np.asarray(past.cases.get("beschaeftigung_id", ())).tolist()):
            worth = sum(_value(past, row, one) or 0 for one in _of_month(jobs[number], month))
            carry[number] += worth
            carry[number] -= min(carry[number], _allowance(paid, row))
        month = plus_monate(month, 1)
    return carry


def _of_month(days: Sequence[Anlass], month: date) -> list[Anlass]:
    return [one for one in days if monatserster(one.tag) == month]


def _reduce(facts: MonthFacts, prices: Prices, row: int, carried: int, days: list[Anlass]) -> int:
    """Trägt die Kürzung ein; gibt zurück, was offen bleibt."""
    worth = [_value(facts, row, one) for one in days]
    facts.findings += [_no_grade(facts, row, one) for one, cents in zip(days, worth, strict=True) if cents is None]
    priced = [(one, cents) for one, cents in zip(days, worth, strict=True) if cents is not None]
    total, allowance = carried + sum(cents for _, cents in priced), _allowance(prices, row)
    amount = min(total, allowance)
    if not amount:
        return total
    # The last day of the month is priced in the line itself, what came before it is carried into it.
    last = priced[-1] if priced else None
    given = _slice(facts, row, last[0].tag.day if last else None) | {
        "stunden": last[0].menge if last else 0, "umwandlung_uebertrag": total - (last[1] if last else 0),
        "sue_zulage_gezahlt": allowance}
    prices.inputs["zulagen"][row] -= amount
    marks = next(line.merkmale for line in prices.lines[row] if line.lohnart in ZULAGE)
    prices.lines[row].append(Zeile("bezug", LOHNART, TEXT, _detail(days, total - amount), marks, -amount,
                                   ("entgelt", REGEL, [given])))
    return total - amount


def _detail(days: Sequence[Anlass], left: int) -> str:
    words = ", ".join(f"{one.tag:%d.%m.%Y}" for one in days) or "Übertrag"
    return words + (f"; offen {_euro(left)}" if left else "")


def _allowance(prices: Prices, row: int) -> int:
    """SuE-Zulage des Monats, abgeleitet oder eingegeben."""
    return max(sum(line.betrag for line in prices.lines.get(row, ()) if line.lohnart in ZULAGE), 0)


def _value(facts: MonthFacts, row: int, one: Anlass) -> int | None:
    """Wert eines Umwandlungstags nach dem Stundenentgelt an diesem Tag; None ohne Eingruppierung."""
    given = _slice(facts, row, one.tag.day)
    if not given:
        return None
    columns = {name: np.array([value], dtype=np.int64) for name, value in (given | {"stunden": one.menge}).items()}
    law = law_of(facts.month, book_for(facts.tarif.overlays, "entgelt"))
    return int(evaluate(law, columns, (WERT,)).cents(WERT)[0])


def _slice(facts: MonthFacts, row: int, day: int | None) -> dict[str, int]:
    """Die Eingruppierung eines Tages, ohne Tag die letzte des Monats."""
    found: dict[str, int] = {}
    for i in _places(facts, row):
        if day is None or facts.slices["von_tag"][i] <= day <= facts.slices["bis_tag"][i]:
            found = {name: int(facts.slices[name][i]) for name in SLICE}
    return found


def _places(facts: MonthFacts, row: int) -> Iterator[int]:
    return (i for i, place in enumerate(facts.slices.get("beschaeftigung_row", ())) if place == row)


def _finding(facts: MonthFacts, row: int, rule: str, remedy: str) -> Finding:
    return Finding(f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})", "anlasszahlung",
                   rule, remedy, False, int(facts.cases["beschaeftigung_id"][row]))


def _no_grade(facts: MonthFacts, row: int, one: Anlass) -> Finding:
    return _finding(facts, row, f"Umwandlungstag am {one.tag:%d.%m.%Y}: an diesem Tag gilt keine Eingruppierung, sein "
                    "Wert steht nicht fest (Anlage zu § 52 TVöD-BT-V)", "Tag oder Eingruppierung berichtigen")


def _too_many(facts: MonthFacts, row: int, days: Sequence[Anlass]) -> Iterator[Finding]:
    own = [one for one in days if one.tag.year == facts.month.year]
    if len(own) > HOECHSTENS and own[-1].tag >= facts.month:
        yield _finding(facts, row, f"{len(own)} Umwandlungstage in {facts.month.year}; umwandeln lassen sich höchstens "
                       f"{HOECHSTENS} (Anlage zu § 52 TVöD-BT-V)", "überzählige Tage zurücknehmen")


def _left(facts: MonthFacts, row: int, left: int, allowance: int, austritt: date | None) -> Iterator[Finding]:
    """Ohne Zulage oder mit dem Austritt bleibt ein Rest, den keine Zulage mehr trägt."""
    if left and not allowance:
        yield _finding(facts, row, f"Umwandlungstage kürzen nur die SuE-Zulage; im {facts.month:%m/%Y} steht keine zu, "
                       f"{_euro(left)} bleiben offen (Anlage zu § 52 TVöD-BT-V)",
                       "Umwandlungstag oder Eingruppierung prüfen")
    elif left and austritt is not None and austritt < plus_monate(facts.month, 1):
        yield _finding(facts, row, f"Austritt mit {_euro(left)} offener Kürzung aus Umwandlungstagen; die SuE-Zulage "
                       "trägt sie nicht mehr (Anlage zu § 52 TVöD-BT-V)", "Rest mit der Person klären")


def _euro(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d} €"
