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
    rate,
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


@rule(law="§ 3b Abs. 1 Nr. 1 und Abs. 3 Nr. 1 EStG", unit="anteil", since="2024-01-01")
def steuerfrei_satz_nacht(steuer_nacht: Choice, steuerfrei_nacht: Lookup, tatsaechlich_gearbeitet: Condition) -> Rate:
    """Begünstigter Satz für Nachtarbeit; nur gearbeitete Stunden"""
    return cast(Rate, where(tatsaechlich_gearbeitet, steuerfrei_nacht[steuer_nacht], rate(0)))


@rule(law="§ 3b Abs. 1 Nr. 2 bis 4 und Abs. 3 Nr. 2 EStG", unit="anteil", since="2024-01-01")
def steuerfrei_satz_tag(steuer_tag: Choice, steuerfrei_tag: Lookup, tatsaechlich_gearbeitet: Condition) -> Rate:
    """Begünstigter Satz für Sonntags- oder Feiertagsarbeit; nur gearbeitete Stunden"""
    return cast(Rate, where(tatsaechlich_gearbeitet, steuerfrei_tag[steuer_tag], rate(0)))


@rule(law="§ 3b Abs. 1 EStG", unit="euro", since="2024-01-01")
def tagzuschlag_beguenstigt(tagzuschlag: Money, zeit_sonntag: Condition, zeit_feiertag: Choice,
                            zeit_vorfeiertag: Condition) -> Money:
    """Zuschlag des Tages, der steuerfrei sein kann: nicht der für Samstag"""
    favoured = zeit_sonntag | ~zeit_feiertag.ist("kein") | zeit_vorfeiertag
    return cast(Money, where(favoured, tagzuschlag, euro(0)))


def free_part(night: Money, day: Money, basic: Money, shares: tuple[Rate, Rate], hours: Rate, way: Count) -> Money:
    """The free part of two premiums: each up to its own share of the basic wage (1), or both up to the sum (2)."""
    night_room = half_up(half_up(basic * shares[0]) * hours)
    day_room = half_up(half_up(basic * shares[1]) * hours)
    apart = minimum(night, night_room) + minimum(day, day_room)
    together = minimum(night + day, night_room + day_room)
    return cast(Money, where(way == 1, apart, together))


@rule(law="§ 3b Abs. 1 und 2 EStG", unit="euro", since="2024-01-01")
def zuschlag_steuerfrei(
        nachtzuschlag: Money, tagzuschlag_beguenstigt: Money, grundlohn_stunde: Money,
        grundlohn_hoechstens_steuer: Money, steuerfrei_satz_nacht: Rate, steuerfrei_satz_tag: Rate, stunden: Rate,
        steuerfrei_verfahren: Count) -> Money:
    """Steuerfreier Teil der Zuschläge für Nacht, Sonntag und Feiertag"""
    basic = minimum(grundlohn_stunde, grundlohn_hoechstens_steuer)
    return free_part(nachtzuschlag, tagzuschlag_beguenstigt, basic, (steuerfrei_satz_nacht, steuerfrei_satz_tag),
                     stunden, steuerfrei_verfahren)


@rule(law="§ 1 Abs. 1 Satz 1 Nr. 1 SvEV", unit="euro", since="2024-01-01")
def zuschlag_sv_frei(
        nachtzuschlag: Money, tagzuschlag_beguenstigt: Money, zuschlag_steuerfrei: Money, grundlohn_stunde: Money,
        grundlohn_hoechstens_sv: Money, steuerfrei_satz_nacht: Rate, steuerfrei_satz_tag: Rate, stunden: Rate,
        steuerfrei_verfahren: Count) -> Money:
    """Beitragsfreier Teil der Zuschläge; niemals mehr als der steuerfreie"""
    basic = minimum(grundlohn_stunde, grundlohn_hoechstens_sv)
    free = free_part(nachtzuschlag, tagzuschlag_beguenstigt, basic, (steuerfrei_satz_nacht, steuerfrei_satz_tag),
                     stunden, steuerfrei_verfahren)
    return cast(Money, minimum(zuschlag_steuerfrei, free))


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
