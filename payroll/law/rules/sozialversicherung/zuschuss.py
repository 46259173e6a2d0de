"""Employer's subsidy to privately insured staff and to voluntary members who pay the fund themselves."""

from __future__ import annotations

from payroll.law.engine import Choice, Condition, Count, Money, Rate, half_up, minimum, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN, one_of


@rule(law="§ 257 SGB V", unit="ja/nein", since=BEGINN)
def sv_zuschuss_moeglich(beitragsgruppe_kv: Count, personengruppe: Count) -> Condition:
    """Zuschuss möglich"""
    return (beitragsgruppe_kv == 0) & one_of(personengruppe, 101, 102, 103, 119, 120)


@rule(law="§ 257 Abs. 2 SGB V", unit="ja/nein", since=BEGINN)
def sv_zuschuss_privat(sv_zuschuss_moeglich: Condition, kv_art: Choice) -> Condition:
    """Zuschuss zur privaten Versicherung"""
    return sv_zuschuss_moeglich & kv_art.ist("privat")


@rule(law="§ 257 Abs. 1 SGB V", unit="ja/nein", since=BEGINN)
def sv_zuschuss_freiwillig(sv_zuschuss_moeglich: Condition, kv_art: Choice) -> Condition:
    """Zuschuss zur freiwilligen gesetzlichen Versicherung bei Selbstzahlung"""
    return sv_zuschuss_moeglich & kv_art.ist("freiwillig")


@rule(law="§ 257 SGB V", unit="euro", since=BEGINN)
def sv_zuschuss_basis_kv(sv_zuschuss_moeglich: Condition, sv_voll_kv: Money) -> Money:
    """Entgelt, nach dem sich der Zuschuss richtet"""
    result: Money = where(sv_zuschuss_moeglich, sv_voll_kv, sv_voll_kv * 0)
    return result


@rule(law="§ 257 Abs. 2 SGB V", unit="euro", since=BEGINN, when="sv_zuschuss_privat")
def sv_zuschuss_kv_privat(sv_voll_kv: Money, sv_satz_kv_allgemein: Rate, sv_satz_kv_ermaessigt: Rate,
                          sv_satz_kv_zusatz_durchschnitt: Rate, pkv_ohne_krankengeld: Condition,
                          pkv_beitrag_monat: Money) -> Money:
    """Zuschuss KV privat, höchstens die halbe Prämie"""
    base_rate = where(pkv_ohne_krankengeld, sv_satz_kv_ermaessigt, sv_satz_kv_allgemein)
    limit = half_up(sv_voll_kv * ((base_rate + sv_satz_kv_zusatz_durchschnitt) / 2))
    result: Money = minimum(limit, half_up(pkv_beitrag_monat / 2))
    return result


@rule(law="§ 257 Abs. 1 SGB V", unit="euro", since=BEGINN, when="sv_zuschuss_freiwillig")
def sv_zuschuss_kv_freiwillig(sv_voll_kv: Money, sv_satz_kv_allgemein: Rate, zusatzbeitrag: Rate) -> Money:
    """Zuschuss KV freiwillig"""
    result: Money = half_up(sv_voll_kv * (sv_satz_kv_allgemein / 2)) + half_up(sv_voll_kv * (zusatzbeitrag / 2))
    return result


@rule(law="§ 257 SGB V", unit="euro", since=BEGINN)
def zuschuss_kv(sv_zuschuss_kv_privat: Money, sv_zuschuss_kv_freiwillig: Money) -> Money:
    """Arbeitgeberzuschuss zur Krankenversicherung"""
    return sv_zuschuss_kv_privat + sv_zuschuss_kv_freiwillig


@rule(law="§ 61 Abs. 2 SGB XI", unit="euro", since=BEGINN, when="sv_zuschuss_privat")
def sv_zuschuss_pv_privat(sv_voll_pv: Money, sv_haelfte_pv: Rate, ppv_beitrag_monat: Money) -> Money:
    """Zuschuss PV privat, höchstens die halbe Prämie"""
    result: Money = minimum(half_up(sv_voll_pv * sv_haelfte_pv), half_up(ppv_beitrag_monat / 2))
    return result


@rule(law="§ 61 Abs. 1 SGB XI", unit="euro", since=BEGINN, when="sv_zuschuss_freiwillig")
def sv_zuschuss_pv_freiwillig(sv_voll_pv: Money, sv_haelfte_pv: Rate) -> Money:
    """Zuschuss PV freiwillig"""
    return half_up(sv_voll_pv * sv_haelfte_pv)


@rule(law="§ 61 SGB XI", unit="euro", since=BEGINN)
def zuschuss_pv(sv_zuschuss_pv_privat: Money, sv_zuschuss_pv_freiwillig: Money) -> Money:
    """Arbeitgeberzuschuss zur Pflegeversicherung"""
    return sv_zuschuss_pv_privat + sv_zuschuss_pv_freiwillig
