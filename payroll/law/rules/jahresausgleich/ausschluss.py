"""Who takes part in the yearly equalisation: § 42b Abs. 1 EStG, each condition with its number and the month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

LAW = "§ 42b Abs. 1 EStG"


@dataclass(frozen=True)
class Jahresmonat:
    """What one month of this employment says; codes as the tax plan has them, rates in millionths, amounts in cents.

    lohnersatz: short-time pay, Qualifizierungsgeld, employer's supplement to maternity benefit, compensation under the
    Infection Protection Act, top-ups and supplements of § 3 Nr. 28, 28a together. aktivrente: pay free under § 3 Nr.
    21. buchstabe_u: number of spells without pay.
    """

    monat: int
    steuerklasse: int
    faktor: int = 0
    freibetrag: int = 0
    hinzurechnung: int = 0
    lohnersatz: int = 0
    aktivrente: int = 0
    buchstabe_u: int = 0
    krv: int = 0
    alv: int = 0
    pkv: int = 0
    pvz: int = 0
    pva: int = 0
    zusatzbeitrag: int = 0


@dataclass(frozen=True)
class Ausschluss:
    """Why there is no equalisation: number of the law ("" = the sentence before the list) and a text for the clerk."""

    nummer: str
    text: str

    @property
    def recht(self) -> str:
        """The paragraph with its number."""
        return f"{LAW} Satz 3 Nr. {self.nummer}" if self.nummer else f"{LAW} Satz 1"


def ausschluesse(jahr: int, monate: Sequence[Jahresmonat], *, eintritt: date, austritt: date | None = None,
                 verzicht: bool = False, auslandslohn: bool = False) -> tuple[Ausschluss, ...]:
    """Every reason that keeps an employment out of the equalisation of a year; empty = it takes part.

    monate: one entry per month with pay period of this employment. verzicht: the employee asked for none. auslandslohn:
    foreign pay without German wage tax. Only this employment is looked at.
    """
    found = [*_beschaeftigung(jahr, monate, eintritt, austritt)]
    if verzicht:
        found.append(Ausschluss("1", "Der Beschäftigte hat beantragt, keinen Jahresausgleich durchzuführen."))
    found += [*_klasse(monate), *_betraege(monate), *_vorsorge(monate)]
    if auslandslohn:
        found.append(Ausschluss("6", "Ausländischer Arbeitslohn ohne deutsche Lohnsteuer."))
    return tuple(found)


def _beschaeftigung(jahr: int, monate: Sequence[Jahresmonat], eintritt: date,
                    austritt: date | None) -> list[Ausschluss]:
    whole = eintritt <= date(jahr, 1, 1) and (austritt is None or austritt >= date(jahr, 12, 31))
    missing = sorted(set(range(1, 13)) - {one.monat for one in monate})
    if whole and not missing:
        return []
    months = f", es fehlen die Monate {', '.join(map(str, missing))}" if whole else ""
    return [Ausschluss("", f"Nicht das ganze Jahr {jahr} durchgehend in dieser Beschäftigung{months}.")]


def _klasse(monate: Sequence[Jahresmonat]) -> list[Ausschluss]:
    classes = {one.steuerklasse for one in monate}
    found = []
    if when := _in(monate, lambda one: one.steuerklasse in (5, 6)):
        found.append(Ausschluss("2", f"Steuerklasse V oder VI in {when}."))
    if len(classes) > 1 and classes & {2, 3, 4}:
        when = _in(monate, lambda one: one.steuerklasse in (2, 3, 4))
        found.append(Ausschluss("3", f"Steuerklasse II, III oder IV nur für einen Teil des Jahres ({when})."))
    return found


def _betraege(monate: Sequence[Jahresmonat]) -> list[Ausschluss]:
    tests: tuple[tuple[str, str, Callable[[Jahresmonat], object]], ...] = (
        ("3a", "Freibetrag oder Hinzurechnungsbetrag", lambda one: one.freibetrag or one.hinzurechnung),
        ("3b", "Faktorverfahren", lambda one: one.faktor),
        ("4", "Kurzarbeitergeld, Zuschuss zum Mutterschaftsgeld, Aufstockungsbetrag oder ähnliche Leistungen",
         lambda one: one.lohnersatz),
        ("4", "steuerfreier Arbeitslohn nach § 3 Nr. 21 EStG (Aktivrente)", lambda one: one.aktivrente),
        ("4a", "Großbuchstabe U im Lohnkonto", lambda one: one.buchstabe_u),
    )
    return [Ausschluss(number, f"{text} in {when}.") for number, text, test in tests if (when := _in(monate, test))]


def _vorsorge(monate: Sequence[Jahresmonat]) -> list[Ausschluss]:
    parts = (("krv", "Rentenversicherung"), ("alv", "Arbeitslosenversicherung"),
             ("pkv", "gesetzliche oder private Krankenversicherung"), ("pvz", "Beitragszuschlag für Kinderlose"))
    found = [Ausschluss("5", f"Vorsorgepauschale nur zeitweise gleich: {text} hat sich im Jahr geändert.")
             for name, text in parts if len({getattr(one, name) for one in monate}) > 1]
    if len({one.zusatzbeitrag for one in monate if not one.pkv}) > 1:
        found.append(Ausschluss("5", "Der Zusatzbeitragssatz der Krankenkasse hat sich im Jahr geändert."))
    if len({one.pva for one in monate}) > 1:
        found.append(Ausschluss("5a", "Die Abschläge für Kinder in der Pflegeversicherung haben sich geändert."))
    return found


def _in(monate: Sequence[Jahresmonat], test: Callable[[Jahresmonat], object]) -> str:
    months = sorted(one.monat for one in monate if test(one))
    return f"Monat {', '.join(map(str, months))}" if months else ""
