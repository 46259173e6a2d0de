"""Gleitzeitkonto und Urlaub, die der Arbeitgeber auf der Abrechnung haben will (Einstellung konten_auf_abrechnung).

Gelesen wird für alle Beschäftigten in Portionen, mit einer festen Zahl von Abfragen je Portion. Stand ist der letzte
Tag des Monats; wer vorher ausscheidet, hat den Stand seines letzten Tages.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from payroll.masterdata.settings import settings_on
from payroll.runs.zeiten import load_stock
from payroll.statements.payslip import MINUTEN, TAGE, Konto
from tenants.db.session import TenantSession
from timekeeping.imports.judging import Bestand
from timekeeping.leave.account import Stand, accounts
from timekeeping.own.account import balances

HUNDREDTHS = Decimal("0.01")


def read(session: TenantSession, month: date) -> dict[int, tuple[Konto, ...]]:
    """Die Konten je Beschäftigung, die der Arbeitgeber zeigen will; leer, wenn er keine will."""
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    wanted = settings_on(session, last).konten_auf_abrechnung
    found: dict[int, list[Konto]] = defaultdict(list)
    if wanted == "keine":
        return {}
    stock = load_stock(session)
    until = _last_days(stock, month, last)
    if wanted in ("gleitzeit", "beide"):
        for job, balance in balances(session, until).items():
            found[job].append(Konto("gleitzeit", f"Gleitzeitkonto am {until[job]:%d.%m.%Y}", Decimal(balance), MINUTEN))
    if wanted in ("urlaub", "beide"):
        for job, state in accounts(session, stock, month.year, last).items():
            if job in until:
                found[job] += _leave(state, until[job])
    return {job: tuple(rows) for job, rows in found.items()}


def _last_days(stock: Bestand, month: date, last: date) -> dict[int, date]:
    """Je Beschäftigung des Monats der letzte Tag, bis zu dem gezählt wird."""
    found = {}
    for one in stock.personen.values():
        if one.besteht(month, last, ganz=False):
            _, end = max((span for span in one.zeitraeume if span[0] <= last), key=lambda span: span[0])
            found[one.id] = min(end or last, last)
    return found


def _leave(state: Stand, day: date) -> Iterator[Konto]:
    if state.konto is None:
        return
    rest = state.konto.rest + state.uebertrag_rest
    for art, text, days, always in (
            ("anspruch", f"Urlaubsanspruch {state.jahr}", state.konto.anspruch.summe, True),
            ("uebertrag", f"Übertrag aus {state.jahr - 1}", state.uebertrag, False),
            ("genommen", f"genommen bis {day:%d.%m.%Y}", state.genommen, True),
            ("geplant", "genehmigt für später", state.geplant, False),
            ("rest", "noch nicht verplant", rest, True)):
        if days or always:
            yield Konto(f"urlaub_{art}", text, _days(days), TAGE)


def _days(days: Fraction) -> Decimal:
    return (Decimal(days.numerator) / Decimal(days.denominator)).quantize(HUNDREDTHS)
