"""Pension and unemployment insurance: half and half, employer only for digits 3 and 2, partial retirement."""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Money, Rate, cent, half_up, maximum, minimum, rate, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN


@rule(law="§ 168 SGB VI, § 2 BVV", unit="euro", since=BEGINN)
def sv_rv_an_grund(sv_basis_rv: Money, be_an: Money, sv_formel_gilt: Condition, sv_satz_rv: Rate,
                   beitragsgruppe_rv: Count, sv_rv_pflichtig: Condition, sv_ag_allein: Condition) -> Money:
    """Arbeitnehmeranteil RV"""
    none = sv_ag_allein | (beitragsgruppe_rv == 3) | ~sv_rv_pflichtig
    result: Money = where(none, cent(0), half_up(where(sv_formel_gilt, be_an, sv_basis_rv) * (sv_satz_rv / 2)))
    return result


@rule(law="§ 168, § 172 SGB VI, § 2 BVV", unit="euro", since=BEGINN)
def sv_rv_ag_grund(sv_basis_rv: Money, sv_satz_rv: Rate, sv_rv_an_grund: Money, beitragsgruppe_rv: Count) -> Money:
    """Arbeitgeberanteil RV

    Digit 3: half of the contribution that would be due if the person were insured, otherwise twice the half less the
    employee's share. In the Midijob band that contribution is one on BE (section 163(7) SGB VI): by the wording, no
    published example.
    """
    half = half_up(sv_basis_rv * (sv_satz_rv / 2))
    result: Money = where(beitragsgruppe_rv == 3, half, half * 2 - sv_rv_an_grund)
    return result


@rule(law="§ 346 SGB III, § 2 BVV", unit="euro", since=BEGINN)
def sv_av_an_grund(sv_basis_av: Money, be_an: Money, sv_formel_gilt: Condition, sv_satz_av: Rate,
                   beitragsgruppe_av: Count, sv_ag_allein: Condition) -> Money:
    """Arbeitnehmeranteil AV"""
    none = sv_ag_allein | (beitragsgruppe_av != 1)
    result: Money = where(none, cent(0), half_up(where(sv_formel_gilt, be_an, sv_basis_av) * (sv_satz_av / 2)))
    return result


@rule(law="§ 346 SGB III, § 2 BVV", unit="euro", since=BEGINN)
def sv_av_ag_grund(sv_basis_av: Money, sv_satz_av: Rate, sv_av_an_grund: Money, beitragsgruppe_av: Count) -> Money:
    """Arbeitgeberanteil AV

    Digit 2: half of the contribution that would be due, in the Midijob band one on BE; no published example.
    """
    half = half_up(sv_basis_av * (sv_satz_av / 2))
    result: Money = where(beitragsgruppe_av == 2, half, half * 2 - sv_av_an_grund)
    return result


@rule(law="§ 20 Abs. 3 Satz 2 SGB IV", unit="euro", since=BEGINN, when="sv_mit_rest")
def sv_rv_rest(sv_rest_rv: Money, sv_satz_rv: Rate) -> Money:
    """RV auf den Teil über der Geringverdienergrenze"""
    return half_up(sv_rest_rv * (sv_satz_rv / 2))


@rule(law="§ 20 Abs. 3 Satz 2 SGB IV", unit="euro", since=BEGINN, when="sv_mit_rest")
def sv_av_rest(sv_rest_av: Money, sv_satz_av: Rate) -> Money:
    """AV auf den Teil über der Geringverdienergrenze"""
    return half_up(sv_rest_av * (sv_satz_av / 2))


@rule(law="§ 163 Abs. 5 SGB VI", unit="euro", since=BEGINN, when="sv_altersteilzeit")
def sv_altersteilzeit_basis(sv_entgelt_laufend: Money, sv_bbg_rv_monat: Money) -> Money:
    """zusätzliche beitragspflichtige Einnahme der Altersteilzeit

    80 % of the regular pay, with it at most 90 % of the ceiling.
    """
    room = sv_bbg_rv_monat * rate(9, 10) - sv_entgelt_laufend
    return half_up(maximum(minimum(sv_entgelt_laufend * rate(8, 10), room), cent(0)))


@rule(law="§ 168 Abs. 1 Nr. 6 SGB VI", unit="euro", since=BEGINN, when="sv_altersteilzeit")
def sv_altersteilzeit_beitrag(sv_altersteilzeit_basis: Money, sv_satz_rv: Rate) -> Money:
    """RV-Beitrag auf die zusätzliche Einnahme"""
    result: Money = half_up(sv_altersteilzeit_basis * (sv_satz_rv / 2)) * 2
    return result


@rule(law="§ 168 SGB VI", unit="euro", since=BEGINN)
def rv_an(sv_rv_an_grund: Money, sv_rv_rest: Money, sv_rv_an_vorjahr: Money, sv_rv_minijob_an: Money,
          sv_stoerfall_rv_an: Money) -> Money:
    """Rentenversicherung Arbeitnehmer"""
    return sv_rv_an_grund + sv_rv_rest + sv_rv_an_vorjahr + sv_rv_minijob_an + sv_stoerfall_rv_an


@rule(law="§ 168, § 172 SGB VI", unit="euro", since=BEGINN)
def rv_ag(sv_rv_ag_grund: Money, sv_rv_rest: Money, sv_rv_ag_vorjahr: Money, sv_rv_minijob_ag: Money,
          sv_altersteilzeit_beitrag: Money, sv_ifsg_rv: Money, sv_stoerfall_rv_ag: Money) -> Money:
    """Rentenversicherung Arbeitgeber"""
    ordinary = sv_rv_ag_grund + sv_rv_rest + sv_rv_ag_vorjahr + sv_rv_minijob_ag
    return ordinary + sv_altersteilzeit_beitrag + sv_ifsg_rv + sv_stoerfall_rv_ag


@rule(law="§ 346 SGB III", unit="euro", since=BEGINN)
def av_an(sv_av_an_grund: Money, sv_av_rest: Money, sv_av_an_vorjahr: Money, sv_stoerfall_av_an: Money) -> Money:
    """Arbeitslosenversicherung Arbeitnehmer"""
    return sv_av_an_grund + sv_av_rest + sv_av_an_vorjahr + sv_stoerfall_av_an


@rule(law="§ 346 SGB III", unit="euro", since=BEGINN)
def av_ag(sv_av_ag_grund: Money, sv_av_rest: Money, sv_av_ag_vorjahr: Money, sv_ifsg_av: Money,
          sv_stoerfall_av_ag: Money) -> Money:
    """Arbeitslosenversicherung Arbeitgeber"""
    return sv_av_ag_grund + sv_av_rest + sv_av_ag_vorjahr + sv_ifsg_av + sv_stoerfall_av_ag
