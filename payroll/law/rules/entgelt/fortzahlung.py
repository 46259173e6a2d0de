"""Continued pay: the daily average of unsteady parts and the supplement to sickness benefit."""

from payroll.law.engine import Count, Days, Input, Money, Rate, euro, half_up, maximum, rule, where

INPUTS = (
    Input("unstaendig_summe", "Money", "euro", "unständige Bezüge der Berechnungsmonate", default=0),
    Input("unstaendig_monate", "Count", "anzahl", "Zahl der Berechnungsmonate", default=3),
    Input("arbeitstage_je_woche", "Count", "anzahl", "Arbeitstage der Woche", default=5),
    Input("ausfalltage", "Days", "tage", "ausgefallene Arbeitstage", default=0),
    Input("krankengeldtage", "Days", "tage", "Kalendertage mit Krankengeldzuschuss", default=0),
    Input("netto_je_tag", "Money", "euro/tag", "Nettoentgelt eines Kalendertages", default=0),
    Input("krankengeld_je_tag", "Money", "euro/tag", "Bruttokrankengeld eines Kalendertages", default=0),
)


@rule(law="§ 21 Satz 2 und 3 TVöD", unit="zahl", since="2024-01-01")
def tagesdurchschnitt_divisor(unstaendig_monate: Count, arbeitstage_je_woche: Count,
                              tagesdurchschnitt_teiler: Rate) -> Rate:
    """Arbeitstage der Berechnungsmonate: 65 für drei Monate bei einer Fünftagewoche, sonst im Verhältnis"""
    divisor: Rate = tagesdurchschnitt_teiler * arbeitstage_je_woche * unstaendig_monate / 15
    return divisor


@rule(law="§ 21 Satz 2 und 3 TVöD", unit="euro/tag", since="2024-01-01")
def tagesdurchschnitt(unstaendig_summe: Money, tagesdurchschnitt_divisor: Rate) -> Money:
    """Tagesdurchschnitt: die Summe der Berechnungsmonate durch ihre Arbeitstage"""
    return half_up(unstaendig_summe / tagesdurchschnitt_divisor)


@rule(law="§ 21 Satz 2 TVöD", unit="euro", since="2024-01-01")
def fortzahlung_unstaendig(tagesdurchschnitt: Money, ausfalltage: Days, unstaendig_summe: Money,
                           tagesdurchschnitt_divisor: Rate, rundung_tagesdurchschnitt: Count) -> Money:
    """Fortgezahlte unständige Bezüge für die ausgefallenen Arbeitstage"""
    amount: Money = where(rundung_tagesdurchschnitt == 1, tagesdurchschnitt * ausfalltage,
                          half_up(unstaendig_summe / tagesdurchschnitt_divisor * ausfalltage))
    return amount


@rule(law="§ 22 Abs. 2 TVöD", unit="euro", since="2024-01-01")
def krankengeldzuschuss(netto_je_tag: Money, krankengeld_je_tag: Money, krankengeldtage: Days) -> Money:
    """Krankengeldzuschuss: Unterschied zwischen Nettoentgelt und Bruttokrankengeld"""
    amount: Money = maximum(netto_je_tag - krankengeld_je_tag, euro(0)) * krankengeldtage
    return amount
