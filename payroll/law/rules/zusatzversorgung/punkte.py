"""Pension points of a year and the monthly pension they give (§§ 7 to 9 ATV-K); the extra levy of old cases."""

from typing import cast

from payroll.law.engine import (
    Count,
    Input,
    Lookup,
    Money,
    Rate,
    euro,
    half_up,
    half_up_decimals,
    maximum,
    minimum,
    rule,
    where,
)

INPUTS = (
    Input("zv_entgelt_jahr", "Money", "euro/jahr", "zusatzversorgungspflichtiges Entgelt des Jahres", default=0),
    Input("zv_elternzeit_monate", "Count", "anzahl", "Monate der Elternzeit, je Kind gezählt", default=0),
    Input("zv_alter", "Count", "anzahl", "Kalenderjahr minus Geburtsjahr", default=17),
    Input("zv_altfall", "Condition", "ja/nein", "seit vor 2002 über die Grenze hinaus versichert", default=0),
)


@rule(law="§ 8 Abs. 2, § 9 Abs. 1 ATV-K", unit="euro/monat", since="2024-01-01")
def zv_punkte_entgelt(zv_entgelt_jahr: Money, zv_elternzeit_monate: Count, zv_elternzeit_entgelt: Money) -> Money:
    """Ein Zwölftel des Jahresentgelts; Elternzeit zählt mit einem festen Entgelt je Kind und Monat"""
    return half_up((zv_entgelt_jahr + zv_elternzeit_entgelt * zv_elternzeit_monate) / 12)


@rule(law="§ 8 Abs. 2 und 3 ATV-K", unit="zahl", since="2024-01-01")
def zv_versorgungspunkte(zv_punkte_entgelt: Money, zv_referenzentgelt: Money, zv_altersfaktor: Lookup,
                         zv_alter: Count) -> Rate:
    """Versorgungspunkte des Jahres auf zwei Stellen"""
    points = zv_punkte_entgelt / zv_referenzentgelt * zv_altersfaktor[minimum(zv_alter, 64)]
    return cast(Rate, half_up_decimals(points, 2))


@rule(law="§ 7 Abs. 1 ATV-K", unit="euro/monat", since="2024-01-01")
def zv_anwartschaft(zv_versorgungspunkte: Rate, zv_messbetrag: Money) -> Money:
    """Monatliche Rente, die das Jahr einbringt"""
    return half_up(zv_messbetrag * zv_versorgungspunkte)


@rule(law="§ 76 der Satzung", unit="euro/monat", since="2024-01-01", when="zv_altfall")
def zv_zusatzumlage_entgelt(zv_grundentgelt: Money, einmalzahlung: Money, zv_frei: Money,
                            zv_zusatzumlage_grenze: Money, zv_zusatzumlage_grenze_sonderzahlung: Money) -> Money:
    """Entgelt über der Grenze der zusätzlichen Umlage"""
    limit = where(einmalzahlung > 0, zv_zusatzumlage_grenze_sonderzahlung, zv_zusatzumlage_grenze)
    beyond: Money = maximum(zv_grundentgelt + einmalzahlung - zv_frei - limit, euro(0))
    return beyond


@rule(law="§ 76 der Satzung", unit="euro/monat", since="2024-01-01", when="zv_altfall")
def zv_zusatzumlage(zv_zusatzumlage_entgelt: Money, zv_zusatzumlage_satz: Rate) -> Money:
    """Zusätzliche Umlage des Arbeitgebers für Altfälle"""
    return half_up(zv_zusatzumlage_entgelt * zv_zusatzumlage_satz)
