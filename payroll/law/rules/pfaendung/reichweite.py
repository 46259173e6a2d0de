"""How far one claim reaches: the table, what a court has left to the debtor or fixed, maintenance (§ 850d)."""

from payroll.law.engine import Condition, Count, Exact, Money, euro, half_up, maximum, minimum, rule, where
from payroll.law.rules.pfaendung.grenzen import BEGINN, refuse


@rule(law="§ 850f Abs. 1 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_pfaendbar(pf_betrag_850c: Money, pf_gericht_zusatz: Money) -> Money:
    """Pfändbar für gewöhnliche Forderungen, nach dem zusätzlich belassenen Betrag"""
    refuse(pf_gericht_zusatz < 0, "zusätzlich zu belassender Betrag unter null; aus dem Beschluss berichtigen")
    amount: Money = maximum(pf_betrag_850c - pf_gericht_zusatz, euro(0))
    return amount


@rule(law="§ 850c Abs. 6, § 850d, § 850f ZPO", unit="ja/nein", since=BEGINN)
def pf_gericht_bestimmt(pf_gericht_freibetrag: Money, pf_gericht_betrag: Money) -> Condition:
    """Das Gericht hat den Betrag bestimmt; die Tabelle gilt nicht"""
    return (pf_gericht_freibetrag >= 0) | (pf_gericht_betrag >= 0)


@rule(law="§ 850c Abs. 6, § 850d Abs. 1 Satz 2, § 850f Abs. 2 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_nach_beschluss(pf_bemessung: Money, pf_bar: Money, pf_gericht_freibetrag: Money, pf_gericht_betrag: Money,
                      pf_gericht_rest_zaehler: Count, pf_gericht_rest_nenner: Count) -> Money:
    """Pfändbar nach dem Beschluss: fester Betrag, oder der Rest über dem Freibetrag ohne den belassenen Teil"""
    part, whole = pf_gericht_rest_zaehler, pf_gericht_rest_nenner
    refuse((whole < 1) | (part < 0) | (part > whole), "der vom Rest zu belassende Teil ist kein Bruch zwischen 0 und "
                                                      "1; Zähler und Nenner aus dem Beschluss berichtigen")
    rest: Money = maximum(pf_bemessung - maximum(pf_gericht_freibetrag, euro(0)), euro(0))
    open_part: Exact = rest - rest * (part / whole)
    fixed: Money = where(pf_gericht_betrag >= 0, pf_gericht_betrag, half_up(open_part))
    amount: Money = minimum(fixed, pf_bar)
    return amount


@rule(law="§ 850d Abs. 1 Satz 3 ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_mindestens(pf_betrag_gewoehnlich: Money, pf_pfaendbar: Money) -> Money:
    """Nach § 850c pfändbar: dem Schuldner bleibt bei Unterhalt nie mehr als dort"""
    least: Money = where(pf_betrag_gewoehnlich >= 0, pf_betrag_gewoehnlich, pf_pfaendbar)
    return least


@rule(law="§§ 850c, 850d, 850f ZPO", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_reichweite(pf_pfaendbar: Money, pf_nach_beschluss: Money, pf_gericht_bestimmt: Condition,
                  pf_unterhaltsglaeubiger: Condition, pf_mindestens: Money) -> Money:
    """So viel des Netto kann diese Forderung erreichen"""
    refuse(pf_unterhaltsglaeubiger & ~pf_gericht_bestimmt,
           "Unterhaltspfändung ohne Freibetrag; den Betrag aus dem Beschluss nach § 850d ZPO eintragen")
    ordered = where(pf_unterhaltsglaeubiger, maximum(pf_nach_beschluss, pf_mindestens), pf_nach_beschluss)
    reach: Money = where(pf_gericht_bestimmt, ordered, pf_pfaendbar)
    return reach


@rule(law="§ 804 Abs. 3 ZPO, § 362 BGB", unit="euro", since=BEGINN, when="pf_gepfaendet")
def pf_einbehalt(pf_reichweite: Money, pf_vorrang_anderer: Money, pf_nicht_geschuldet: Money) -> Money:
    """Einbehalt für diese Forderung: so weit sie reicht, ohne den Vorrang anderer und nie mehr als geschuldet"""
    left: Money = pf_reichweite - pf_vorrang_anderer - pf_nicht_geschuldet
    refuse(left < 0, "mehr abgezogen, als die Forderung erreicht; die Verteilung des Monats prüfen")
    return left
