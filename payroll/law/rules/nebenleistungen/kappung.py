"""Cap of church tax already in payroll, where a Land has one: at most a share of taxable income.

A setting of the employer: gross-to-net knows no cap unless its amount is handed in (:func:`payroll.law.benefits.
church_cap`). Readings, unconfirmed: taxable income is the plan's yearly amount after child allowances for current pay;
a one-off bears the difference of the capped church tax of the year with and without it; all classes alike.
"""

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Exact,
    Lookup,
    Money,
    Rate,
    euro,
    floor_cent,
    maximum,
    minimum,
    rule,
    where,
)
from payroll.law.rules.nebenleistungen.gueltigkeit import BEGINN

LAW = "Kirchensteuergesetze und Kirchensteuerbeschlüsse der Länder"


@rule(law=LAW, unit="anteil", since=BEGINN)
def kist_kappungssatz(bundesland_kirche: Choice, kirchensteuer_kappungssatz_land: Lookup) -> Rate:
    """Kappungssatz nach dem Land der Betriebsstätte; ohne Kappung 0"""
    share: Rate = kirchensteuer_kappungssatz_land[bundesland_kirche]
    return share


@rule(law=LAW, unit="ja/nein", since=BEGINN)
def kist_kappung_gilt(kist_kappungssatz: Rate, kirchensteuersatz_person: Rate) -> Condition:
    """Die Kirchensteuer wird im Lohnsteuerabzug gekappt"""
    return (kist_kappungssatz > 0) & (kirchensteuersatz_person > 0)


@rule(law=LAW, unit="euro/jahr", since=BEGINN, when="kist_kappung_gilt")
def kist_kappungsbasis(zu_versteuern__laufend: Money, zu_versteuern__kinder: Money, kinder_zaehlen: Condition) -> Money:
    """Zu versteuernder Jahresbetrag nach Kinderfreibeträgen"""
    income: Money = maximum(where(kinder_zaehlen, zu_versteuern__kinder, zu_versteuern__laufend), euro(0))
    return income


@rule(law=LAW, unit="euro", since=BEGINN, when="kist_kappung_gilt")
def kist_kappung_laufend(kist_kappungsbasis: Money, kist_kappungssatz: Rate, zeitraumanteil: Rate, zeitraeume: Count,
                         bk: Money, kirchensteuersatz_person: Rate) -> Money:
    """Kirchensteuer des laufenden Lohns über der Kappung"""
    limit = floor_cent(kist_kappungsbasis * zeitraumanteil * zeitraeume * kist_kappungssatz)
    beyond: Money = maximum(floor_cent(bk * zeitraeume * kirchensteuersatz_person) - limit, euro(0))
    return beyond


@rule(law=LAW, unit="ja/nein", since=BEGINN)
def kist_einmal_gekappt(kist_kappung_gilt: Condition, bks: Money) -> Condition:
    """Kirchensteuer auf die Einmalzahlung ist auf Kappung zu prüfen"""
    return kist_kappung_gilt & (bks > 0)


@rule(law=LAW, unit="euro", since=BEGINN, when="kist_einmal_gekappt")
def kist_kappung_einmal(zu_versteuern__mit_einmal: Money, zu_versteuern__ohne_einmal: Money,
                        jahressteuer__mit_einmal: Money, jahressteuer__ohne_einmal: Money, steuerfaktor: Rate,
                        kist_kappungssatz: Rate, kirchensteuersatz_person: Rate, bks: Money) -> Money:
    """Kirchensteuer der Einmalzahlung über der Kappung"""
    rate = kirchensteuersatz_person * steuerfaktor
    with_it: Exact = minimum(jahressteuer__mit_einmal * rate,
                             maximum(zu_versteuern__mit_einmal, euro(0)) * kist_kappungssatz)
    without: Exact = minimum(jahressteuer__ohne_einmal * rate,
                             maximum(zu_versteuern__ohne_einmal, euro(0)) * kist_kappungssatz)
    owed: Money = floor_cent(maximum(with_it - without, euro(0)))
    beyond: Money = maximum(floor_cent(bks * kirchensteuersatz_person) - owed, euro(0))
    return beyond


@rule(law=LAW, unit="euro", since=BEGINN)
def kist_kappung(kist_kappung_laufend: Money, kist_kappung_einmal: Money) -> Money:
    """Um so viel sinkt die Kirchensteuer durch die Kappung"""
    return kist_kappung_laufend + kist_kappung_einmal
