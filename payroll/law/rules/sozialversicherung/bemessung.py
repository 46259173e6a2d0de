"""Current pay up to the ceilings of the month; several employments share the ceiling."""

from __future__ import annotations

from payroll.law.engine import Condition, Days, Exact, Money, half_up, maximum, minimum, ratio, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN

JAHR = 360


def anteilig(jahreswert: Money, tage: Days) -> Money:
    """The part of a yearly ceiling for so many SV days, rounded to cents."""
    return half_up(jahreswert * tage / JAHR)


def geteilt(grenze: Money, eigenes: Money, weiteres: Money) -> Money:
    """Own share of the ceiling beside other employments; each pay is cut to the ceiling first."""
    own, other = minimum(eigenes, grenze), minimum(weiteres, grenze)
    share: Exact = grenze * ratio(own, own + other, if_zero=0)
    result: Money = where(own + other > grenze, half_up(share), own)
    return result


@rule(law="§ 223 Abs. 3 SGB V", unit="euro/monat", since=BEGINN)
def sv_bbg_kv_monat(sv_bbg_kv_jahr: Money, sv_tage: Days) -> Money:
    """Beitragsbemessungsgrenze KV für die SV-Tage des Monats"""
    return anteilig(sv_bbg_kv_jahr, sv_tage)


@rule(law="§ 55 Abs. 2 SGB XI", unit="euro/monat", since=BEGINN)
def sv_bbg_pv_monat(sv_bbg_pv_jahr: Money, sv_tage: Days) -> Money:
    """Beitragsbemessungsgrenze PV für die SV-Tage des Monats"""
    return anteilig(sv_bbg_pv_jahr, sv_tage)


@rule(law="§ 159 SGB VI", unit="euro/jahr", since="2025-01-01", name="sv_bbg_rv_geltend_jahr")
def sv_bbg_rv_einheitlich_jahr(sv_bbg_rv_jahr: Money) -> Money:
    """Jahresgrenze RV/AV (einheitlich)"""
    return sv_bbg_rv_jahr


@rule(law="§ 159, § 275a SGB VI", unit="euro/jahr", since=BEGINN, until="2024-12-31", name="sv_bbg_rv_geltend_jahr")
def sv_bbg_rv_nach_rechtskreis_jahr(sv_bbg_rv_jahr: Money, sv_bbg_rv_ost_jahr: Money, sv_ost: Condition) -> Money:
    """Jahresgrenze RV/AV nach Rechtskreis"""
    result: Money = where(sv_ost, sv_bbg_rv_ost_jahr, sv_bbg_rv_jahr)
    return result


@rule(law="§ 159 SGB VI, § 341 Abs. 4 SGB III", unit="euro/monat", since=BEGINN)
def sv_bbg_rv_monat(sv_bbg_rv_geltend_jahr: Money, sv_tage: Days) -> Money:
    """Beitragsbemessungsgrenze RV/AV für die SV-Tage des Monats"""
    return anteilig(sv_bbg_rv_geltend_jahr, sv_tage)


@rule(law="§ 22 Abs. 2 SGB IV", unit="euro", since=BEGINN, when="sv_mehrfach")
def sv_laufend_kv_geteilt(sv_entgelt_laufend: Money, weiteres_entgelt: Money, sv_bbg_kv_monat: Money) -> Money:
    """Anteil an der KV-Grenze bei mehreren Beschäftigungen"""
    return geteilt(sv_bbg_kv_monat, sv_entgelt_laufend, weiteres_entgelt)


@rule(law="§ 22 Abs. 2 SGB IV", unit="euro", since=BEGINN, when="sv_mehrfach")
def sv_laufend_pv_geteilt(sv_entgelt_laufend: Money, weiteres_entgelt: Money, sv_bbg_pv_monat: Money) -> Money:
    """Anteil an der PV-Grenze bei mehreren Beschäftigungen"""
    return geteilt(sv_bbg_pv_monat, sv_entgelt_laufend, weiteres_entgelt)


@rule(law="§ 22 Abs. 2 SGB IV", unit="euro", since=BEGINN, when="sv_mehrfach")
def sv_laufend_rv_geteilt(sv_entgelt_laufend: Money, weiteres_entgelt: Money, sv_bbg_rv_monat: Money) -> Money:
    """Anteil an der RV-Grenze bei mehreren Beschäftigungen"""
    return geteilt(sv_bbg_rv_monat, sv_entgelt_laufend, weiteres_entgelt)


@rule(law="§ 226 Abs. 1 SGB V", unit="euro", since=BEGINN)
def sv_laufend_kv(sv_entgelt_laufend: Money, sv_bbg_kv_monat: Money, sv_mehrfach: Condition,
                  sv_laufend_kv_geteilt: Money) -> Money:
    """Laufendes Entgelt bis zur KV-Grenze"""
    result: Money = where(sv_mehrfach, sv_laufend_kv_geteilt, minimum(sv_entgelt_laufend, sv_bbg_kv_monat))
    return result


@rule(law="§ 57 Abs. 1 SGB XI", unit="euro", since=BEGINN)
def sv_laufend_pv(sv_entgelt_laufend: Money, sv_bbg_pv_monat: Money, sv_mehrfach: Condition,
                  sv_laufend_pv_geteilt: Money) -> Money:
    """Laufendes Entgelt bis zur PV-Grenze"""
    result: Money = where(sv_mehrfach, sv_laufend_pv_geteilt, minimum(sv_entgelt_laufend, sv_bbg_pv_monat))
    return result


@rule(law="§ 162 Nr. 1 SGB VI", unit="euro", since=BEGINN)
def sv_laufend_rv(sv_entgelt_laufend: Money, sv_bbg_rv_monat: Money, sv_mehrfach: Condition,
                  sv_laufend_rv_geteilt: Money) -> Money:
    """Laufendes Entgelt bis zur RV-Grenze"""
    result: Money = where(sv_mehrfach, sv_laufend_rv_geteilt, minimum(sv_entgelt_laufend, sv_bbg_rv_monat))
    return result


@rule(law="§ 18 Abs. 1 SGB IV", unit="euro/monat", since="2025-01-01", name="sv_bezugsgroesse_geltend")
def sv_bezugsgroesse_einheitlich(sv_bezugsgroesse_monat: Money) -> Money:
    """Bezugsgröße (einheitlich)"""
    return sv_bezugsgroesse_monat


@rule(law="§ 18 Abs. 1, 2 SGB IV", unit="euro/monat", since=BEGINN, until="2024-12-31", name="sv_bezugsgroesse_geltend")
def sv_bezugsgroesse_nach_rechtskreis(sv_bezugsgroesse_monat: Money, sv_bezugsgroesse_ost_monat: Money,
                                      sv_ost: Condition) -> Money:
    """Bezugsgröße nach Rechtskreis"""
    result: Money = where(sv_ost, sv_bezugsgroesse_ost_monat, sv_bezugsgroesse_monat)
    return result


@rule(law="§ 162 Nr. 1 SGB VI, § 342 SGB III", unit="euro", since=BEGINN, when="sv_mindestens_bezugsgroesse")
def sv_mindestbasis_rv(sv_bezugsgroesse_geltend: Money, sv_tage: Days) -> Money:
    """1 % der Bezugsgröße für die SV-Tage des Monats"""
    return half_up(sv_bezugsgroesse_geltend * sv_tage / 3000)


@rule(law="§ 344 Abs. 2 SGB III", unit="euro", since=BEGINN, when="sv_dienst_mit_bezugsgroesse")
def sv_dienstbasis_av(sv_bezugsgroesse_geltend: Money, sv_tage: Days) -> Money:
    """Volle Bezugsgröße für die SV-Tage des Monats (Freiwilligendienst nach Beschäftigung)"""
    return half_up(sv_bezugsgroesse_geltend * sv_tage / 30)


@rule(law="§ 162 Nr. 1 SGB VI", unit="euro", since=BEGINN)
def sv_voll_rv(sv_laufend_rv: Money, sv_einmal_rv: Money, sv_mindestbasis_rv: Money) -> Money:
    """Entgelt mit Einmalzahlung bis zur RV-Grenze

    The least base of those in training is one for all pay of the month, the one-off included.
    """
    result: Money = maximum(sv_laufend_rv + sv_einmal_rv, sv_mindestbasis_rv)
    return result


@rule(law="§ 342, § 344 SGB III", unit="euro", since=BEGINN)
def sv_voll_av(sv_voll_rv: Money, sv_dienst_mit_bezugsgroesse: Condition, sv_dienstbasis_av: Money) -> Money:
    """Entgelt mit Einmalzahlung bis zur AV-Grenze"""
    result: Money = where(sv_dienst_mit_bezugsgroesse, sv_dienstbasis_av, sv_voll_rv)
    return result


@rule(law="§ 226 SGB V", unit="euro", since=BEGINN)
def sv_voll_kv(sv_laufend_kv: Money, sv_einmal_kv: Money) -> Money:
    """Entgelt mit Einmalzahlung bis zur KV-Grenze"""
    return sv_laufend_kv + sv_einmal_kv


@rule(law="§ 57 SGB XI", unit="euro", since=BEGINN)
def sv_voll_pv(sv_laufend_pv: Money, sv_einmal_pv: Money) -> Money:
    """Entgelt mit Einmalzahlung bis zur PV-Grenze"""
    return sv_laufend_pv + sv_einmal_pv
