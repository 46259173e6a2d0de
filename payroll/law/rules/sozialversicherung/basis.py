"""The bases the contributions are computed on: ordinary, Midijob, and the part above the low earners' limit."""

from __future__ import annotations

from payroll.law.engine import Condition, Money, cent, maximum, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN


def ueber(voll: Money, grenze: Money) -> Money:
    """What lies above the low earners' limit."""
    result: Money = maximum(voll - grenze, cent(0))
    return result


def grundlage(pflichtig: Condition, formel: Condition, reduziert: Money, voll: Money, rest: Money) -> Money:
    """Base of a branch: nothing without liability, the Midijob base, or the full base without the shared rest."""
    result: Money = where(pflichtig, where(formel, reduziert, voll - rest), cent(0))
    return result


@rule(law="§ 20 Abs. 3 Satz 2 SGB IV", unit="ja/nein", since=BEGINN)
def sv_mit_rest(sv_geringverdiener: Condition, sv_hat_einmalzahlung: Condition) -> Condition:
    """Geringverdiener mit Einmalzahlung"""
    return sv_geringverdiener & sv_hat_einmalzahlung


@rule(law="§ 20 Abs. 3 Satz 2 SGB IV", unit="euro", since=BEGINN, when="sv_mit_rest")
def sv_rest_kv(sv_kv_pflichtig: Condition, sv_voll_kv: Money, sv_geringverdiener_grenze_monat: Money) -> Money:
    """Teil über der Geringverdienergrenze (KV)"""
    result: Money = where(sv_kv_pflichtig, ueber(sv_voll_kv, sv_geringverdiener_grenze_monat), cent(0))
    return result


@rule(law="§ 20 Abs. 3 Satz 2 SGB IV", unit="euro", since=BEGINN, when="sv_mit_rest")
def sv_rest_pv(sv_pv_pflichtig: Condition, sv_voll_pv: Money, sv_geringverdiener_grenze_monat: Money) -> Money:
    """Teil über der Geringverdienergrenze (PV)"""
    result: Money = where(sv_pv_pflichtig, ueber(sv_voll_pv, sv_geringverdiener_grenze_monat), cent(0))
    return result


@rule(law="§ 20 Abs. 3 Satz 2 SGB IV", unit="euro", since=BEGINN, when="sv_mit_rest")
def sv_rest_rv(sv_rv_pflichtig: Condition, sv_voll_rv: Money, sv_geringverdiener_grenze_monat: Money) -> Money:
    """Teil über der Geringverdienergrenze (RV)"""
    result: Money = where(sv_rv_pflichtig, ueber(sv_voll_rv, sv_geringverdiener_grenze_monat), cent(0))
    return result


@rule(law="§ 20 Abs. 3 Satz 2 SGB IV", unit="euro", since=BEGINN, when="sv_mit_rest")
def sv_rest_av(sv_av_pflichtig: Condition, sv_voll_av: Money, sv_geringverdiener_grenze_monat: Money) -> Money:
    """Teil über der Geringverdienergrenze (AV)"""
    result: Money = where(sv_av_pflichtig, ueber(sv_voll_av, sv_geringverdiener_grenze_monat), cent(0))
    return result


@rule(law="§ 226 SGB V", unit="euro", since=BEGINN)
def sv_basis_kv(sv_kv_pflichtig: Condition, sv_formel_gilt: Condition, be_gesamt: Money, sv_voll_kv: Money,
                sv_rest_kv: Money) -> Money:
    """Bemessungsgrundlage KV"""
    return grundlage(sv_kv_pflichtig, sv_formel_gilt, be_gesamt, sv_voll_kv, sv_rest_kv)


@rule(law="§ 226 Abs. 4 SGB V", unit="euro", since=BEGINN)
def sv_basis_kv_an(sv_kv_pflichtig: Condition, sv_formel_gilt: Condition, be_an: Money, sv_basis_kv: Money) -> Money:
    """Bemessungsgrundlage KV für den Arbeitnehmeranteil"""
    result: Money = where(sv_formel_gilt & sv_kv_pflichtig, be_an, sv_basis_kv)
    return result


@rule(law="§ 57 SGB XI", unit="euro", since=BEGINN)
def sv_basis_pv(sv_pv_pflichtig: Condition, sv_formel_gilt: Condition, be_gesamt: Money, sv_voll_pv: Money,
                sv_rest_pv: Money) -> Money:
    """Bemessungsgrundlage PV"""
    return grundlage(sv_pv_pflichtig, sv_formel_gilt, be_gesamt, sv_voll_pv, sv_rest_pv)


@rule(law="§ 162 SGB VI", unit="euro", since=BEGINN)
def sv_basis_rv(sv_rv_pflichtig: Condition, sv_formel_gilt: Condition, be_gesamt: Money, sv_voll_rv: Money,
                sv_rest_rv: Money) -> Money:
    """Bemessungsgrundlage RV"""
    return grundlage(sv_rv_pflichtig, sv_formel_gilt, be_gesamt, sv_voll_rv, sv_rest_rv)


@rule(law="§ 342 SGB III", unit="euro", since=BEGINN)
def sv_basis_av(sv_av_pflichtig: Condition, sv_formel_gilt: Condition, be_gesamt: Money, sv_voll_av: Money,
                sv_rest_av: Money) -> Money:
    """Bemessungsgrundlage AV"""
    return grundlage(sv_av_pflichtig, sv_formel_gilt, be_gesamt, sv_voll_av, sv_rest_av)
