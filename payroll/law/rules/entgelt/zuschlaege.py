"""Premiums of § 8 Abs. 1 TVöD that come together: of the day kinds only the highest, night and overtime are added.

One row is one stretch of hours with the same kinds (see zuschlagszeiten.py).
"""

from typing import cast

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Input,
    Lookup,
    Money,
    Rate,
    half_up,
    maximum,
    minimum,
    rate,
    rule,
    sum_of,
    where,
)
from payroll.law.rules.entgelt.zuschlagszeiten import FEIERTAG

INPUTS = (
    Input("zeit_nacht", "Condition", "ja/nein", "Arbeit von 21 bis 6 Uhr", default=0),
    Input("zeit_sonntag", "Condition", "ja/nein", "Arbeit an einem Sonntag", default=0),
    Input("zeit_feiertag", "Choice", "auswahl", "Arbeit an einem Feiertag", default=0, names=FEIERTAG),
    Input("zeit_vorfeiertag", "Condition", "ja/nein", "Arbeit am 24. oder 31. Dezember ab 6 Uhr", default=0),
    Input("zeit_samstag", "Condition", "ja/nein", "Arbeit an einem Samstag von 13 bis 21 Uhr", default=0),
    Input("zeit_ueberstunde", "Condition", "ja/nein", "die Stunden sind Überstunden", default=0),
    Input("in_schichtarbeit", "Condition", "ja/nein", "die Arbeit gehört zu Wechselschicht oder Schicht", default=0),
    Input("pflegeheim", "Condition", "ja/nein", "Besonderer Teil Pflege- und Betreuungseinrichtungen gilt", default=0),
)


def premium(base: Money, share: Rate, hours: Rate, rundung: Count) -> Money:
    """A premium for hours: each hour rounded to cents first (1) or the product rounded once (2)."""
    amount: Money = where(rundung == 1, half_up(half_up(base * share) * hours), half_up(base * share * hours))
    return amount


@rule(law="§ 8 Abs. 1 Satz 2 Buchst. f TVöD", unit="ja/nein", since="2024-01-01")
def samstag_zaehlt(zeit_samstag: Condition, in_schichtarbeit: Condition, krankenhaus: Condition,
                   pflegeheim: Condition) -> Condition:
    """Samstagszuschlag steht zu: nicht in Schichtarbeit, außer in Krankenhäusern und Pflegeheimen"""
    return zeit_samstag & (~in_schichtarbeit | krankenhaus | pflegeheim)


@rule(law="§ 8 Abs. 1 Satz 2 Buchst. d TVöD, Protokollerklärung", unit="anteil", since="2024-01-01")
def feiertagszuschlag_satz(zeit_feiertag: Choice, zeitzuschlag: Lookup, feiertag_hoechstens: Rate) -> Rate:
    """Zuschlag für Feiertagsarbeit; mit dem Tabellenentgelt höchstens 235 Prozent"""
    with_time_off = where(zeit_feiertag.ist("mit_freizeitausgleich"), zeitzuschlag[Count(2)], rate(0))
    share = where(zeit_feiertag.ist("ohne_freizeitausgleich"), zeitzuschlag[Count(3)], with_time_off)
    return cast(Rate, minimum(share, feiertag_hoechstens - 1))


@rule(law="§ 8 Abs. 1 Satz 3 TVöD", unit="anteil", since="2024-01-01")
def tagzuschlag_satz(feiertagszuschlag_satz: Rate, zeit_sonntag: Condition, zeit_vorfeiertag: Condition,
                     samstag_zaehlt: Condition, zeitzuschlag: Lookup) -> Rate:
    """Höchster der Zuschläge für Feiertag, Sonntag, 24./31. Dezember und Samstag"""
    sunday = where(zeit_sonntag, zeitzuschlag[Count(1)], rate(0))
    eve = where(zeit_vorfeiertag, zeitzuschlag[Count(4)], rate(0))
    saturday = where(samstag_zaehlt, zeitzuschlag[Count(5)], rate(0))
    return cast(Rate, maximum(feiertagszuschlag_satz, sunday, eve, saturday))


@rule(law="§ 8 TVAöD", unit="ja/nein", since="2024-01-01")
def ist_ausbildung(tarifwerk: Choice) -> Condition:
    """Auszubildende: Grundlage der Zuschläge ist das eigene Entgelt"""
    return tarifwerk.ist("TVAoeD-BBiG", "TVAoeD-Pflege")


@rule(law="§ 8 Abs. 1 TVöD", unit="ja/nein", since="2024-01-01")
def ist_beschaeftigt(ist_ausbildung: Condition) -> Condition:
    """Beschäftigte, keine Auszubildenden"""
    return ~ist_ausbildung


@rule(law="§ 8 Abs. 1 Satz 2 TVöD", unit="euro/stunde", since="2024-01-01", when="ist_beschaeftigt")
def zuschlag_grundlage_stufe_3(stundenentgelt_stufe_3: Money) -> Money:
    """Stundenentgelt der Stufe 3 für Beschäftigte"""
    return stundenentgelt_stufe_3


@rule(law="§ 8 Abs. 1 Satz 2 TVöD, § 8 TVAöD", unit="euro/stunde", since="2024-01-01")
def zuschlag_grundlage(ist_ausbildung: Condition, stundenentgelt: Money, zuschlag_grundlage_stufe_3: Money) -> Money:
    """Stundenentgelt, von dem die Zuschläge berechnet werden"""
    base: Money = where(ist_ausbildung, stundenentgelt, zuschlag_grundlage_stufe_3)
    return base


@rule(law="§ 8 Abs. 1 Satz 2 Buchst. c bis f TVöD", unit="euro", since="2024-01-01")
def tagzuschlag(zuschlag_grundlage: Money, tagzuschlag_satz: Rate, stunden: Rate, rundung_zeitzuschlag: Count) -> Money:
    """Zuschlag für Feiertag, Sonntag, 24./31. Dezember oder Samstag"""
    return premium(zuschlag_grundlage, tagzuschlag_satz, stunden, rundung_zeitzuschlag)


@rule(law="§ 8 Abs. 1 Satz 2 Buchst. b TVöD, § 8 TVAöD", unit="euro", since="2024-01-01", when="zeit_nacht")
def nachtzuschlag(zuschlag_grundlage: Money, zeitzuschlag: Lookup, stunden: Rate, rundung_zeitzuschlag: Count,
                  ist_ausbildung: Condition, nachtzuschlag_mindestens_ausbildung: Money) -> Money:
    """Zuschlag für Nachtarbeit; Auszubildende erhalten mindestens einen festen Betrag je Stunde"""
    amount = premium(zuschlag_grundlage, zeitzuschlag[Count(0)], stunden, rundung_zeitzuschlag)
    least = half_up(nachtzuschlag_mindestens_ausbildung * stunden)
    return cast(Money, where(ist_ausbildung, maximum(amount, least), amount))


@rule(law="§ 8 Abs. 1 Satz 2 Buchst. a TVöD", unit="euro", since="2024-01-01", when="zeit_ueberstunde")
def zuschlag_ueberstunden(zuschlag_grundlage: Money, ueberstundenzuschlag: Lookup, zuschlagsklasse: Lookup,
                          entgeltgruppe: Choice, stunden: Rate, rundung_zeitzuschlag: Count) -> Money:
    """Zuschlag für Überstunden, neben den anderen Zuschlägen"""
    share = ueberstundenzuschlag[zuschlagsklasse[entgeltgruppe]]
    return premium(zuschlag_grundlage, share, stunden, rundung_zeitzuschlag)


@rule(law="§ 8 Abs. 1 TVöD", unit="euro", since="2024-01-01")
def zuschlaege_summe(tagzuschlag: Money, nachtzuschlag: Money, zuschlag_ueberstunden: Money) -> Money:
    """Alle Zeitzuschläge der Stunden"""
    total: Money = sum_of(tagzuschlag, nachtzuschlag, zuschlag_ueberstunden)
    return total
