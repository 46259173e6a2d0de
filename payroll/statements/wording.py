"""Schreibweisen der Abrechnung: Beträge, Sätze, Tage, Monate und feste Texte."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from payroll.law import tongue
from payroll.law.tongue import say
from payroll.statements.payslip import Payslip

MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
MINUS = "\u2212"
NO_BREAK = "\u00a0"

LABEL = "Bescheinigung nach § 108 Abs. 3 Satz 1 Gewerbeordnung"
LABEL_BEAMTE = "Mitteilung mit dem Inhalt einer Bescheinigung nach § 108 Abs. 3 Satz 1 Gewerbeordnung"
LEGEND = (
    "St = Steuer: L laufend, S sonstiger Bezug, F steuerfrei, P pauschal besteuert. "
    "SV = Sozialversicherung: L laufend, E einmalig, F beitragsfrei, P pauschal; - ohne Wirkung. "
    "ZV: Z = zusatzversorgungspflichtig. GB: J = erhöht das Gesamtbrutto, N = neutral. "
    "Kinder: 0 = Zuschlag für Kinderlose, 1 bis 5 = berücksichtigt."
)
BLANK = ""


def amount(cents: int | None) -> str:
    """Betrag mit zwei Nachkommastellen, ohne Währung; None ist leer."""
    if cents is None:
        return BLANK
    return tongue.figure(_german(cents))


def _german(cents: int) -> str:
    euros, rest = divmod(abs(cents), 100)
    return f"{MINUS if cents < 0 else ''}{euros:,}".replace(",", ".") + f",{rest:02d}"


def euro(cents: int | None) -> str:
    """Betrag mit Währung."""
    return tongue.money(_german(cents)) if cents is not None else BLANK


def signed(cents: int) -> str:
    """Betrag mit Vorzeichen auch bei Plus."""
    return f"+{amount(cents)}" if cents > 0 else amount(cents)


def signed_euro(cents: int) -> str:
    """Betrag mit Vorzeichen auch bei Plus und mit Währung."""
    return tongue.money(f"+{_german(cents)}" if cents > 0 else _german(cents), " ")


def number(value: Decimal | int | None, least: int = 0) -> str:
    """Zahl in deutscher Schreibweise mit wenigstens least Nachkommastellen."""
    if value is None:
        return BLANK
    text = f"{Decimal(value).normalize():f}" if value else "0"
    whole, _, rest = text.partition(".")
    sign, whole = (MINUS, whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = f"{int(whole):,}".replace(",", ".")
    rest = rest.ljust(least, "0")
    return tongue.figure(f"{sign}{grouped},{rest}" if rest else f"{sign}{grouped}")


def rate(value: Decimal) -> str:
    """Satz in Euro mit wenigstens zwei Nachkommastellen."""
    return f"€{number(value, 2)}" if tongue.foreign() else f"{number(value, 2)} €"


def clock(minutes: int) -> str:
    """Minuten als Stunden und Minuten mit Vorzeichen."""
    sign = "+" if minutes > 0 else MINUS if minutes < 0 else ""
    return say("%(time)s Std.", time=f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02d}")


def percent(value: Decimal | None) -> str:
    """Satz in Prozent."""
    return f"{number(value, 2)}{'' if tongue.foreign() else NO_BREAK}%" if value is not None else BLANK


def day(value: date | None) -> str:
    """Tag als 01.11.2026."""
    return f"{value:%d.%m.%Y}" if value is not None else BLANK


def month(value: date) -> str:
    """Monat als November 2026."""
    return f"{say(MONTHS[value.month - 1])} {value.year}"


def month_short(value: date) -> str:
    """Monat als 11/2026."""
    return f"{value:%m/%Y}"


def iban(value: str) -> str:
    """IBAN in Vierergruppen."""
    plain = value.replace(" ", "")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def yes(value: bool) -> str:
    """ja oder nein."""
    return say("ja") if value else say("nein")


def label(slip: Payslip) -> str:
    """Kennzeichnung nach EBV § 1 Abs. 4."""
    return say(LABEL_BEAMTE if slip.beamte else LABEL)


def return_line(slip: Payslip) -> str:
    """Absenderzeile über der Anschrift."""
    employer = slip.employer
    parts = (employer.name, employer.strasse, f"{employer.plz} {employer.ort}".strip())
    return " · ".join(part for part in parts if part)


def address(slip: Payslip) -> list[str]:
    """Zeilen der Anschrift nach DIN 5008, höchstens sechs."""
    employee = slip.employee
    rows = [employee.name, employee.adresszusatz, employee.strasse, f"{employee.plz} {employee.ort}", employee.land]
    return [row for row in rows if row.strip()]
