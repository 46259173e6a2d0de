"""Taxes of the made-up island: a free amount, two zones, a levy for the rich, a harbour fee per person."""

from __future__ import annotations

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Exact,
    Input,
    Lookup,
    Money,
    Rate,
    choose,
    floor_euro,
    half_up,
    maximum,
    rule,
    where,
)

INPUTS = (
    Input("lohn", "Money", "euro/monat", "Lohn des Monats"),
    Input("kinder", "Count", "anzahl", "Kinder", default=0),
    Input("hafen", "Choice", "auswahl", "Hafen der Wohnung", default=0, names=("nord", "sued")),
    Input("kapitaen", "Condition", "ja/nein", "führt ein Schiff", default=0),
    Input("bonus", "Money", "euro/monat", "Bonus des Monats", default=0),
)
EXPORTS = ("steuer",)


@rule(law="§ 1 InselStG", unit="euro/monat", since="2020-01-01", passes=("laufend", "bonus"))
def zu_versteuern(brutto: Money, freibetrag_monat: Money) -> Money:
    """Zu versteuernder Lohn"""
    return maximum(brutto - freibetrag_monat, 0)


@rule(law="§ 1 InselStG", unit="euro/monat", since="2020-01-01")
def brutto__laufend(lohn: Money) -> Money:
    """Brutto des laufenden Lohns"""
    return lohn


@rule(law="§ 1 InselStG", unit="euro/monat", since="2020-01-01")
def brutto__bonus(lohn: Money, bonus: Money) -> Money:
    """Brutto mit Bonus"""
    return lohn + bonus


@rule(law="§ 2 InselStG", unit="euro/monat", since="2020-01-01")
def steuer_roh(zu_versteuern__laufend: Money, steuersatz: Rate, spitzensatz: Rate, grenze: Money) -> Exact:
    """Steuer vor Rundung"""
    low = zu_versteuern__laufend * steuersatz
    high = grenze * steuersatz + (zu_versteuern__laufend - grenze) * spitzensatz
    return where(zu_versteuern__laufend > grenze, high, low)


@rule(law="§ 3 InselStG", unit="euro/monat", since="2020-01-01", until="2021-12-31")
def steuer(steuer_roh: Exact) -> Money:
    """Steuer, auf Cent gerundet"""
    return half_up(steuer_roh)


@rule(name="steuer", law="§ 3 InselStG 2022", unit="euro/monat", since="2022-01-01")
def steuer_2022(steuer_roh: Exact) -> Money:
    """Steuer, auf volle Taler abgerundet"""
    return floor_euro(steuer_roh)


@rule(law="§ 4 InselStG", unit="ja/nein", since="2020-01-01")
def zahlt_hafengebuehr(kapitaen: Condition, hafen: Choice) -> Condition:
    """Hafengebühr fällt an"""
    return kapitaen | hafen.ist("nord")


@rule(law="§ 4 InselStG", unit="euro/monat", since="2020-01-01", when="zahlt_hafengebuehr", otherwise=0)
def hafengebuehr(kinder: Count, gebuehr: Lookup) -> Money:
    """Hafengebühr nach Kindern"""
    return gebuehr[kinder]


@rule(law="§ 5 InselStG", unit="euro/monat", since="2020-01-01")
def bonusanteil(bonus: Money, kinder: Count) -> Exact:
    """Bonus je Kind"""
    return bonus / kinder


@rule(law="§ 6 InselStG", unit="zahl", since="2020-01-01")
def klasse(kinder: Count, kapitaen: Condition) -> Count:
    """Klasse der Familie"""
    return choose((kinder > 2, Count(3)), (kapitaen, Count(2)), otherwise=Count(1))
