"""Flat wage tax of the whole pay, owed by the employer: 20 percent (§ 40a Abs. 2a EStG) and 25 percent (§ 40a Abs. 1).

Surcharge and church tax are cut on the tax of the month. Where the employer passes the taxes on, they lower total gross
but no tax base (§ 40 Abs. 3 Satz 2 EStG).
"""

from payroll.law.engine import (
    Choice,
    Condition,
    Lookup,
    Money,
    Rate,
    euro,
    floor_cent,
    half_up,
    maximum,
    rule,
    where,
)
from payroll.law.rules.abrechnung.zeit import BEGINN
from payroll.law.rules.nebenleistungen.gueltigkeit import refuse

KEIN_SATZ = "vereinfachte Kirchensteuer in Baden-Württemberg: kein belegter Satz; Nachweisverfahren wählen"


@rule(law="§ 40a Abs. 1, 2, 2a EStG", unit="ja/nein", since=BEGINN)
def pauschal_besteuert(status: Choice, individuell_besteuert: Condition, pauschal_20: Condition,
                       kurzfristig_pauschal: Condition) -> Condition:
    """Die Lohnsteuer wird pauschal erhoben: Minijob 2 %, ohne pauschale Rentenversicherung 20 %, kurzfristig 25 %"""
    return (status.ist("minijob") & ~individuell_besteuert) | pauschal_20 | kurzfristig_pauschal


@rule(law="§ 40a Abs. 1, 2a EStG", unit="ja/nein", since=BEGINN)
def pauschal_40a(pauschal_20: Condition, kurzfristig_pauschal: Condition) -> Condition:
    """Pauschal mit 20 oder 25 Prozent"""
    return pauschal_20 | kurzfristig_pauschal


@rule(law="§ 40a Abs. 1, 2a EStG", unit="euro", since=BEGINN, when="pauschal_40a")
def pauschal_40a_lohn(lohn_laufend: Money, einmalzahlung: Money) -> Money:
    """Lohn, der mit 20 oder 25 Prozent pauschal versteuert wird"""
    return maximum(lohn_laufend + einmalzahlung, euro(0))


@rule(law="§ 40a Abs. 2a EStG", unit="euro", since=BEGINN, when="pauschal_40a")
def pauschsteuer_20(pauschal_40a_lohn: Money, pauschal_20: Condition, pauschsteuersatz_minijob_ohne_rv: Rate) -> Money:
    """Pauschale Lohnsteuer von 20 Prozent, ohne pauschale Beiträge zur Rentenversicherung"""
    tax: Money = where(pauschal_20, half_up(pauschal_40a_lohn * pauschsteuersatz_minijob_ohne_rv), euro(0))
    return tax


@rule(law="§ 40a Abs. 1 EStG", unit="euro", since=BEGINN, when="pauschal_40a")
def pauschsteuer_25(pauschal_40a_lohn: Money, kurzfristig_pauschal: Condition,
                    pauschsteuersatz_kurzfristig: Rate) -> Money:
    """Pauschale Lohnsteuer von 25 Prozent für kurzfristig Beschäftigte"""
    tax: Money = where(kurzfristig_pauschal, half_up(pauschal_40a_lohn * pauschsteuersatz_kurzfristig), euro(0))
    return tax


@rule(law="§ 3 Abs. 1 Nr. 4, § 4 SolZG", unit="euro", since=BEGINN, when="pauschal_40a")
def pauschsteuer_40a_soli(pauschsteuer_20: Money, pauschsteuer_25: Money, soli_satz_pauschal: Rate) -> Money:
    """Solidaritätszuschlag auf die pauschale Lohnsteuer nach § 40a, ohne Freigrenze"""
    return floor_cent((pauschsteuer_20 + pauschsteuer_25) * soli_satz_pauschal)


@rule(law="§ 40a Abs. 5, § 40 Abs. 3, § 51a EStG", unit="euro", since=BEGINN, when="pauschal_40a")
def pauschsteuer_40a_kist(pauschsteuer_20: Money, pauschsteuer_25: Money, nl_kist_verfahren: Choice,
                          bundesland_kirche: Choice, kirchensteuersatz_pauschal_land: Lookup,
                          kirchensteuersatz_person: Rate) -> Money:
    """Kirchensteuer auf die pauschale Lohnsteuer nach § 40a, vereinfacht oder im Nachweisverfahren"""
    tax = pauschsteuer_20 + pauschsteuer_25
    simple = nl_kist_verfahren.ist("vereinfacht")
    refuse(simple & bundesland_kirche.ist("BW") & (tax > 0), KEIN_SATZ)
    share: Rate = where(simple, kirchensteuersatz_pauschal_land[bundesland_kirche], kirchensteuersatz_person)
    return floor_cent(tax * share)


@rule(law="§ 40a Abs. 5, § 40 Abs. 3 EStG", unit="euro", since=BEGINN)
def pauschsteuern_40a(pauschsteuer_20: Money, pauschsteuer_25: Money, pauschsteuer_40a_soli: Money,
                      pauschsteuer_40a_kist: Money) -> Money:
    """Pauschale Steuern nach § 40a mit Solidaritätszuschlag und Kirchensteuer"""
    return pauschsteuer_20 + pauschsteuer_25 + pauschsteuer_40a_soli + pauschsteuer_40a_kist


@rule(law="§ 40 Abs. 3 Satz 2 EStG", unit="euro", since=BEGINN)
def pauschsteuern_40a_an(pauschsteuern_40a: Money, nl_pauschal_abwaelzung: Condition) -> Money:
    """Auf den Beschäftigten abgewälzte pauschale Steuern nach § 40a"""
    own: Money = where(nl_pauschal_abwaelzung, pauschsteuern_40a, euro(0))
    return own
