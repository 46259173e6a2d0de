"""Hours beyond the agreed ones: extra work of part-timers, overtime, and hours raised by agreement up to 42."""

from typing import cast

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Days,
    Input,
    Lookup,
    Money,
    Rate,
    half_up,
    half_up_decimals,
    maximum,
    minimum,
    rate,
    rule,
    where,
)
from payroll.law.rules.entgelt.zuschlaege import premium

INPUTS = (
    Input("mehrstunden", "Rate", "zahl", "angeordnete, nicht ausgeglichene Stunden einer Woche über der vereinbarten "
          "Arbeitszeit", default=0, den=100),
    Input("ueberstunden_abgegolten", "Condition", "ja/nein", "Überstunden sind durch Vertrag oder Gesetz abgegolten",
          default=0),
    Input("arbeitszeit_erhoeht", "Condition", "ja/nein", "Vereinbarung über eine erhöhte Arbeitszeit", default=0),
    Input("erhoehung_geleistet", "Rate", "zahl", "im Monat geleistete erhöhte Stunden", default=0, den=100),
)


@rule(law="§ 7 Abs. 6 TVöD", unit="zahl", since="2024-01-01")
def mehrarbeitsstunden(mehrstunden: Rate, wochenstunden: Rate, vollzeitstunden: Rate) -> Rate:
    """Mehrarbeit Teilzeitbeschäftigter: Stunden bis zur Arbeitszeit einer Vollzeitkraft"""
    room = maximum(vollzeitstunden - wochenstunden, rate(0))
    return cast(Rate, minimum(mehrstunden, room))


@rule(law="§ 7 Abs. 7 TVöD", unit="zahl", since="2024-01-01")
def ueberstunden_anzahl(mehrstunden: Rate, mehrarbeitsstunden: Rate, ueberstunden_abgegolten: Condition) -> Rate:
    """Überstunden: angeordnete Stunden über die Arbeitszeit einer Vollzeitkraft hinaus"""
    return cast(Rate, where(ueberstunden_abgegolten, rate(0), mehrstunden - mehrarbeitsstunden))


@rule(law="§ 8 Abs. 2 TVöD", unit="euro", since="2024-01-01")
def mehrarbeit_entgelt(stundenentgelt: Money, mehrarbeitsstunden: Rate) -> Money:
    """Entgelt der Mehrarbeit nach der eigenen Stufe"""
    return half_up(stundenentgelt * mehrarbeitsstunden)


@rule(law="Protokollerklärung zu § 8 Abs. 1 Satz 1 TVöD", unit="euro", since="2024-01-01")
def ueberstunden_entgelt_woche(stundenentgelt_ueberstunde: Money, ueberstunden_anzahl: Rate) -> Money:
    """Entgelt der Überstunden ohne Zuschlag"""
    return half_up(stundenentgelt_ueberstunde * ueberstunden_anzahl)


@rule(law="§ 8 Abs. 1 Satz 2 Buchst. a TVöD", unit="euro", since="2024-01-01")
def ueberstunden_zuschlag_woche(
        zuschlag_grundlage: Money, ueberstundenzuschlag: Lookup, zuschlagsklasse: Lookup, entgeltgruppe: Choice,
        ueberstunden_anzahl: Rate, mehrarbeitsstunden: Rate, teilzeit_ueberstundenzuschlag: Count,
        rundung_zeitzuschlag: Count) -> Money:
    """Zuschlag für Überstunden; nach Festlegung des Arbeitgebers auch für Mehrarbeit in Teilzeit"""
    hours = ueberstunden_anzahl + where(teilzeit_ueberstundenzuschlag == 1, mehrarbeitsstunden, rate(0))
    share = ueberstundenzuschlag[zuschlagsklasse[entgeltgruppe]]
    return premium(zuschlag_grundlage, share, hours, rundung_zeitzuschlag)


@rule(law="§ 6 Abs. 1a TVöD (VKA)", unit="zahl", since="2026-01-01", when="arbeitszeit_erhoeht")
def erhoehungsstunden_woche(wochenstunden: Rate, vollzeitstunden: Rate, arbeitszeit_hoechstens: Rate) -> Rate:
    """Wochenstunden über der Arbeitszeit einer Vollzeitkraft, höchstens bis 42"""
    return cast(Rate, maximum(minimum(wochenstunden, arbeitszeit_hoechstens) - vollzeitstunden, rate(0)))


@rule(law="§ 6 Abs. 1a TVöD (VKA)", unit="zahl", since="2026-01-01", when="arbeitszeit_erhoeht")
def erhoehungsstunden_monat(
        erhoehungsstunden_woche: Rate, erhoehung_geleistet: Rate, monatsfaktor: Rate, erhoehung_verfahren: Count,
        tage: Days, kalendertage_im_monat: Days) -> Rate:
    """Erhöhte Stunden des Monats: nach dem Monatsfaktor (1) oder die geleisteten (2), wie festgelegt"""
    by_factor = half_up_decimals(monatsfaktor * erhoehungsstunden_woche * tage / kalendertage_im_monat, 2)
    return cast(Rate, where(erhoehung_verfahren == 1, by_factor, erhoehung_geleistet))


@rule(law="§ 8 Abs. 7 TVöD (VKA)", unit="euro/monat", since="2026-01-01", when="arbeitszeit_erhoeht")
def erhoehungszuschlag(zuschlag_grundlage: Money, erhoehungszuschlag_saetze: Lookup, zuschlagsklasse: Lookup,
                       entgeltgruppe: Choice, erhoehungsstunden_monat: Rate, rundung_zeitzuschlag: Count) -> Money:
    """Zuschlag für die vereinbarten erhöhten Stunden"""
    share = erhoehungszuschlag_saetze[zuschlagsklasse[entgeltgruppe]]
    return premium(zuschlag_grundlage, share, erhoehungsstunden_monat, rundung_zeitzuschlag)
