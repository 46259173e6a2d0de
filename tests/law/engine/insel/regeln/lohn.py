"""Pay of the made-up island: what is left after tax and harbour fee."""

from __future__ import annotations

from payroll.law.engine import Money, rule

EXPORTS: tuple[str, ...] = ()


@rule(law="§ 9 InselLohnG", unit="euro/monat", since="2020-01-01")
def netto(lohn: Money, steuer: Money, matrosengeld: Money) -> Money:
    """Netto"""
    return lohn - steuer + matrosengeld


@rule(law="§ 10 InselLohnG", unit="euro/monat", since="2021-01-01")
def zuwachs(matrosengeld: Money, matrosengeld__vorjahr: Money) -> Money:
    """Zuwachs des Matrosengelds gegenüber dem Vorjahr"""
    return matrosengeld - matrosengeld__vorjahr
