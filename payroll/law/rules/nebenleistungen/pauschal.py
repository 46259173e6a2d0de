"""Flat taxes on benefits (§§ 37b, 40 EStG): owed by the employer, who may pass them on."""

from payroll.law.engine import (
    Choice,
    Condition,
    Lookup,
    Money,
    Rate,
    euro,
    floor_cent,
    half_up,
    rule,
    sum_of,
    where,
)
from payroll.law.rules.nebenleistungen.gueltigkeit import BEGINN, refuse


@rule(law="§ 40 Abs. 2 Satz 1 EStG", unit="euro/monat", since=BEGINN)
def nl_mahlzeiten_pauschal_betrag(nl_mahlzeiten: Money, nl_mahlzeiten_pauschal: Condition) -> Money:
    """Pauschal versteuerte Mahlzeiten"""
    flat: Money = where(nl_mahlzeiten_pauschal, nl_mahlzeiten, euro(0))
    return flat


@rule(law="§ 40 Abs. 2 Satz 1 EStG", unit="euro/monat", since=BEGINN)
def nl_steuer_25(nl_mahlzeiten_pauschal_betrag: Money, nl_pauschal_25_sach: Money, nl_pauschal_25_geld: Money,
                 pauschsteuersatz_mahlzeiten: Rate) -> Money:
    """Pauschale Lohnsteuer auf Mahlzeiten, Veranstaltungen, Erholung und Ähnliches"""
    base = nl_mahlzeiten_pauschal_betrag + nl_pauschal_25_sach + nl_pauschal_25_geld
    return half_up(base * pauschsteuersatz_mahlzeiten)


@rule(law="§ 40 Abs. 2 Satz 2 Nr. 1 EStG", unit="euro/monat", since=BEGINN)
def nl_steuer_15(nl_arbeitsweg_pauschal_betrag: Money, pauschsteuersatz_fahrtkosten: Rate) -> Money:
    """Pauschale Lohnsteuer auf Leistungen für den Arbeitsweg"""
    return half_up(nl_arbeitsweg_pauschal_betrag * pauschsteuersatz_fahrtkosten)


@rule(law="§ 40 Abs. 2 Satz 2 Nr. 2 EStG", unit="euro/monat", since=BEGINN)
def nl_steuer_jobticket(nl_jobticket_pauschal: Money, pauschsteuersatz_jobticket: Rate) -> Money:
    """Pauschale Lohnsteuer auf die Fahrberechtigung"""
    return half_up(nl_jobticket_pauschal * pauschsteuersatz_jobticket)


@rule(law="§ 37b EStG", unit="euro/monat", since=BEGINN)
def nl_steuer_37b(nl_pauschal_37b: Money, pauschsteuersatz_sachzuwendung: Rate) -> Money:
    """Pauschale Steuer auf Sachzuwendungen"""
    return half_up(nl_pauschal_37b * pauschsteuersatz_sachzuwendung)


@rule(law="§§ 37b, 40 Abs. 2 EStG", unit="euro/monat", since=BEGINN)
def nl_pauschalsteuer(nl_steuer_25: Money, nl_steuer_15: Money, nl_steuer_jobticket: Money,
                      nl_steuer_37b: Money) -> Money:
    """Pauschale Lohnsteuer auf Nebenleistungen"""
    total: Money = sum_of(nl_steuer_25, nl_steuer_15, nl_steuer_jobticket, nl_steuer_37b)
    return total


@rule(law="§ 3 Abs. 1 Nr. 4, § 4 SolZG", unit="euro/monat", since=BEGINN)
def nl_pauschal_soli(nl_pauschalsteuer: Money, soli_satz_pauschal: Rate) -> Money:
    """Solidaritätszuschlag auf die pauschale Lohnsteuer"""
    return floor_cent(nl_pauschalsteuer * soli_satz_pauschal)


@rule(law="§ 40 Abs. 3, § 51a EStG", unit="euro/monat", since=BEGINN)
def nl_pauschal_kist(nl_pauschalsteuer: Money, nl_kist_verfahren: Choice, bundesland_kirche: Choice,
                     kirchensteuersatz_pauschal_land: Lookup, kirchensteuersatz_person: Rate) -> Money:
    """Kirchensteuer auf die pauschale Lohnsteuer"""
    simple = nl_kist_verfahren.ist("vereinfacht")
    refuse(simple & bundesland_kirche.ist("BW") & (nl_pauschalsteuer > 0),
           "vereinfachte Kirchensteuer in Baden-Württemberg: kein belegter Satz; Nachweisverfahren wählen")
    share: Rate = where(simple, kirchensteuersatz_pauschal_land[bundesland_kirche], kirchensteuersatz_person)
    return floor_cent(nl_pauschalsteuer * share)


@rule(law="§ 40 Abs. 3 EStG", unit="euro/monat", since=BEGINN)
def nl_pauschalsteuern(nl_pauschalsteuer: Money, nl_pauschal_soli: Money, nl_pauschal_kist: Money) -> Money:
    """Pauschale Steuern auf Nebenleistungen mit Solidaritätszuschlag und Kirchensteuer"""
    return nl_pauschalsteuer + nl_pauschal_soli + nl_pauschal_kist


@rule(law="§ 40 Abs. 3 Satz 2 EStG", unit="euro/monat", since=BEGINN)
def nl_pauschalsteuern_an(nl_pauschalsteuern: Money, nl_pauschal_abwaelzung: Condition) -> Money:
    """Auf den Beschäftigten abgewälzte pauschale Steuern"""
    own: Money = where(nl_pauschal_abwaelzung, nl_pauschalsteuern, euro(0))
    return own


@rule(law="§ 40 Abs. 3 Satz 1 EStG", unit="euro/monat", since=BEGINN)
def nl_pauschalsteuern_ag(nl_pauschalsteuern: Money, nl_pauschalsteuern_an: Money) -> Money:
    """Pauschale Steuern, die der Arbeitgeber trägt"""
    return nl_pauschalsteuern - nl_pauschalsteuern_an
