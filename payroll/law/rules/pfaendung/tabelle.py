"""The table of § 850c as the statute's formula: net, rounded down, above the free amount, by the share.

Equal to every cell of the printed tables of 2025 and 2026; of 2023 and 2024 single cells are confirmed.
"""

from payroll.law.engine import (
    Choice,
    Condition,
    Count,
    Exact,
    Lookup,
    Money,
    Rate,
    cut_decimals,
    euro,
    floor_cent,
    half_up,
    maximum,
    minimum,
    rule,
    where,
)
from payroll.law.rules.pfaendung.grenzen import BEGINN, refuse


@rule(law="§ 850e Nr. 2, 2a und 3 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_bemessung(pf_netto: Money, pf_sachbezuege: Money, sachbezuege: Money, pf_weiteres_einkommen: Money) -> Money:
    """Einkommen, nach dem sich der pfändbare Betrag richtet"""
    total: Money = maximum(pf_netto + pf_sachbezuege + sachbezuege + pf_weiteres_einkommen, euro(0))
    return total


@rule(law="§ 850c Abs. 1 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_netto_zeitraum(pf_bemessung: Money, pf_zeitraeume: Count) -> Money:
    """Einkommen je Zeitraum; ein Teilmonat nach der Tagestabelle wird durch seine Tage geteilt"""
    refuse(pf_zeitraeume < 1, "Zahl der Zeiträume unter eins; bitte die Tage des Teilmonats angeben")
    return floor_cent(pf_bemessung / pf_zeitraeume)


@rule(law="§ 850c Abs. 3 Satz 3 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_uebersteigend(pf_netto_zeitraum: Money, pf_obergrenze: Money) -> Money:
    """Einkommen über der Obergrenze, voll pfändbar"""
    beyond: Money = maximum(pf_netto_zeitraum - pf_obergrenze, euro(0))
    return beyond


@rule(law="§ 850c Abs. 5 Satz 1 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_netto_gerundet(pf_netto_zeitraum: Money, pf_uebersteigend: Money, pf_zeitraum: Choice,
                      pfaendung_stufe: Lookup) -> Money:
    """Einkommen bis zur Obergrenze, nach unten abgerundet"""
    step = pfaendung_stufe[pf_zeitraum]
    rounded: Exact = cut_decimals((pf_netto_zeitraum - pf_uebersteigend) / step, 0) * step
    return floor_cent(rounded)


@rule(law="§ 850c Abs. 3 und 5 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_tabellenbetrag(pf_netto_gerundet: Money, pf_freibetrag: Money, pf_anteil: Rate,
                      pf_uebersteigend: Money) -> Money:
    """Pfändbarer Betrag eines Zeitraums nach der Tabelle"""
    above: Money = maximum(pf_netto_gerundet - pf_freibetrag, euro(0))
    return half_up(above * pf_anteil) + pf_uebersteigend


@rule(law="§ 850c ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_tabellenbetrag_gesamt(pf_tabellenbetrag: Money, pf_zeitraeume: Count) -> Money:
    """Pfändbarer Betrag aller Zeiträume nach der Tabelle"""
    total: Money = pf_tabellenbetrag * pf_zeitraeume
    return total


@rule(law="§ 850e Nr. 3 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_bar(pf_netto: Money) -> Money:
    """In Geld zahlbares Nettoeinkommen dieses Arbeitgebers"""
    cash: Money = maximum(pf_netto, euro(0))
    return cash


@rule(law="§ 850e Nr. 2 und 2a ZPO", unit="ja/nein", since=BEGINN)
def pf_freibetrag_hier(pf_grundbetrag_bei: Choice) -> Condition:
    """Der unpfändbare Betrag wird zuerst diesem Einkommen entnommen"""
    return pf_grundbetrag_bei.ist("hier")


@rule(law="§§ 850c, 850e Nr. 2 bis 3 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_betrag_850c(pf_tabellenbetrag_gesamt: Money, pf_weiteres_einkommen: Money, pf_freibetrag_hier: Condition,
                   pf_bar: Money) -> Money:
    """Nach § 850c bei diesem Arbeitgeber pfändbar

    With other income added by order of the court: where the free amount is covered here first, the other income is
    garnished before this one; otherwise this one before the other. Never more than the part paid in money.
    """
    taken_there = minimum(pf_tabellenbetrag_gesamt, pf_weiteres_einkommen)
    here = where(pf_freibetrag_hier, pf_tabellenbetrag_gesamt - taken_there, pf_tabellenbetrag_gesamt)
    amount: Money = minimum(here, pf_bar)
    return amount
