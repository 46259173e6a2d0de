"""Gross pay and its parts for tax and insurance."""

from payroll.law.engine import Condition, Money, euro, rule, where
from payroll.law.rules.abrechnung.aktivrente import SEIT
from payroll.law.rules.abrechnung.zeit import BEGINN
from payroll.law.rules.nebenleistungen.gueltigkeit import refuse

MEHR_UMGEWANDELT = "Entgeltumwandlung ist höher als das laufende Entgelt des Monats; Betrag oder Monat berichtigen"


@rule(law="§ 611a BGB, § 15 TVöD", unit="euro/monat", since=BEGINN)
def laufendes_entgelt(brutto: Money, tabellenentgelt: Money, nach_tabelle: Condition) -> Money:
    """Laufendes Entgelt"""
    pay: Money = where(nach_tabelle, tabellenentgelt, brutto)
    return pay


@rule(law="§ 108 GewO", unit="euro", since=BEGINN)
def gesamtbrutto(laufendes_entgelt: Money, zulagen: Money, vwl_ag: Money, einmalzahlung: Money,
                 steuerfreie_bezuege: Money, sachbezuege: Money, geldleistungen: Money,
                 pauschalsteuern_an: Money, pauschsteuern_40a_an: Money) -> Money:
    """Gesamtbrutto des Monats"""
    return (laufendes_entgelt + zulagen + vwl_ag + einmalzahlung + steuerfreie_bezuege + sachbezuege
            + geldleistungen - pauschalsteuern_an - pauschsteuern_40a_an)


@rule(law="§ 15 Abs. 2 ATV-K", unit="euro/monat", since=BEGINN)
def zv_grundentgelt(laufendes_entgelt: Money, zulagen: Money) -> Money:
    """Grundentgelt der Zusatzversorgung"""
    return laufendes_entgelt + zulagen


@rule(law="§ 14 SGB IV, § 1 SvEV", unit="euro", since=BEGINN)
def sv_entgelt_laufend(laufendes_entgelt: Money, zulagen: Money, vwl_ag: Money, zv_hinzurechnung: Money,
                       nebenleistungen_sv_pflichtig: Money, umwandlung_sv_minderung: Money,
                       zv2_sv_pflichtig: Money) -> Money:
    """Laufendes Arbeitsentgelt der Sozialversicherung"""
    pay = laufendes_entgelt + zulagen + vwl_ag
    refuse((umwandlung_sv_minderung > 0) & (umwandlung_sv_minderung > pay), MEHR_UMGEWANDELT)
    return pay + zv_hinzurechnung + zv2_sv_pflichtig + nebenleistungen_sv_pflichtig - umwandlung_sv_minderung


@rule(law="§ 23a SGB IV", unit="euro", since=BEGINN)
def sv_entgelt_einmalig(einmalzahlung: Money, stoerfall_entgelt: Money) -> Money:
    """Einmalig gezahltes Arbeitsentgelt, ohne das Wertguthaben eines Störfalls (§ 23b SGB IV)"""
    return einmalzahlung - stoerfall_entgelt


@rule(law="§ 19 Abs. 1, § 2 LStDV", unit="euro", since=BEGINN)
def lohn_laufend(laufendes_entgelt: Money, zulagen: Money, vwl_ag: Money, zv_individuell: Money,
                 nebenleistungen_steuerpflichtig: Money, umwandlung_steuer_minderung: Money,
                 zv2_steuerpflichtig: Money) -> Money:
    """Laufender Arbeitslohn, individuell oder pauschal zu versteuern"""
    pay = laufendes_entgelt + zulagen + vwl_ag
    refuse((umwandlung_steuer_minderung > 0) & (umwandlung_steuer_minderung > pay), MEHR_UMGEWANDELT)
    return (pay + zv_individuell + zv2_steuerpflichtig + nebenleistungen_steuerpflichtig
            - umwandlung_steuer_minderung)


@rule(law="§ 39b Abs. 2 EStG", unit="euro", since=BEGINN, until="2025-12-31", name="steuerpflichtig_laufend")
def steuerpflichtig_laufend_bis_2025(lohn_laufend: Money, pauschal_besteuert: Condition) -> Money:
    """Steuerpflichtiges laufendes Entgelt"""
    wage: Money = where(pauschal_besteuert, euro(0), lohn_laufend)
    return wage


@rule(law="§ 39b Abs. 2, § 3 Nr. 21 EStG", unit="euro", since=SEIT)
def steuerpflichtig_laufend(lohn_laufend: Money, pauschal_besteuert: Condition, aktivrente_laufend: Money) -> Money:
    """Steuerpflichtiges laufendes Entgelt, ohne den steuerfreien Lohn nach der Regelaltersgrenze"""
    wage: Money = where(pauschal_besteuert, euro(0), lohn_laufend - aktivrente_laufend)
    return wage


@rule(law="§ 39b Abs. 3 EStG", unit="euro", since=BEGINN, until="2025-12-31", name="sonstb")
def sonstb_bis_2025(einmalzahlung: Money, pauschal_besteuert: Condition) -> Money:
    """Sonstiger Bezug des Monats"""
    wage: Money = where(pauschal_besteuert, euro(0), einmalzahlung)
    return wage


@rule(law="§ 39b Abs. 3, § 3 Nr. 21 EStG", unit="euro", since=SEIT)
def sonstb(einmalzahlung: Money, pauschal_besteuert: Condition, aktivrente_einmalig: Money) -> Money:
    """Sonstiger Bezug des Monats, ohne den steuerfreien Lohn nach der Regelaltersgrenze"""
    wage: Money = where(pauschal_besteuert, euro(0), einmalzahlung - aktivrente_einmalig)
    return wage


@rule(law="§ 41b EStG", unit="euro", since=BEGINN)
def steuerbrutto(steuerpflichtig_laufend: Money, sonstb: Money) -> Money:
    """Steuerpflichtiges Brutto vor persönlichen Freibeträgen"""
    return steuerpflichtig_laufend + sonstb
