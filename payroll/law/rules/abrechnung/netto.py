"""Net pay, pay-out and what the employer spends."""

from payroll.law.engine import Money, rule, sum_of
from payroll.law.rules.abrechnung.zeit import BEGINN


@rule(law="§ 249 SGB V", unit="euro", since=BEGINN)
def kv_gesamt_an(kv_an: Money, zb_an: Money) -> Money:
    """Krankenversicherung des Beschäftigten einschließlich Zusatzbeitrag"""
    return kv_an + zb_an


@rule(law="§ 38 Abs. 3 EStG", unit="euro", since=BEGINN)
def steuern(lohnsteuer: Money, soli: Money, kirchensteuer: Money) -> Money:
    """Lohnsteuer, Solidaritätszuschlag und Kirchensteuer"""
    return lohnsteuer + soli + kirchensteuer


@rule(law="§ 28g SGB IV", unit="euro", since=BEGINN)
def sv_beitraege_an(kv_gesamt_an: Money, pv_an: Money, rv_an: Money, av_an: Money) -> Money:
    """Beiträge des Beschäftigten zur Sozialversicherung"""
    return kv_gesamt_an + pv_an + rv_an + av_an


@rule(law="§ 28d SGB IV", unit="euro", since=BEGINN)
def sv_beitraege_ag(kv_ag: Money, zb_ag: Money, pv_ag: Money, rv_ag: Money, av_ag: Money) -> Money:
    """Beiträge des Arbeitgebers zur Sozialversicherung"""
    total: Money = sum_of(kv_ag, zb_ag, pv_ag, rv_ag, av_ag)
    return total


@rule(law="§ 108 GewO", unit="euro", since=BEGINN)
def netto(gesamtbrutto: Money, steuern: Money, sv_beitraege_an: Money, zv_an: Money) -> Money:
    """Nettoentgelt"""
    return gesamtbrutto - steuern - sv_beitraege_an - zv_an


@rule(law="§ 107 GewO", unit="euro", since=BEGINN)
def auszahlung(netto: Money, zuschuss_kv: Money, zuschuss_pv: Money, vwl_sparbetrag: Money,
               sonstige_abzuege: Money, sachbezuege: Money, entgeltumwandlung: Money) -> Money:
    """Auszahlungsbetrag"""
    return (netto + zuschuss_kv + zuschuss_pv - vwl_sparbetrag - sonstige_abzuege - sachbezuege
            - entgeltumwandlung)


@rule(law="§ 40 Abs. 3 EStG", unit="euro", since=BEGINN)
def zv_pauschalsteuern(zv_pauschalsteuer: Money, zv_pauschal_soli: Money, zv_pauschal_kist: Money) -> Money:
    """Pauschale Steuern auf die Umlage, vom Arbeitgeber getragen"""
    return zv_pauschalsteuer + zv_pauschal_soli + zv_pauschal_kist


@rule(law="§ 108 GewO", unit="euro", since=BEGINN)
def ag_kosten(gesamtbrutto: Money, sv_beitraege_ag: Money, u2: Money, pauschsteuer_2: Money, zuschuss_kv: Money,
              zuschuss_pv: Money, zv_umlage: Money, zv_sanierungsgeld: Money, zv_pauschalsteuern: Money,
              pauschalsteuern_nebenleistungen: Money, umwandlung_zuschuss: Money, zv2_beitrag: Money,
              pauschsteuern_40a: Money) -> Money:
    """Kosten des Arbeitgebers im Monat"""
    total: Money = sum_of(gesamtbrutto, sv_beitraege_ag, u2, pauschsteuer_2, zuschuss_kv, zuschuss_pv, zv_umlage,
                          zv_sanierungsgeld, zv_pauschalsteuern, pauschalsteuern_nebenleistungen, umwandlung_zuschuss,
                          zv2_beitrag, pauschsteuern_40a)
    return total
