"""Midijob: the reduced bases of the month.

Both bases are straight lines of the full-month pay AE·30/days, multiplied by days/30 afterwards; this comes to
slope·AE + (intercept)·days/30, so nothing is divided by a column and nothing is rounded in between.
"""

from __future__ import annotations

from payroll.law.engine import (
    Condition,
    Days,
    Exact,
    Money,
    Rate,
    cent,
    half_up,
    half_up_decimals,
    maximum,
    ratio,
    rule,
    where,
)
from payroll.law.rules.sozialversicherung.status import BEGINN

MONAT = 30


def gesamt(entgelt: Money, tage: Days, grenze: Money, obergrenze: Money, f: Rate) -> Exact:
    """BE of a pay, unrounded; up to the Minijob limit it is pay times F."""
    slope = obergrenze / (obergrenze - grenze) - grenze / (obergrenze - grenze) * f
    line = entgelt * slope + grenze * (f - slope) * tage / MONAT
    result: Exact = where(entgelt * MONAT <= grenze * tage, entgelt * f, line)
    return result


def arbeitnehmer(entgelt: Money, tage: Days, grenze: Money, obergrenze: Money) -> Exact:
    """BE of the employee for a pay, unrounded; nothing up to the Minijob limit."""
    slope = obergrenze / (obergrenze - grenze)
    line: Exact = entgelt * slope - grenze * slope * tage / MONAT
    result: Exact = maximum(line, cent(0))
    return result


@rule(law="§ 20 Abs. 2a SGB IV", unit="zahl", since=BEGINN, until="2026-12-31", name="sv_faktor")
def sv_faktor_bekanntgemacht(sv_faktor_f: Rate) -> Rate:
    """Faktor F (bekannt gemacht)"""
    return sv_faktor_f


@rule(law="§ 20 Abs. 2a SGB IV i. d. F. ab 1.1.2027", unit="zahl", since="2027-01-01", name="sv_faktor")
def sv_faktor_berechnet(sv_satz_kv_allgemein: Rate, sv_satz_kv_zusatz_durchschnitt: Rate, sv_satz_pv: Rate,
                        sv_satz_rv: Rate, sv_satz_av: Rate, sv_minijob_rv_pauschal: Rate) -> Rate:
    """Faktor F: Pauschalsätze des Minijobs durch den Gesamtsozialversicherungsbeitragssatz, vier Stellen"""
    kv = sv_satz_kv_allgemein + sv_satz_kv_zusatz_durchschnitt
    result: Rate = half_up_decimals((kv + sv_minijob_rv_pauschal) / (kv + sv_satz_pv + sv_satz_rv + sv_satz_av), 4)
    return result


@rule(law="§ 20 Abs. 2a SGB IV", unit="ja/nein", since=BEGINN)
def sv_ruhend(ist_midijob: Condition, sv_tage: Days, sv_einmal_im_monat: Money, sv_einmal_kv: Money,
              sv_einmal_rv: Money) -> Condition:
    """Einmalzahlung ohne laufendes Entgelt

    A month of sick pay or parental leave; the one-off pay must be contributory in full.
    """
    whole = (sv_einmal_kv == sv_einmal_im_monat) & (sv_einmal_rv == sv_einmal_im_monat)
    return ist_midijob & (sv_tage == 0) & (sv_einmal_im_monat > 0) & whole


@rule(law="§ 20 Abs. 2a SGB IV", unit="euro", since=BEGINN, when="sv_ruhend")
def sv_entgelt_ausgefallen(regelmaessiges_entgelt: Money) -> Money:
    """ausgefallenes laufendes Entgelt

    Together with it the one-off pay must not exceed the upper limit.

    Joint circular on the Midijob band, section 4.3.5 (4); the formula is then applied to the one-off pay alone.
    """
    result: Money = maximum(regelmaessiges_entgelt, cent(0))
    return result


@rule(law="§ 20 Abs. 2a SGB IV", unit="tage", since=BEGINN)
def sv_tage_formel(sv_ruhend: Condition, sv_tage: Days) -> Days:
    """Tage der Formel"""
    result: Days = where(sv_ruhend, MONAT, sv_tage)
    return result


@rule(law="§ 20 Abs. 2a SGB IV", unit="ja/nein", since=BEGINN)
def sv_formel_gilt(ist_midijob: Condition, sv_entgelt_laufend: Money, sv_einmal_im_monat: Money,
                   weiteres_entgelt: Money, sv_entgelt_ausgefallen: Money, sv_tage_formel: Days,
                   sv_midijob_obergrenze_monat: Money) -> Condition:
    """Formel des Übergangsbereichs anzuwenden"""
    pay = sv_entgelt_laufend + sv_einmal_im_monat + weiteres_entgelt + sv_entgelt_ausgefallen
    return ist_midijob & (pay * MONAT <= sv_midijob_obergrenze_monat * sv_tage_formel)


@rule(law="§ 2 Abs. 2 BVV", unit="ja/nein", since=BEGINN)
def sv_formel_mehrfach(sv_formel_gilt: Condition, sv_mehrfach: Condition) -> Condition:
    """Mehrere Beschäftigungen im Übergangsbereich"""
    return sv_formel_gilt & sv_mehrfach


@rule(law="§ 20 Abs. 2a SGB IV", unit="euro", since=BEGINN, when="sv_formel_gilt")
def sv_entgelt_formel(sv_entgelt_laufend: Money, sv_einmal_im_monat: Money) -> Money:
    """Arbeitsentgelt, auf das die Formel angewandt wird"""
    return sv_entgelt_laufend + sv_einmal_im_monat


@rule(law="§ 20 Abs. 2a SGB IV", unit="anteil", since=BEGINN, when="sv_formel_mehrfach", otherwise=1)
def sv_anteil_formel(sv_entgelt_formel: Money, weiteres_entgelt: Money) -> Rate:
    """Anteil dieses Entgelts am Gesamtentgelt"""
    result: Rate = ratio(sv_entgelt_formel, sv_entgelt_formel + weiteres_entgelt, if_zero=0)  # type: ignore[assignment]  # money by money is a rate
    return result


@rule(law="§ 20 Abs. 2a SGB IV", unit="euro", since=BEGINN, when="sv_formel_mehrfach")
def be_gesamt_mehrfach(sv_entgelt_formel: Money, weiteres_entgelt: Money, sv_anteil_formel: Rate, sv_tage_formel: Days,
                       sv_minijob_grenze_monat: Money, sv_midijob_obergrenze_monat: Money, sv_faktor: Rate) -> Money:
    """BE aus dem Gesamtentgelt, anteilig"""
    whole = gesamt(sv_entgelt_formel + weiteres_entgelt, sv_tage_formel, sv_minijob_grenze_monat,
                   sv_midijob_obergrenze_monat, sv_faktor)
    return half_up(whole * sv_anteil_formel)


@rule(law="§ 20 Abs. 2a SGB IV", unit="euro", since=BEGINN, when="sv_formel_mehrfach")
def be_an_mehrfach(sv_entgelt_formel: Money, weiteres_entgelt: Money, sv_anteil_formel: Rate, sv_tage_formel: Days,
                   sv_minijob_grenze_monat: Money, sv_midijob_obergrenze_monat: Money) -> Money:
    """BE des Arbeitnehmers aus dem Gesamtentgelt, anteilig"""
    whole = arbeitnehmer(sv_entgelt_formel + weiteres_entgelt, sv_tage_formel, sv_minijob_grenze_monat,
                         sv_midijob_obergrenze_monat)
    return half_up(whole * sv_anteil_formel)


@rule(law="§ 20 Abs. 2a Satz 1 SGB IV", unit="euro", since=BEGINN, when="sv_formel_gilt")
def be_gesamt(sv_entgelt_formel: Money, sv_tage_formel: Days, sv_minijob_grenze_monat: Money,
              sv_midijob_obergrenze_monat: Money, sv_faktor: Rate, sv_formel_mehrfach: Condition,
              be_gesamt_mehrfach: Money) -> Money:
    """Beitragspflichtige Einnahme im Übergangsbereich (BE)"""
    own = half_up(gesamt(sv_entgelt_formel, sv_tage_formel, sv_minijob_grenze_monat, sv_midijob_obergrenze_monat,
                         sv_faktor))
    result: Money = where(sv_formel_mehrfach, be_gesamt_mehrfach, own)
    return result


@rule(law="§ 20 Abs. 2a Satz 6 SGB IV", unit="euro", since=BEGINN, when="sv_formel_gilt")
def be_an(sv_entgelt_formel: Money, sv_tage_formel: Days, sv_minijob_grenze_monat: Money,
          sv_midijob_obergrenze_monat: Money, sv_formel_mehrfach: Condition, be_an_mehrfach: Money) -> Money:
    """Beitragspflichtige Einnahme für den Arbeitnehmeranteil"""
    own = half_up(arbeitnehmer(sv_entgelt_formel, sv_tage_formel, sv_minijob_grenze_monat, sv_midijob_obergrenze_monat))
    result: Money = where(sv_formel_mehrfach, be_an_mehrfach, own)
    return result
