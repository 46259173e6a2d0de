"""Die Abrechnung als Datensatz: alles, was die Entgeltbescheinigungsverordnung (EBV) verlangt.

Beträge sind ganze Cent mit Vorzeichen, Sätze Prozent als Decimal, Mengen Decimal. Unveränderlich; die Gleichungen prüft
payroll.statements.balance, bevor eine Abrechnung entsteht.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from payroll.statements import balance

STEUER = {"L": "laufend", "S": "sonstiger Bezug", "F": "steuerfrei", "P": "pauschal besteuert", "-": "ohne Wirkung"}
MINUTEN, TAGE = "Minuten", "Tage"
SV = {"L": "laufend", "E": "einmalig", "F": "beitragsfrei", "P": "pauschal", "-": "ohne Wirkung"}


@dataclass(frozen=True)
class Employer:
    """Arbeitgeber und Briefkopf (EBV § 1 Abs. 1 Nr. 1)."""

    name: str
    strasse: str
    plz: str
    ort: str
    stelle: str = ""
    telefon: str = ""
    email: str = ""
    betriebsnummer: str = ""
    ansprechpartner: str = ""


@dataclass(frozen=True)
class Employee:
    """Person und Beschäftigung (EBV § 1 Abs. 1 Nr. 2 bis 5)."""

    personalnummer: str
    name: str
    strasse: str
    plz: str
    ort: str
    geburtsdatum: date
    sv_nummer: str
    eintritt: date
    austritt: date | None = None
    adresszusatz: str = ""
    land: str = ""
    kostenstelle: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Period:
    """Zeitraum der Bescheinigung, Steuer- und SV-Tage (Nr. 6); ausgelassene Monate werden genannt."""

    monat: date
    von: date
    bis: date
    steuertage: int
    sv_tage: int
    erstellt: date
    ausgelassen: tuple[date, ...] = ()
    ersetzt: str = ""


@dataclass(frozen=True)
class Tax:
    """Lohnsteuerabzugsmerkmale (Nr. 7, § 39e Abs. 5 EStG)."""

    steuer_id: str
    steuerklasse: int | None
    faktor: Decimal | None = None
    kinderfreibetraege: Decimal = Decimal(0)
    kirche: str = ""
    kirche_ehegatte: str = ""
    freibetrag_jahr: int = 0
    freibetrag_monat: int = 0
    hinzurechnung_jahr: int = 0
    hinzurechnung_monat: int = 0
    pauschal: str = ""


@dataclass(frozen=True)
class Insurance:
    """Sozialversicherung (Nr. 8 bis 11)."""

    beitragsgruppe: str
    personengruppe: str
    einzugsstelle: str
    kinderschluessel: int | None
    elterneigenschaft: bool
    uebergangsbereich: bool = False
    mehrfachbeschaeftigt: bool = False
    krankenversicherung: str = ""
    zusatzbeitrag: Decimal | None = None
    zusatzversorgung: str = ""


@dataclass(frozen=True)
class Grade:
    """Eingruppierung und Arbeitszeit."""

    tarifwerk: str
    gruppe: str
    stufe: str
    wochenstunden: Decimal | None = None
    vollzeitstunden: Decimal | None = None
    stufe_seit: date | None = None
    naechste_stufe: date | None = None


@dataclass(frozen=True)
class Line:
    """Ein Bezug mit seiner Wirkung; monat ist der Monat, für den nachgezahlt wird (leer: dieser)."""

    lohnart: str
    text: str
    betrag: int
    menge: Decimal | None = None
    satz: Decimal | None = None
    einheit: str = ""
    steuer: str = "L"
    sv: str = "L"
    zv: bool = False
    gesamtbrutto: bool = True
    monat: date | None = None


@dataclass(frozen=True)
class Base:
    """Eine Bruttogröße des Monats, getrennt nach laufend und einmalig; None heißt: nicht getrennt ausgewiesen."""

    art: str
    text: str
    betrag: int
    laufend: int | None = None
    einmalig: int | None = None


@dataclass(frozen=True)
class Deduction:
    """Ein gesetzlicher Abzug mit seiner Bemessungsgrundlage (Nr. 3 des Absatzes 2)."""

    art: str
    text: str
    betrag: int
    basis: int | None = None
    satz: Decimal | None = None
    laufend: int | None = None
    einmalig: int | None = None


@dataclass(frozen=True)
class NetLine:
    """Weiterer Bezug (+) oder Abzug (−), der kein Brutto ändert."""

    lohnart: str
    text: str
    betrag: int
    art: str = ""


@dataclass(frozen=True)
class Payment:
    """Eine Zahlung aus dem Auszahlungsbetrag."""

    empfaenger: str
    iban: str
    betrag: int
    zweck: str = ""
    tag: date | None = None


@dataclass(frozen=True)
class EmployerCost:
    """Was der Arbeitgeber zusätzlich trägt."""

    art: str
    text: str
    betrag: int
    basis: int | None = None
    satz: Decimal | None = None


@dataclass(frozen=True)
class YearSum:
    """Summe seit Jahresbeginn, dieser Monat eingeschlossen."""

    art: str
    text: str
    betrag: int


@dataclass(frozen=True)
class Konto:
    """Ein Stand des Zeit- oder Urlaubskontos; Menge in ganzen Minuten oder in Tagen (einheit)."""

    art: str
    text: str
    menge: Decimal
    einheit: str


@dataclass(frozen=True)
class Retro:
    """Nachberechnung eines früheren Monats: alter Wert, neuer Wert; die Differenz steht in diesem Monat."""

    monat: date
    text: str
    alt: int
    neu: int
    grund: str = ""

    @property
    def differenz(self) -> int:
        """Neuer Wert weniger alter Wert, in Cent."""
        return self.neu - self.alt


@dataclass(frozen=True)
class Payslip:
    """Eine Abrechnung; entsteht nur, wenn alle Gleichungen auf den Cent stimmen."""

    status: str
    employer: Employer
    employee: Employee
    period: Period
    tax: Tax
    insurance: Insurance
    grade: Grade
    lines: tuple[Line, ...]
    bases: tuple[Base, ...]
    deductions: tuple[Deduction, ...]
    net_lines: tuple[NetLine, ...]
    payments: tuple[Payment, ...]
    costs: tuple[EmployerCost, ...]
    year: tuple[YearSum, ...]
    gesamtbrutto: int
    netto: int
    auszahlung: int
    ag_kosten: int
    vortrag: int = 0
    retro: tuple[Retro, ...] = ()
    hints: tuple[str, ...] = ()
    konten: tuple[Konto, ...] = ()

    def __post_init__(self) -> None:
        balance.check(self)

    @property
    def beamte(self) -> bool:
        """Beamtinnen und Beamte bekommen eine Besoldungsmitteilung (§ 108 Abs. 3 Satz 2 GewO)."""
        return self.status == "beamte"

    @property
    def abzuege(self) -> int:
        """Summe der gesetzlichen Abzüge."""
        return sum(item.betrag for item in self.deductions)

    def ohne_kirchenmerkmal(self) -> Payslip:
        """Zweite Ausfertigung, in der das Kirchensteuermerkmal geschwärzt ist (EBV § 2 Abs. 2)."""
        return replace(self, tax=replace(self.tax, kirche="auf Wunsch geschwärzt", kirche_ehegatte=""))

    @property
    def title(self) -> str:
        """Überschrift des Dokuments."""
        return "Besoldungsmitteilung" if self.beamte else "Entgeltabrechnung"
