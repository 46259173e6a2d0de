"""Tax-free premiums (§ 3b EStG): up to a share of the basic wage, capped for tax and lower for social insurance."""

from typing import cast

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Input,
    Lookup,
    Money,
    Rate,
    euro,
    half_up,
    minimum,
    rule,
    where,
)
from payroll.law.rules.entgelt.zuschlagszeiten import STEUER_NACHT, STEUER_TAG

INPUTS = (
    Input("steuer_nacht", "Choice", "auswahl", "Nachtarbeit nach § 3b EStG", default=0, names=STEUER_NACHT),
    Input("steuer_tag", "Choice", "auswahl", "Sonntags- oder Feiertagsarbeit nach § 3b EStG", default=0,
          names=STEUER_TAG),
    Input("grundlohn_monat", "Money", "euro/monat", "laufender Arbeitslohn mit Zulagen und Arbeitgeberleistungen",
          default=0),
    Input("tatsaechlich_gearbeitet", "Condition", "ja/nein", "die Stunden wurden wirklich gearbeitet", default=1),
)


@rule(law="§ 3b Abs. 2 Satz 1 EStG", unit="euro/stunde", since="2024-01-01")
def grundlohn_stunde(grundlohn_monat: Money, wochenstunden: Rate, grundlohn_wochenfaktor: Rate) -> Money:
    """Grundlohn einer Stunde, vor der Obergrenze"""
    divisor: Rate = wochenstunden * grundlohn_wochenfaktor
    return half_up(grundlohn_monat / divisor)


@rule(law="§ 3b Abs. 1 und 3 EStG", unit="anteil", since="2024-01-01")
def steuerfrei_satz(steuer_nacht: Choice, steuer_tag: Choice, steuerfrei_nacht: Lookup, steuerfrei_tag: Lookup,
                    tatsaechlich_gearbeitet: Condition) -> Rate:
    """Begünstigter Satz: Nacht und Sonntag oder Feiertag werden zusammengerechnet; nur gearbeitete Stunden"""
    share: Rate = where(tatsaechlich_gearbeitet, steuerfrei_nacht[steuer_nacht] + steuerfrei_tag[steuer_tag], 0)
    return share


@rule(law="§ 3b Abs. 1 EStG", unit="euro", since="2024-01-01")
def zuschlag_beguenstigt(nachtzuschlag: Money, tagzuschlag: Money, zeit_sonntag: Condition, zeit_feiertag: Choice,
                         zeit_vorfeiertag: Condition) -> Money:
    """Zuschläge, die steuerfrei sein können: nicht die für Überstunden und Samstag"""
    favoured = zeit_sonntag | ~zeit_feiertag.ist("kein") | zeit_vorfeiertag
    return cast(Money, nachtzuschlag + where(favoured, tagzuschlag, euro(0)))


@rule(law="§ 3b Abs. 1 und 2 EStG", unit="euro", since="2024-01-01")
def zuschlag_steuerfrei(zuschlag_beguenstigt: Money, grundlohn_stunde: Money, grundlohn_hoechstens_steuer: Money,
                        steuerfrei_satz: Rate, stunden: Rate) -> Money:
    """Steuerfreier Teil der Zuschläge"""
    room = half_up(minimum(grundlohn_stunde, grundlohn_hoechstens_steuer) * steuerfrei_satz * stunden)
    return cast(Money, minimum(zuschlag_beguenstigt, room))


@rule(law="§ 1 Abs. 1 Satz 1 Nr. 1 SvEV", unit="euro", since="2024-01-01")
def zuschlag_sv_frei(zuschlag_steuerfrei: Money, grundlohn_stunde: Money, grundlohn_hoechstens_sv: Money,
                     steuerfrei_satz: Rate, stunden: Rate) -> Money:
    """Beitragsfreier Teil der Zuschläge; niemals mehr als der steuerfreie"""
    room = half_up(minimum(grundlohn_stunde, grundlohn_hoechstens_sv) * steuerfrei_satz * stunden)
    return cast(Money, minimum(zuschlag_steuerfrei, room))


@rule(law="§ 3b EStG", unit="euro", since="2024-01-01")
def zuschlag_steuerpflichtig(zuschlaege_summe: Money, zuschlag_steuerfrei: Money) -> Money:
    """Steuerpflichtiger Teil der Zuschläge"""
    return zuschlaege_summe - zuschlag_steuerfrei


@rule(law="§ 1 Abs. 1 Satz 1 Nr. 1 SvEV", unit="euro", since="2024-01-01")
def zuschlag_sv_pflichtig(zuschlaege_summe: Money, zuschlag_sv_frei: Money) -> Money:
    """Beitragspflichtiger Teil der Zuschläge; in der Unfallversicherung sind alle Zuschläge beitragspflichtig"""
    return zuschlaege_summe - zuschlag_sv_frei


@rule(law="Anlage 3 zum ATV-K, Satzung der Kasse", unit="euro", since="2024-01-01")
def zuschlag_zv_pflichtig(zuschlag_steuerpflichtig: Money, zv_zuschlaege_pflichtig: Count) -> Money:
    """Teil der Zuschläge, der zusatzversorgungspflichtig ist: keiner oder der steuerpflichtige, je nach Kasse"""
    return cast(Money, where(zv_zuschlaege_pflichtig == 1, zuschlag_steuerpflichtig, euro(0)))
