"""Hourly rates, overtime and time premiums; every component is rounded on its own (§ 24 Abs. 4 TVöD)."""

from typing import cast

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Input,
    Lookup,
    Money,
    Rate,
    cent,
    half_up,
    half_up_decimals,
    maximum,
    minimum,
    rule,
    where,
)
from payroll.law.rules.entgelt.tabelle import pay_cell

INPUTS = (Input("fehlstunden", "Rate", "zahl", "Stunden ohne Anspruch auf Entgelt", default=0, den=100),)


@rule(law="§ 24 Abs. 3 Satz 3 TVöD", unit="zahl", since="2024-01-01")
def stundenteiler(monatsfaktor: Rate, vollzeitstunden: Rate) -> Rate:
    """Stunden eines Monats: Monatsfaktor mal volle Wochenstunden, auf zwei Stellen"""
    hours: Rate = half_up_decimals(monatsfaktor * vollzeitstunden, 2)
    return hours


@rule(law="§ 24 Abs. 3 Satz 3 TVöD", unit="euro/stunde", since="2024-01-01")
def stundenentgelt(tabellenwert: Money, stundenteiler: Rate) -> Money:
    """Entgelt einer Stunde der eigenen Stufe"""
    return half_up(tabellenwert / stundenteiler)


@rule(law="§ 8 Abs. 3 Satz 2 bis 4, § 24 Abs. 3 TVöD", unit="euro", since="2024-01-01")
def stundenentgelt_betrag(stundenentgelt: Money, stunden: Rate) -> Money:
    """Stundenentgelte der eigenen Stufe: Rufbereitschaftspauschale, Wert eines Umwandlungstages"""
    return half_up(stundenentgelt * stunden)


@rule(law="§ 8 Abs. 1 TVöD", unit="euro/stunde", since="2024-01-01")
def stundenentgelt_stufe_3(entgelttabelle: Lookup, entgeltgruppe: Choice, stundenteiler: Rate) -> Money:
    """Entgelt einer Stunde der Stufe 3 der eigenen Gruppe, Grundlage der Zeitzuschläge"""
    return half_up(entgelttabelle[pay_cell(entgeltgruppe, Count(3))] / stundenteiler)


@rule(law="Protokollerklärung zu § 8 Abs. 1 TVöD", unit="euro/stunde", since="2024-01-01")
def stundenentgelt_ueberstunde(entgelttabelle: Lookup, entgeltgruppe: Choice, stufe: Count,
                               stundenteiler: Rate) -> Money:
    """Entgelt einer Überstunde: eigene Stufe, höchstens Stufe 4"""
    return half_up(entgelttabelle[pay_cell(entgeltgruppe, minimum(stufe, 4))] / stundenteiler)


@rule(law="§ 8 Abs. 1 TVöD", unit="ja/nein", since="2024-01-01")
def ist_ueberstundenzuschlag(zuschlag_art: Choice) -> Condition:
    """Der Zuschlag ist der für Überstunden"""
    return zuschlag_art.ist("ueberstunden")


@rule(law="§ 8 Abs. 1 Satz 2 Buchst. a TVöD", unit="anteil", since="2024-01-01", when="ist_ueberstundenzuschlag")
def ueberstundenzuschlag_satz(ueberstundenzuschlag: Lookup, zuschlagsklasse: Lookup, entgeltgruppe: Choice) -> Rate:
    """Zuschlag für Überstunden nach der Entgeltgruppe"""
    share: Rate = ueberstundenzuschlag[zuschlagsklasse[entgeltgruppe]]
    return share


@rule(law="§ 8 Abs. 1 TVöD", unit="anteil", since="2024-01-01")
def zuschlag_satz(zeitzuschlag: Lookup, zuschlag_art: Choice, ueberstundenzuschlag_satz: Rate,
                  ist_ueberstundenzuschlag: Condition) -> Rate:
    """Zuschlag in Prozent des Stundenentgelts der Stufe 3"""
    share: Rate = where(ist_ueberstundenzuschlag, ueberstundenzuschlag_satz, zeitzuschlag[zuschlag_art])
    return share


@rule(law="§ 8 Abs. 1, § 24 Abs. 4 TVöD", unit="euro/stunde", since="2024-01-01")
def zuschlag_je_stunde(zuschlag_grundlage: Money, zuschlag_satz: Rate) -> Money:
    """Zuschlag einer Stunde, auf Cent gerundet"""
    return half_up(zuschlag_grundlage * zuschlag_satz)


@rule(law="§ 8 TVAöD", unit="euro/stunde", since="2024-01-01")
def zuschlag_je_stunde_mindestens(ist_ausbildung: Condition, zuschlag_art: Choice,
                                  nachtzuschlag_mindestens_ausbildung: Money) -> Money:
    """Mindestbetrag einer Stunde: nur nachts und nur in der Ausbildung"""
    least: Money = where(ist_ausbildung & zuschlag_art.ist("nacht"), nachtzuschlag_mindestens_ausbildung, cent(0))
    return least


@rule(law="§ 8 Abs. 1 TVöD, § 8 TVAöD", unit="euro", since="2024-01-01")
def zeitzuschlag_betrag(zuschlag_je_stunde: Money, zuschlag_grundlage: Money, zuschlag_satz: Rate, stunden: Rate,
                        zuschlag_je_stunde_mindestens: Money, rundung_zeitzuschlag: Count) -> Money:
    """Zeitzuschlag für die geleisteten Stunden"""
    amount: Money = where(rundung_zeitzuschlag == 1, half_up(zuschlag_je_stunde * stunden),
                          half_up(zuschlag_grundlage * zuschlag_satz * stunden))
    least = half_up(zuschlag_je_stunde_mindestens * stunden)
    return cast(Money, maximum(amount, least))


@rule(law="§ 8 Abs. 2 TVöD", unit="euro", since="2024-01-01")
def ueberstundenentgelt(stundenentgelt_ueberstunde: Money, stunden: Rate) -> Money:
    """Entgelt der Überstunden ohne Zuschlag"""
    return half_up(stundenentgelt_ueberstunde * stunden)


@rule(law="§ 24 Abs. 3 Satz 2 TVöD", unit="euro", since="2024-01-01")
def stundenabzug(stundenentgelt: Money, fehlstunden: Rate) -> Money:
    """Abzug für einzelne Stunden ohne Anspruch auf Entgelt"""
    return half_up(stundenentgelt * fehlstunden)
