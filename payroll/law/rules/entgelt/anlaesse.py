"""Payments on occasions: jubilee, death, leave not taken, exchange days, exam premium, special allowances."""

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
    choose,
    cut_decimals,
    euro,
    half_up,
    half_up_decimals,
    maximum,
    minimum,
    rule,
    where,
)

INPUTS = (
    Input("beschaeftigungszeit_jahre", "Count", "anzahl", "an diesem Tag vollendete Jahre der Beschäftigungszeit",
          default=0),
    Input("sterbetag", "Count", "anzahl", "Tag des Monats, an dem der Beschäftigte starb", default=0),
    Input("dienstbezuege_monat", "Money", "euro/monat", "Dienstbezüge eines Monats der verstorbenen Person", default=0),
    Input("urlaubstage_offen", "Rate", "zahl", "nicht genommene Urlaubstage", default=0, den=100),
    Input("urlaubsentgelt_monat", "Money", "euro/monat", "Monatsentgelt der ständigen Bestandteile", default=0),
    Input("urlaub_monate", "Count", "anzahl", "volle Monate der Beschäftigung im Jahr", default=12),
    Input("schichtmonate", "Count", "anzahl", "Monate mit ständiger Wechselschicht oder Schichtarbeit", default=0),
    Input("in_wechselschicht", "Condition", "ja/nein", "die Schichtmonate sind Wechselschicht", default=0),
    Input("tauschtage", "Count", "anzahl", "rechtzeitig erklärte Tauschtage", default=0),
    Input("besondere_zulage", "Choice", "auswahl", "Zulage des Sozial- und Erziehungsdienstes", default=0,
          names=("keine", "praxisanleitung", "wohngruppe_s2_bis_s4", "wohngruppe")),
    Input("pruefung_bestanden", "Condition", "ja/nein", "Abschlussprüfung beim ersten Mal bestanden", default=0),
    Input("altersteilzeit_entgelt", "Money", "euro/monat", "Regelarbeitsentgelt der Altersteilzeit", default=0),
)


@rule(law="§ 23 Abs. 2 TVöD", unit="euro", since="2024-01-01")
def jubilaeumsgeld(beschaeftigungszeit_jahre: Count, jubilaeum_25: Money, jubilaeum_40: Money) -> Money:
    """Jubiläumsgeld, auch in Teilzeit voll; steuer- und beitragspflichtig, nicht zusatzversorgungspflichtig"""
    return cast(Money, choose((beschaeftigungszeit_jahre == 25, jubilaeum_25),
                              (beschaeftigungszeit_jahre == 40, jubilaeum_40), otherwise=euro(0)))


@rule(law="§ 23 Abs. 3 TVöD", unit="ja/nein", since="2024-01-01")
def ist_sterbefall(sterbetag: Count) -> Condition:
    """Der Beschäftigte ist in diesem Monat gestorben"""
    return sterbetag > 0


@rule(law="§ 23 Abs. 3 TVöD", unit="euro", since="2024-01-01", when="ist_sterbefall")
def sterbegeld(teilzeitentgelt: Money, sterbetag: Count, kalendertage_im_monat: Days,
               sterbegeld_monate: Count) -> Money:
    """Sterbegeld: Tabellenentgelt für die restlichen Tage des Monats und zwei weitere Monate"""
    rest = half_up(teilzeitentgelt * (kalendertage_im_monat - sterbetag) / kalendertage_im_monat)
    return cast(Money, rest + teilzeitentgelt * sterbegeld_monate)


@rule(law="§ 22 Abs. 1 LBeamtVG NRW, § 18 Abs. 1 BeamtVG", unit="euro", since="2024-01-01")
def sterbegeld_beamte(dienstbezuege_monat: Money, sterbegeld_beamte_monate: Count) -> Money:
    """Sterbegeld nach dem Tod einer Beamtin oder eines Beamten: das Zweifache der Dienstbezüge in einer Summe"""
    return dienstbezuege_monat * sterbegeld_beamte_monate


@rule(law="§ 26 Abs. 1 und 2 TVöD", unit="zahl", since="2024-01-01")
def urlaubsanspruch(urlaubstage_jahr: Count, urlaub_monate: Count, arbeitstage_je_woche: Count,
                    arbeitstage_wochen: Count) -> Rate:
    """Urlaubstage des Jahres: ein Zwölftel je vollem Monat; ein halber Tag und mehr wird ein ganzer"""
    days = urlaubstage_jahr * arbeitstage_je_woche * urlaub_monate / (arbeitstage_wochen * 60)
    return cast(Rate, half_up_decimals(days, 0))


@rule(law="§ 27 TVöD", unit="zahl", since="2024-01-01")
def zusatzurlaub(schichtmonate: Count, in_wechselschicht: Condition, zusatzurlaub_monate: Lookup) -> Rate:
    """Zusatzurlaub: ein Tag je zwei Monate ständiger Wechselschicht oder vier Monate ständiger Schichtarbeit"""
    months = where(in_wechselschicht, zusatzurlaub_monate[Count(0)], zusatzurlaub_monate[Count(1)])
    return cast(Rate, cut_decimals(schichtmonate / months, 0))


@rule(law="§ 7 Abs. 4, § 11 Abs. 1 BUrlG, § 21 TVöD", unit="euro/tag", since="2024-01-01")
def urlaubstag_wert(urlaubsentgelt_monat: Money, arbeitstage_je_woche: Count, arbeitstage_wochen: Count,
                    tagesdurchschnitt_teiler: Rate, tagesdurchschnitt: Money) -> Money:
    """Wert eines Urlaubstages: drei Monatsentgelte durch die Arbeitstage von 13 Wochen, dazu der Tagesdurchschnitt"""
    days: Rate = tagesdurchschnitt_teiler * arbeitstage_je_woche / (arbeitstage_wochen * 5)
    return half_up(urlaubsentgelt_monat * 3 / days) + tagesdurchschnitt


@rule(law="§ 7 Abs. 4 BUrlG, § 26 TVöD", unit="euro", since="2024-01-01")
def urlaubsabgeltung(urlaubstag_wert: Money, urlaubstage_offen: Rate) -> Money:
    """Abgeltung des Urlaubs, der wegen der Beendigung nicht genommen werden kann"""
    return half_up(urlaubstag_wert * urlaubstage_offen)


@rule(law="§ 20 Abs. 7 TVöD (VKA)", unit="euro/tag", since="2026-01-01")
def tauschtag_wert(stundenentgelt: Money, wochenstunden: Rate, arbeitstage_je_woche: Count,
                   arbeitstage_wochen: Count) -> Money:
    """Wert eines Tauschtages: Stundenentgelt mal Stunden eines durchschnittlichen Arbeitstages"""
    return half_up(stundenentgelt * half_up_decimals(wochenstunden * arbeitstage_wochen / arbeitstage_je_woche, 2))


@rule(law="§ 20 Abs. 7 TVöD (VKA)", unit="euro", since="2026-01-01")
def sonderzahlung_nach_tausch(sonderzahlung: Money, tauschtag_wert: Money, tauschtage: Count,
                              tauschtage_hoechstens: Count, krankenhaus: Condition, pflegeheim: Condition) -> Money:
    """Jahressonderzahlung nach Abzug der Tauschtage; nur in der Verwaltung (BT-V)"""
    days = where(krankenhaus | pflegeheim, Count(0), minimum(tauschtage, tauschtage_hoechstens))
    return cast(Money, maximum(sonderzahlung - tauschtag_wert * days, euro(0)))


@rule(law="Anlage zu § 52, § 56 TVöD-BT-V", unit="euro/monat", since="2024-01-01")
def besondere_zulage_monat(besondere_zulage: Choice, besondere_zulagen: Lookup, wochenstunden: Rate,
                           vollzeitstunden: Rate, tage: Days, kalendertage_im_monat: Days) -> Money:
    """Zulage für Praxisanleitung oder Tätigkeit in Wohngruppen, nach Teilzeit und Tagen"""
    amount = half_up(besondere_zulagen[besondere_zulage] * wochenstunden / vollzeitstunden)
    return half_up(amount * tage / kalendertage_im_monat)


@rule(law="§ 17 TVAöD", unit="euro", since="2024-01-01", when="pruefung_bestanden")
def abschlusspraemie(abschlusspraemie_betrag: Money) -> Money:
    """Abschlussprämie der Auszubildenden"""
    return abschlusspraemie_betrag


@rule(law="§ 7 Abs. 2 TV FlexAZ", unit="euro/monat", since="2024-01-01")
def aufstockung_altersteilzeit(altersteilzeit_entgelt: Money, altersteilzeit_aufstockung: Rate) -> Money:
    """Aufstockung des Regelarbeitsentgelts in laufender Altersteilzeit"""
    return half_up(altersteilzeit_entgelt * altersteilzeit_aufstockung)
