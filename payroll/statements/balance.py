"""Die Gleichungen einer Abrechnung: stimmt eine nicht, gibt es keine Abrechnung."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol


class EquationBroken(ValueError):
    """Eine Summe der Abrechnung geht nicht auf; nennt Person, Monat, Gleichung und beide Seiten."""

    def __init__(self, record: str, equation: str, stated: int, computed: int) -> None:
        self.equation, self.stated, self.computed = equation, stated, computed
        super().__init__(
            f"{record}: „{equation}“ geht nicht auf: ausgewiesen {plain(stated)}, gerechnet {plain(computed)}, "
            f"Unterschied {plain(stated - computed)}. Den Fall neu rechnen; die Abrechnung wird nicht erstellt."
        )


class Summed(Protocol):
    """Was eine Abrechnung mitbringt, damit ihre Summen geprüft werden können (siehe payslip.Payslip)."""

    employee: Any
    period: Any
    lines: tuple[Any, ...]
    bases: tuple[Any, ...]
    deductions: tuple[Any, ...]
    net_lines: tuple[Any, ...]
    payments: tuple[Any, ...]
    costs: tuple[Any, ...]
    gesamtbrutto: int
    netto: int
    auszahlung: int
    ag_kosten: int
    vortrag: int


class Equation(NamedTuple):
    """Eine Gleichung: Name, ausgewiesener Wert und gerechneter Wert in Cent."""

    name: str
    stated: int
    computed: int

    @property
    def holds(self) -> bool:
        """Wahr, wenn beide Seiten auf den Cent gleich sind."""
        return self.stated == self.computed


GESAMTBRUTTO = "Gesamtbrutto = Summe der Bezüge"
NETTO = "Netto = Gesamtbrutto − gesetzliche Abzüge"
AUSZAHLUNG = "Auszahlung = Netto ± weitere Bezüge und Abzüge"
ZAHLUNGEN = "Auszahlung = Summe der Zahlungen + Vortrag"
KOSTEN = "Gesamtkosten = Gesamtbrutto + Kosten des Arbeitgebers"


def equations(slip: Summed) -> list[Equation]:
    """Alle Gleichungen der Abrechnung, auch die der aufgeteilten Zeilen."""
    paid = sum(item.betrag for item in slip.payments)
    fixed = [
        Equation(GESAMTBRUTTO, slip.gesamtbrutto, sum(item.betrag for item in slip.lines if item.gesamtbrutto)),
        Equation(NETTO, slip.netto, slip.gesamtbrutto - sum(item.betrag for item in slip.deductions)),
        Equation(AUSZAHLUNG, slip.auszahlung, slip.netto + sum(item.betrag for item in slip.net_lines)),
        Equation(ZAHLUNGEN, slip.auszahlung, paid + slip.vortrag),
        Equation(KOSTEN, slip.ag_kosten, slip.gesamtbrutto + sum(item.betrag for item in slip.costs)),
    ]
    return [*fixed, *_splits(slip)]


def check(slip: Summed) -> None:
    """Prüft jede Gleichung; die erste verletzte wird genannt."""
    for equation in equations(slip):
        if not equation.holds:
            record = f"Personalnummer {slip.employee.personalnummer}, {slip.period.monat:%m/%Y}"
            raise EquationBroken(record, equation.name, equation.stated, equation.computed)


def plain(cents: int) -> str:
    """Betrag in deutscher Schreibweise ohne Währung."""
    euros, rest = divmod(abs(cents), 100)
    return f"{'−' if cents < 0 else ''}{euros:,}".replace(",", ".") + f",{rest:02d}"


def _splits(slip: Summed) -> Iterable[Equation]:
    for item in (*slip.bases, *slip.deductions):
        if item.laufend is not None and item.einmalig is not None:
            yield Equation(f"{item.text} = laufend + einmalig", item.betrag, item.laufend + item.einmalig)
