"""One-off pay: the room in the pro-rata yearly ceiling and the March clause."""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Days, Money, cent, maximum, minimum, rule, where
from payroll.law.rules.sozialversicherung.bemessung import anteilig
from payroll.law.rules.sozialversicherung.status import BEGINN, one_of


def raum(grenze: Money, bisher: Money, laufend: Money) -> Money:
    """What is left of the pro-rata ceiling after the contributory pay so far and the current pay of the month."""
    result: Money = maximum(grenze - bisher - laufend, cent(0))
    return result


@rule(law="§ 23a Abs. 3 SGB IV", unit="euro", since=BEGINN, when="sv_hat_einmalzahlung")
def sv_bbg_kv_bisher(sv_bbg_kv_jahr: Money, sv_tage_bisher: Days, sv_tage: Days) -> Money:
    """Anteilige Jahresgrenze KV bis zum Monat"""
    return anteilig(sv_bbg_kv_jahr, sv_tage_bisher + sv_tage)


@rule(law="§ 23a Abs. 3 SGB IV", unit="euro", since=BEGINN, when="sv_hat_einmalzahlung")
def sv_bbg_pv_bisher(sv_bbg_pv_jahr: Money, sv_tage_bisher: Days, sv_tage: Days) -> Money:
    """Anteilige Jahresgrenze PV bis zum Monat"""
    return anteilig(sv_bbg_pv_jahr, sv_tage_bisher + sv_tage)


@rule(law="§ 23a Abs. 3 SGB IV", unit="euro", since=BEGINN, when="sv_hat_einmalzahlung")
def sv_bbg_rv_bisher(sv_bbg_rv_geltend_jahr: Money, sv_tage_bisher: Days, sv_tage: Days) -> Money:
    """Anteilige Jahresgrenze RV/AV bis zum Monat"""
    return anteilig(sv_bbg_rv_geltend_jahr, sv_tage_bisher + sv_tage)


@rule(law="§ 23a Abs. 3 SGB IV", unit="euro", since=BEGINN, when="sv_hat_einmalzahlung")
def sv_raum_kv(sv_bbg_kv_bisher: Money, sv_brutto_kv_bisher: Money, sv_laufend_kv: Money,
               sv_ifsg_basis_kv: Money) -> Money:
    """noch freier Teil der anteiligen KV-Jahresgrenze"""
    return raum(sv_bbg_kv_bisher, sv_brutto_kv_bisher, sv_laufend_kv + sv_ifsg_basis_kv)


@rule(law="§ 23a Abs. 3 SGB IV", unit="euro", since=BEGINN, when="sv_hat_einmalzahlung")
def sv_raum_pv(sv_bbg_pv_bisher: Money, sv_brutto_kv_bisher: Money, sv_laufend_pv: Money,
               sv_ifsg_basis_pv: Money) -> Money:
    """noch freier Teil der anteiligen PV-Jahresgrenze"""
    return raum(sv_bbg_pv_bisher, sv_brutto_kv_bisher, sv_laufend_pv + sv_ifsg_basis_pv)


@rule(law="§ 23a Abs. 3 SGB IV", unit="euro", since=BEGINN, when="sv_hat_einmalzahlung")
def sv_raum_rv(sv_bbg_rv_bisher: Money, sv_brutto_rv_bisher: Money, sv_laufend_rv: Money,
               sv_ifsg_basis_rv: Money) -> Money:
    """noch freier Teil der anteiligen RV-Jahresgrenze"""
    return raum(sv_bbg_rv_bisher, sv_brutto_rv_bisher, sv_laufend_rv + sv_ifsg_basis_rv)


@rule(law="§ 23a Abs. 4 SGB IV", unit="ja/nein", since=BEGINN, when="sv_hat_einmalzahlung")
def sv_maerzklausel_geprueft(kalendermonat: Count, vorjahr_sv_tage: Days, beitragsgruppe_kv: Count,
                             ist_minijob: Condition, sv_entgelt_einmalig: Money, sv_raum_kv: Money,
                             sv_raum_rv: Money) -> Condition:
    """Voraussetzungen der Märzklausel

    Paid January to March, employed by the same employer in the previous year, more than the room that is left. With
    compulsory health insurance only the KV ceiling decides, otherwise the RV ceiling.
    """
    room = where(one_of(beitragsgruppe_kv, 1, 3), sv_raum_kv, sv_raum_rv)
    return (kalendermonat <= 3) & (vorjahr_sv_tage >= 0) & (sv_entgelt_einmalig > room) & ~ist_minijob


@rule(law="§ 23a Abs. 4 SGB IV", unit="ja/nein", since=BEGINN)
def sv_maerzklausel(sv_maerzklausel_geprueft: Condition) -> Condition:
    """Märzklausel"""
    return sv_maerzklausel_geprueft


@rule(law="§ 23a Abs. 1, 4 SGB IV", unit="euro", since=BEGINN, when="sv_hat_einmalzahlung")
def sv_einmal_im_monat(sv_entgelt_einmalig: Money, sv_maerzklausel: Condition) -> Money:
    """Einmalzahlung, dem Monat zugeordnet"""
    result: Money = where(sv_maerzklausel, cent(0), sv_entgelt_einmalig)
    return result


@rule(law="§ 23a Abs. 3 SGB IV", unit="euro", since=BEGINN, when="sv_hat_einmalzahlung")
def sv_einmal_kv(sv_einmal_im_monat: Money, sv_raum_kv: Money) -> Money:
    """beitragspflichtiger Teil der Einmalzahlung (KV)"""
    result: Money = minimum(sv_einmal_im_monat, sv_raum_kv)
    return result


@rule(law="§ 23a Abs. 3 SGB IV", unit="euro", since=BEGINN, when="sv_hat_einmalzahlung")
def sv_einmal_pv(sv_einmal_im_monat: Money, sv_raum_pv: Money) -> Money:
    """beitragspflichtiger Teil der Einmalzahlung (PV)"""
    result: Money = minimum(sv_einmal_im_monat, sv_raum_pv)
    return result


@rule(law="§ 23a Abs. 3 SGB IV", unit="euro", since=BEGINN, when="sv_hat_einmalzahlung")
def sv_einmal_rv(sv_einmal_im_monat: Money, sv_raum_rv: Money) -> Money:
    """beitragspflichtiger Teil der Einmalzahlung (RV, AV)"""
    result: Money = minimum(sv_einmal_im_monat, sv_raum_rv)
    return result
