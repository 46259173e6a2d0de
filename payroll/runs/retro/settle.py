"""Wie ein Unterschied gebucht wird: Sozialversicherung nach Entstehung, Steuer und Zusatzversorgung nach Zufluss.

Monate des laufenden Jahres werden als laufender Arbeitslohn in ihrem Monat neu gerechnet (R 39b.5 Abs. 4 LStR).
Betrifft die Nachzahlung ganz oder teilweise ein früheres Jahr, ist sie als Ganzes sonstiger Bezug im Monat der Zahlung
(R 39b.2 Abs. 2 Nr. 8 LStR), die Zusatzversorgung rechnet sie im Monat der Zahlung ab; Beiträge bleiben in ihrem Monat.
Ein unterbliebener Beitragsabzug wird nur bei den nächsten drei Zahlungen nachgeholt (§ 28g SGB IV), sonst trägt ihn der
Arbeitgeber.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from payroll.runs.retro.booking import KINDS, PENSION, RECEIPT, TAXES, Buchung, Postenfolge, total
from payroll.runs.values import DEDUCTIONS, EMPLOYER

DERIVED = ("netto", "auszahlung", "ag_kosten")
NOT_HERE = {names: dict.fromkeys(names, 0) for names in (RECEIPT, TAXES)}
SHARES = (("kv_an", "kv_ag"), ("zb_an", "zb_ag"), ("pv_an", "pv_ag"), ("rv_an", "rv_ag"), ("av_an", "av_ag"))


@dataclass(frozen=True)
class Zufluss:
    """Was im Monat der Zahlung zu versteuern ist: steuerpflichtig (davon für Vorjahre) und zusatzversorgungspflichtig.

    Beträge in Cent; negativ, wenn zurückgezahlt wird.
    """

    beschaeftigung_id: int
    steuerpflichtig: int
    vorjahr: int
    pension: int


def months_between(earlier: date, later: date) -> int:
    """Zahl der Monate von ``earlier`` bis ``later``."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def settle(month: date, bookings: list[Buchung]) -> tuple[list[Buchung], Zufluss | None]:
    """Setzt je Posten den Betrag, der im Lauf ``month`` zählt; dazu, was nach Zufluss zu versteuern ist."""
    past = [b for b in bookings if b.monat.year < month.year]
    taxable = sum(_lines(b, _taxable) for b in past)
    pension = sum(_lines(b, _pensionable) for b in past)
    whole = taxable != 0
    current = sum(b.differenz("steuerbrutto") for b in bookings if b.monat.year >= month.year) if whole else 0
    settled = [_booked(b, month, past=b.monat.year < month.year, whole=whole) for b in bookings]
    if not whole and pension == 0:
        return settled, None
    return settled, Zufluss(bookings[0].beschaeftigung_id, taxable + current, taxable, pension)


def unclear_pension(month: date, bookings: list[Buchung]) -> Buchung | None:
    """Zusatzversorgung eines Vorjahres, die sich ohne Nachzahlung ändert: Mitgliedschaft oder Satz."""
    for booking in bookings:
        moved = any(booking.differenz(name) for name in PENSION)
        if booking.monat.year < month.year and moved and not _lines(booking, _pensionable):
            return booking
    return None


def tax_of_past_year(month: date, bookings: list[Buchung]) -> list[Buchung]:
    """Vorjahresmonate, deren Lohnsteuer sich ändert, ohne dass Entgelt nachgezahlt wird."""
    return [b for b in bookings if b.monat.year < month.year and b.differenz("lohnsteuer")
            and not _lines(b, _taxable)]


def missed_deduction(booking: Buchung, month: date) -> bool:
    """Ist der Abzug der Beiträge zu spät, um ihn nachzuholen?"""
    return (months_between(booking.monat, month) > 3 and booking.differenz("gesamtbrutto") == 0
            and any(booking.differenz(own) > 0 for own, _ in SHARES))


def _lines(booking: Buchung, wanted: Callable[[str], bool]) -> int:
    """Unterschied der Lohnarten, deren Merkmale gefragt sind."""
    cents = booking.dicht.cents
    return sum([cents[3 * at + 1] - cents[3 * at] for at, marks in booking.dicht.gestalt.bezuege if wanted(marks)])


def _taxable(marks: str) -> bool:
    return marks[:1] in ("L", "S")


def _pensionable(marks: str) -> bool:
    return marks[2:3] == "J"


def _booked(booking: Buchung, month: date, *, past: bool, whole: bool) -> Buchung:
    """Beträge eines Monats: was nach Zufluss geht, zählt hier null; Netto und Kosten folgen."""
    held = booking.dicht
    amounts = {name: held.cents[3 * at + 2] for name, at in held.gestalt.werte.items()}
    if past:
        amounts |= NOT_HERE[RECEIPT]
    elif whole and booking.differenz("steuerbrutto"):
        amounts |= NOT_HERE[TAXES]
    if missed_deduction(booking, month):
        for own, employer in SHARES:
            if amounts.get(own, 0) > 0:
                amounts[employer] = amounts.get(employer, 0) + amounts[own]
                amounts[own] = 0
    beside_net = booking.differenz("auszahlung") - booking.differenz("netto")
    amounts["netto"] = amounts.get("gesamtbrutto", 0) - sum([amounts.get(name, 0) for name in DEDUCTIONS])
    amounts["auszahlung"] = amounts["netto"] + beside_net
    amounts["ag_kosten"] = amounts.get("gesamtbrutto", 0) + sum([amounts.get(name, 0) for name in EMPLOYER])
    return Buchung(booking.beschaeftigung_id, booking.monat, booking.art, _with(held, amounts), booking.ursachen,
                   booking.grund, booking.seit)


def _with(posten: Postenfolge, amounts: dict[str, int]) -> Postenfolge:
    """Dieselben Posten mit neuen Beträgen; was es noch nicht gab, kommt dazu."""
    kinds, cents = posten.gestalt.kinds, posten.cents[:]
    for name, at in posten.gestalt.werte.items():
        cents[3 * at + 2] = amounts.pop(name)
    new = [(name, amount) for name, amount in amounts.items() if amount]
    for _, amount in new:
        cents.extend((0, 0, amount))
    return Postenfolge.of((*kinds, *(KINDS[name] for name, _ in new)) if new else kinds, cents)


def payout(bookings: list[Buchung]) -> int:
    """Was die Rückrechnung einer Beschäftigung zur Auszahlung beiträgt (Cent)."""
    return total((b for b in bookings if b.art != "offen"), "auszahlung")
