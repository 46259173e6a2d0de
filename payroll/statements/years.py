"""Jahresblick aus ausgestellten Abrechnungen: je Monat Brutto, Steuern, Sozialversicherung, Netto, Auszahlung.

Gezählt wird, was auf den Abrechnungen steht, je Monat die letzte Fassung; eine Nachzahlung zählt in dem Monat, in dem
sie gezahlt wurde (Zufluss, § 11 Abs. 1 EStG), wie bei der Lohnsteuerbescheinigung.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date

from payroll.statements.assemble import TAXES
from payroll.statements.payslip import Payslip

PENSION = frozenset({"zv_an"})


@dataclass(frozen=True)
class Sums:
    """Beträge in Cent; netto = brutto − steuern − versicherung − zusatzversorgung."""

    brutto: int = 0
    steuern: int = 0
    versicherung: int = 0
    zusatzversorgung: int = 0
    netto: int = 0
    auszahlung: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class MonthSums:
    """Ein Monat mit seinen Beträgen."""

    monat: date
    sums: Sums


def of_slip(slip: Payslip) -> Sums:
    """Die Beträge einer Abrechnung; jeder gesetzliche Abzug zählt genau einmal."""
    taxes = sum(one.betrag for one in slip.deductions if one.art in TAXES)
    pension = sum(one.betrag for one in slip.deductions if one.art in PENSION)
    return Sums(slip.gesamtbrutto, taxes, slip.abzuege - taxes - pension, pension, slip.netto, slip.auszahlung)


def of_months(slips: Iterable[Payslip]) -> list[MonthSums]:
    """Je Monat eine Zeile, der früheste zuerst; mehrere Abrechnungen eines Monats zählen zusammen."""
    months: dict[date, Sums] = {}
    for slip in slips:
        months[slip.period.monat] = months.get(slip.period.monat, Sums()) + of_slip(slip)
    return [MonthSums(month, sums) for month, sums in sorted(months.items())]


def total(months: Iterable[MonthSums]) -> Sums:
    """Summe des Jahres."""
    return sum((one.sums for one in months), Sums())
