"""Deferred pay into a pension scheme: free of tax up to 8 %, of contributions up to 4 % of the pension ceiling.

The subsidy of the employer counts first. What exceeds the free amounts is taxed and contributory pay; the cash pay
falls by the converted amount in any case.
"""

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Exact,
    Money,
    Rate,
    euro,
    half_up,
    maximum,
    minimum,
    rule,
    where,
)
from payroll.law.rules.nebenleistungen.gueltigkeit import BEGINN, refuse

NR63 = "§ 3 Nr. 63 EStG"
NR9 = "§ 1 Abs. 1 Satz 1 Nr. 9 SvEV"


def _freier_teil(paid: Money, yearly: Exact, used: Money, first: Money, procedure: Choice) -> Money:
    left = half_up(yearly) - used
    room: Money = where(procedure.ist("aufbrauchend"), left, half_up(yearly / 12))
    free: Money = minimum(paid, maximum(room - first, euro(0)))
    return free


@rule(law="§ 1a Abs. 1a BetrAVG", unit="euro/monat", since=BEGINN)
def nl_umwandlung_zuschuss(entgeltumwandlung: Money, umwandlung_zuschuss_satz: Rate) -> Money:
    """Zuschuss des Arbeitgebers zur Entgeltumwandlung, höchstens (ohne Vergleich mit den ersparten Beiträgen)"""
    return half_up(entgeltumwandlung * umwandlung_zuschuss_satz)


@rule(law=NR63, unit="ja/nein", since=BEGINN)
def umwandlung_vorhanden(entgeltumwandlung: Money, umwandlung_zuschuss: Money) -> Condition:
    """Es wird Entgelt umgewandelt"""
    refuse((entgeltumwandlung < 0) | (umwandlung_zuschuss < 0),
           "Entgeltumwandlung oder Zuschuss unter null; Rückrechnungen gehören in ihren Monat")
    return (entgeltumwandlung > 0) | (umwandlung_zuschuss > 0)


@rule(law=NR63, unit="ja/nein", since=BEGINN)
def umwandlung_beguenstigt(steuerklasse: Count, umwandlung_vorhanden: Condition) -> Condition:
    """Umwandlung im ersten Dienstverhältnis (nicht Klasse VI)"""
    return (steuerklasse != 6) & umwandlung_vorhanden


@rule(law=NR63, unit="euro/monat", since=BEGINN, when="umwandlung_beguenstigt")
def umwandlung_steuerfrei(entgeltumwandlung: Money, umwandlung_zuschuss: Money, sv_bbg_rv_jahr: Money,
                          umwandlung_steuerfrei_satz: Rate, umwandlung_verfahren: Choice,
                          umwandlung_steuerfrei_bisher: Money, zv2_steuerfrei: Money,
                          zv2_steuerfrei_bisher: Money) -> Money:
    """Steuerfreie Beiträge; der Beitrag des Arbeitgebers zur Zusatzversorgung geht vor"""
    return _freier_teil(entgeltumwandlung + umwandlung_zuschuss, sv_bbg_rv_jahr * umwandlung_steuerfrei_satz,
                        umwandlung_steuerfrei_bisher + zv2_steuerfrei_bisher, zv2_steuerfrei, umwandlung_verfahren)


@rule(law=NR9, unit="euro/monat", since=BEGINN, when="umwandlung_beguenstigt")
def umwandlung_sv_frei(umwandlung_steuerfrei: Money, sv_bbg_rv_jahr: Money, umwandlung_sv_frei_satz: Rate,
                       umwandlung_verfahren: Choice, umwandlung_sv_frei_bisher: Money, zv2_sv_frei: Money,
                       zv2_sv_frei_bisher: Money) -> Money:
    """Beitragsfreie Beiträge, nur so weit sie steuerfrei sind"""
    return _freier_teil(umwandlung_steuerfrei, sv_bbg_rv_jahr * umwandlung_sv_frei_satz,
                        umwandlung_sv_frei_bisher + zv2_sv_frei_bisher, zv2_sv_frei, umwandlung_verfahren)


@rule(law=NR63, unit="euro/monat", since=BEGINN, when="umwandlung_vorhanden")
def umwandlung_steuer_minderung(umwandlung_steuerfrei: Money, umwandlung_zuschuss: Money) -> Money:
    """So viel sinkt der steuerpflichtige Lohn (unter null: er steigt um den nicht freien Zuschuss)"""
    return umwandlung_steuerfrei - umwandlung_zuschuss


@rule(law=NR9, unit="euro/monat", since=BEGINN, when="umwandlung_vorhanden")
def umwandlung_sv_minderung(umwandlung_sv_frei: Money, umwandlung_zuschuss: Money) -> Money:
    """So viel sinkt das beitragspflichtige Entgelt (unter null: es steigt um den nicht freien Zuschuss)"""
    return umwandlung_sv_frei - umwandlung_zuschuss
