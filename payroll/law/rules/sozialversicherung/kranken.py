"""Health insurance: contribution and additional rate, each rounded by itself, half and half."""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Money, Rate, cent, half_up, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN


@rule(law="§ 241, § 243 SGB V", unit="anteil", since=BEGINN)
def sv_haelfte_kv(beitragsgruppe_kv: Count, sv_satz_kv_allgemein: Rate, sv_satz_kv_ermaessigt: Rate) -> Rate:
    """halber Beitragssatz KV"""
    result: Rate = where(beitragsgruppe_kv == 3, sv_satz_kv_ermaessigt / 2, sv_satz_kv_allgemein / 2)
    return result


@rule(law="§ 242 Abs. 1, 3 SGB V", unit="anteil", since=BEGINN)
def sv_haelfte_zb(sv_ag_allein: Condition, zusatzbeitrag: Rate, sv_satz_kv_zusatz_durchschnitt: Rate) -> Rate:
    """halber Zusatzbeitragssatz"""
    result: Rate = where(sv_ag_allein, sv_satz_kv_zusatz_durchschnitt / 2, zusatzbeitrag / 2)
    return result


@rule(law="§ 249 SGB V, § 2 BVV", unit="euro", since=BEGINN)
def sv_kv_an_grund(sv_basis_kv_an: Money, sv_haelfte_kv: Rate, sv_ag_allein: Condition) -> Money:
    """Arbeitnehmeranteil KV"""
    result: Money = where(sv_ag_allein, cent(0), half_up(sv_basis_kv_an * sv_haelfte_kv))
    return result


@rule(law="§ 249 SGB V, § 2 BVV", unit="euro", since=BEGINN)
def sv_kv_ag_grund(sv_basis_kv: Money, sv_haelfte_kv: Rate, sv_kv_an_grund: Money) -> Money:
    """Arbeitgeberanteil KV"""
    result: Money = half_up(sv_basis_kv * sv_haelfte_kv) * 2 - sv_kv_an_grund
    return result


@rule(law="§ 249 SGB V, § 2 BVV", unit="euro", since=BEGINN)
def sv_zb_an_grund(sv_basis_kv_an: Money, sv_haelfte_zb: Rate, sv_ag_allein: Condition) -> Money:
    """Arbeitnehmeranteil Zusatzbeitrag"""
    result: Money = where(sv_ag_allein, cent(0), half_up(sv_basis_kv_an * sv_haelfte_zb))
    return result


@rule(law="§ 249 SGB V, § 2 BVV", unit="euro", since=BEGINN)
def sv_zb_ag_grund(sv_basis_kv: Money, sv_haelfte_zb: Rate, sv_zb_an_grund: Money) -> Money:
    """Arbeitgeberanteil Zusatzbeitrag"""
    result: Money = half_up(sv_basis_kv * sv_haelfte_zb) * 2 - sv_zb_an_grund
    return result


@rule(law="§ 20 Abs. 3 Satz 2 SGB IV", unit="euro", since=BEGINN, when="sv_mit_rest")
def sv_kv_rest(sv_rest_kv: Money, sv_haelfte_kv: Rate) -> Money:
    """KV auf den Teil über der Geringverdienergrenze"""
    return half_up(sv_rest_kv * sv_haelfte_kv)


@rule(law="§ 20 Abs. 3 Satz 2 SGB IV", unit="euro", since=BEGINN, when="sv_mit_rest")
def sv_zb_rest(sv_rest_kv: Money, sv_haelfte_zb: Rate) -> Money:
    """Zusatzbeitrag auf den Teil über der Geringverdienergrenze"""
    return half_up(sv_rest_kv * sv_haelfte_zb)


@rule(law="§ 249 SGB V", unit="euro", since=BEGINN)
def kv_an(sv_kv_an_grund: Money, sv_kv_rest: Money, sv_kv_an_vorjahr: Money, sv_stoerfall_kv_beitrag: Money) -> Money:
    """Krankenversicherung Arbeitnehmer"""
    return sv_kv_an_grund + sv_kv_rest + sv_kv_an_vorjahr + sv_stoerfall_kv_beitrag


@rule(law="§ 249, § 249b SGB V", unit="euro", since=BEGINN)
def kv_ag(sv_kv_ag_grund: Money, sv_kv_rest: Money, sv_kv_ag_vorjahr: Money, sv_kv_pauschal: Money,
          sv_ifsg_kv: Money, sv_stoerfall_kv_beitrag: Money) -> Money:
    """Krankenversicherung Arbeitgeber"""
    return sv_kv_ag_grund + sv_kv_rest + sv_kv_ag_vorjahr + sv_kv_pauschal + sv_ifsg_kv + sv_stoerfall_kv_beitrag


@rule(law="§ 249 SGB V", unit="euro", since=BEGINN)
def zb_an(sv_zb_an_grund: Money, sv_zb_rest: Money, sv_zb_an_vorjahr: Money, sv_stoerfall_zb_beitrag: Money) -> Money:
    """Zusatzbeitrag Arbeitnehmer"""
    return sv_zb_an_grund + sv_zb_rest + sv_zb_an_vorjahr + sv_stoerfall_zb_beitrag


@rule(law="§ 249 SGB V", unit="euro", since=BEGINN)
def zb_ag(sv_zb_ag_grund: Money, sv_zb_rest: Money, sv_zb_ag_vorjahr: Money, sv_ifsg_zb: Money,
          sv_stoerfall_zb_beitrag: Money) -> Money:
    """Zusatzbeitrag Arbeitgeber"""
    return sv_zb_ag_grund + sv_zb_rest + sv_zb_ag_vorjahr + sv_ifsg_zb + sv_stoerfall_zb_beitrag
