"""One-off pay of January to March charged to the previous year, with that year's rates and ceilings."""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Days, Money, Rate, cent, half_up, minimum, rule, where
from payroll.law.rules.sozialversicherung.bemessung import anteilig
from payroll.law.rules.sozialversicherung.einmalig import raum
from payroll.law.rules.sozialversicherung.pflege import haelfte
from payroll.law.rules.sozialversicherung.status import BEGINN

MAERZ = "sv_maerzklausel"
LAW = "§ 23a Abs. 4 SGB IV"


def teil(pflichtig: Condition, einmalig: Money, grenze: Money, tage: Days, bisher: Money) -> Money:
    """Contributory part of the one-off in the previous year."""
    room = raum(anteilig(grenze, tage), bisher, cent(0))
    result: Money = where(pflichtig, minimum(einmalig, room), cent(0))
    return result


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_brutto_kv_vorjahr(sv_kv_pflichtig: Condition, sv_entgelt_einmalig: Money, sv_bbg_kv_jahr__vorjahr: Money,
                         vorjahr_sv_tage: Days, vorjahr_sv_brutto_kv: Money) -> Money:
    """Dem Vorjahr zugeordnete Einmalzahlung, KV"""
    return teil(sv_kv_pflichtig, sv_entgelt_einmalig, sv_bbg_kv_jahr__vorjahr, vorjahr_sv_tage, vorjahr_sv_brutto_kv)


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_basis_pv_vorjahr(sv_pv_pflichtig: Condition, sv_entgelt_einmalig: Money, sv_bbg_pv_jahr__vorjahr: Money,
                        vorjahr_sv_tage: Days, vorjahr_sv_brutto_kv: Money) -> Money:
    """Dem Vorjahr zugeordnete Einmalzahlung, PV"""
    return teil(sv_pv_pflichtig, sv_entgelt_einmalig, sv_bbg_pv_jahr__vorjahr, vorjahr_sv_tage, vorjahr_sv_brutto_kv)


@rule(law=LAW, unit="euro/jahr", since="2026-01-01", name="sv_bbg_rv_letztes_jahr")
def sv_bbg_rv_letztes_einheitlich_jahr(sv_bbg_rv_jahr__vorjahr: Money) -> Money:
    """Jahresgrenze RV/AV des Vorjahres (einheitlich)"""
    return sv_bbg_rv_jahr__vorjahr


@rule(law=LAW, unit="euro/jahr", since=BEGINN, until="2025-12-31", name="sv_bbg_rv_letztes_jahr")
def sv_bbg_rv_letztes_nach_rechtskreis_jahr(sv_bbg_rv_jahr__vorjahr: Money, sv_bbg_rv_ost_jahr__vorjahr: Money,
                                            sv_ost: Condition) -> Money:
    """Jahresgrenze RV/AV des Vorjahres nach Rechtskreis"""
    result: Money = where(sv_ost, sv_bbg_rv_ost_jahr__vorjahr, sv_bbg_rv_jahr__vorjahr)
    return result


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_einmal_rv_vorjahr(sv_entgelt_einmalig: Money, sv_bbg_rv_letztes_jahr: Money, vorjahr_sv_tage: Days,
                         vorjahr_sv_brutto_rv: Money) -> Money:
    """Dem Vorjahr zugeordnete Einmalzahlung bis zur RV-Grenze"""
    room = raum(anteilig(sv_bbg_rv_letztes_jahr, vorjahr_sv_tage), vorjahr_sv_brutto_rv, cent(0))
    result: Money = minimum(sv_entgelt_einmalig, room)
    return result


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_brutto_rv_vorjahr(sv_rv_pflichtig: Condition, sv_av_pflichtig: Condition, sv_einmal_rv_vorjahr: Money) -> Money:
    """Dem Vorjahr zugeordnete Einmalzahlung, RV und AV"""
    result: Money = where(sv_rv_pflichtig | sv_av_pflichtig, sv_einmal_rv_vorjahr, cent(0))
    return result


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_kv_vorjahr(sv_brutto_kv_vorjahr: Money, beitragsgruppe_kv: Count, sv_satz_kv_allgemein__vorjahr: Rate,
                  sv_satz_kv_ermaessigt__vorjahr: Rate) -> Money:
    """KV je Seite nach dem Satz des Vorjahres"""
    half = where(beitragsgruppe_kv == 3, sv_satz_kv_ermaessigt__vorjahr / 2, sv_satz_kv_allgemein__vorjahr / 2)
    return half_up(sv_brutto_kv_vorjahr * half)


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_zb_vorjahr(sv_brutto_kv_vorjahr: Money, vorjahr_zusatzbeitrag: Rate) -> Money:
    """Zusatzbeitrag je Seite nach dem Satz vom Dezember des Vorjahres"""
    return half_up(sv_brutto_kv_vorjahr * (vorjahr_zusatzbeitrag / 2))


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_pv_vorjahr_ag(sv_basis_pv_vorjahr: Money, sv_satz_pv__vorjahr: Rate, sv_satz_pv_sachsen_vorab__vorjahr: Rate,
                     sachsen: Condition) -> Money:
    """PV-Anteil des Arbeitgebers nach dem Satz des Vorjahres"""
    return half_up(sv_basis_pv_vorjahr * haelfte(sv_satz_pv__vorjahr, sv_satz_pv_sachsen_vorab__vorjahr, sachsen))


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_pv_vorjahr_an(sv_basis_pv_vorjahr: Money, sv_satz_pv__vorjahr: Rate, sv_satz_pv_sachsen_vorab__vorjahr: Rate,
                     sachsen: Condition, sv_abschlagskinder: Count, sv_abschlag_pv_kind__vorjahr: Rate,
                     kinderlos_zuschlag: Condition, sv_satz_pv_kinderlos__vorjahr: Rate) -> Money:
    """PV-Anteil des Arbeitnehmers nach dem Satz des Vorjahres, Kinder wie im Monat der Zahlung"""
    half = haelfte(sv_satz_pv__vorjahr, sv_satz_pv_sachsen_vorab__vorjahr, sachsen)
    own = sv_satz_pv__vorjahr - half - sv_abschlag_pv_kind__vorjahr * sv_abschlagskinder
    surcharge = where(kinderlos_zuschlag, half_up(sv_basis_pv_vorjahr * sv_satz_pv_kinderlos__vorjahr), cent(0))
    result: Money = half_up(sv_basis_pv_vorjahr * own) + surcharge
    return result


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_rv_vorjahr(sv_einmal_rv_vorjahr: Money, sv_rv_pflichtig: Condition, sv_satz_rv__vorjahr: Rate) -> Money:
    """RV je Seite nach dem Satz des Vorjahres"""
    result: Money = where(sv_rv_pflichtig, half_up(sv_einmal_rv_vorjahr * (sv_satz_rv__vorjahr / 2)), cent(0))
    return result


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_av_vorjahr(sv_einmal_rv_vorjahr: Money, sv_av_pflichtig: Condition, sv_satz_av__vorjahr: Rate) -> Money:
    """AV je Seite nach dem Satz des Vorjahres"""
    result: Money = where(sv_av_pflichtig, half_up(sv_einmal_rv_vorjahr * (sv_satz_av__vorjahr / 2)), cent(0))
    return result
