"""Care insurance: child discounts in one step, childless surcharge apart, Saxony, Midijob."""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Money, Rate, cent, half_up, maximum, minimum, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN


def haelfte(satz: Rate, vorab: Rate, sachsen: Condition) -> Rate:
    """Employer's rate: half of the rate, in Saxony half of what remains after the employee's own part."""
    result: Rate = where(sachsen, (satz - vorab) / 2, satz / 2)
    return result


@rule(law="§ 58 Abs. 1, 3 SGB XI", unit="anteil", since=BEGINN)
def sv_haelfte_pv(sv_satz_pv: Rate, sv_satz_pv_sachsen_vorab: Rate, sachsen: Condition) -> Rate:
    """Beitragssatz PV des Arbeitgebers"""
    return haelfte(sv_satz_pv, sv_satz_pv_sachsen_vorab, sachsen)


@rule(law="§ 58 Abs. 3 SGB XI", unit="anteil", since=BEGINN)
def sv_vorab_pv(sv_satz_pv_sachsen_vorab: Rate, sachsen: Condition) -> Rate:
    """vom Beschäftigten allein getragener Satz"""
    result: Rate = where(sachsen, sv_satz_pv_sachsen_vorab, sv_satz_pv_sachsen_vorab * 0)
    return result


@rule(law="§ 55 Abs. 3 Satz 4, 5 SGB XI", unit="anzahl", since=BEGINN)
def sv_abschlagskinder(kinder_unter_25: Count) -> Count:
    """Zahl der Kinderabschläge"""
    result: Count = maximum(minimum(kinder_unter_25, 5) - 1, 0)
    return result


@rule(law="§ 55 Abs. 3 Satz 4 SGB XI", unit="anteil", since=BEGINN)
def sv_abschlag_pv(sv_abschlagskinder: Count, sv_abschlag_pv_kind: Rate) -> Rate:
    """Abschlag vom Beitragssatz des Arbeitnehmers"""
    result: Rate = sv_abschlag_pv_kind * sv_abschlagskinder
    return result


@rule(law="§ 55 Abs. 3 Satz 1 SGB XI, § 20 Abs. 2a SGB IV", unit="euro", since=BEGINN, when="kinderlos_zuschlag")
def sv_pv_zuschlag(sv_basis_pv: Money, sv_satz_pv_kinderlos: Rate) -> Money:
    """Beitragszuschlag für Kinderlose"""
    return half_up(sv_basis_pv * sv_satz_pv_kinderlos)


@rule(law="§ 2 Abs. 2 BVV, § 58 Abs. 3 SGB XI", unit="euro", since=BEGINN, when="sv_formel_gilt")
def sv_pv_an_formel(sv_pv_pflichtig: Condition, be_gesamt: Money, be_an: Money, sv_haelfte_pv: Rate, sv_vorab_pv: Rate,
                    sv_abschlag_pv: Rate) -> Money:
    """Arbeitnehmeranteil PV im Übergangsbereich

    Without surcharge; the discount is an amount of its own.

    Saxony: 1 % of BE is borne by the employee in addition; reading of BVV section 2(2) not yet confirmed by a fund.
    """
    own = half_up(be_an * sv_haelfte_pv) + half_up(be_gesamt * sv_vorab_pv) - half_up(be_an * sv_abschlag_pv)
    result: Money = where(sv_pv_pflichtig, maximum(own, cent(0)), cent(0))
    return result


@rule(law="§ 2 Abs. 2 BVV", unit="euro", since=BEGINN, when="sv_formel_gilt")
def sv_pv_ag_formel(sv_basis_pv: Money, sv_pv_pflichtig: Condition, be_an: Money, sv_haelfte_pv: Rate) -> Money:
    """Arbeitgeberanteil PV im Übergangsbereich"""
    own = half_up(sv_basis_pv * sv_haelfte_pv) * 2 - half_up(be_an * sv_haelfte_pv)
    result: Money = where(sv_pv_pflichtig, own, cent(0))
    return result


@rule(law="§ 55 Abs. 3, § 58 SGB XI", unit="euro", since=BEGINN)
def sv_pv_an_anteil(sv_basis_pv: Money, sv_haelfte_pv: Rate, sv_vorab_pv: Rate, sv_abschlag_pv: Rate,
                    sv_formel_gilt: Condition, sv_pv_an_formel: Money, sv_pv_zuschlag: Money) -> Money:
    """Beitragsanteil PV des Beschäftigten

    With surcharge or discount, whoever bears it.
    """
    ordinary = half_up(sv_basis_pv * (sv_haelfte_pv + sv_vorab_pv - sv_abschlag_pv))
    result: Money = where(sv_formel_gilt, sv_pv_an_formel, ordinary) + sv_pv_zuschlag
    return result


@rule(law="§ 58 SGB XI", unit="euro", since=BEGINN)
def sv_pv_ag_anteil(sv_basis_pv: Money, sv_haelfte_pv: Rate, sv_formel_gilt: Condition,
                    sv_pv_ag_formel: Money) -> Money:
    """Anteil des Arbeitgebers"""
    result: Money = where(sv_formel_gilt, sv_pv_ag_formel, half_up(sv_basis_pv * sv_haelfte_pv))
    return result


@rule(law="§ 20 Abs. 3 Satz 2 SGB IV", unit="euro", since=BEGINN, when="sv_mit_rest")
def sv_pv_an_rest(sv_rest_pv: Money, sv_haelfte_pv: Rate, sv_vorab_pv: Rate, sv_abschlag_pv: Rate,
                  kinderlos_zuschlag: Condition, sv_satz_pv_kinderlos: Rate) -> Money:
    """PV auf den Teil über der Geringverdienergrenze, Arbeitnehmer"""
    surcharge = where(kinderlos_zuschlag, half_up(sv_rest_pv * sv_satz_pv_kinderlos), cent(0))
    result: Money = half_up(sv_rest_pv * (sv_haelfte_pv + sv_vorab_pv - sv_abschlag_pv)) + surcharge
    return result


@rule(law="§ 20 Abs. 3 Satz 2 SGB IV", unit="euro", since=BEGINN, when="sv_mit_rest")
def sv_pv_ag_rest(sv_rest_pv: Money, sv_haelfte_pv: Rate) -> Money:
    """PV auf den Teil über der Geringverdienergrenze, Arbeitgeber"""
    return half_up(sv_rest_pv * sv_haelfte_pv)


@rule(law="§ 58 SGB XI", unit="euro", since=BEGINN)
def pv_an(sv_pv_an_anteil: Money, sv_ag_allein: Condition, sv_pv_an_rest: Money, sv_pv_an_vorjahr: Money,
          sv_stoerfall_pv_an: Money) -> Money:
    """Pflegeversicherung Arbeitnehmer"""
    own: Money = where(sv_ag_allein, cent(0), sv_pv_an_anteil)
    return own + sv_pv_an_rest + sv_pv_an_vorjahr + sv_stoerfall_pv_an


@rule(law="§ 58 SGB XI, § 20 Abs. 3 SGB IV", unit="euro", since=BEGINN)
def pv_ag(sv_pv_ag_anteil: Money, sv_pv_an_anteil: Money, sv_ag_allein: Condition, sv_pv_ag_rest: Money,
          sv_pv_ag_vorjahr: Money, sv_ifsg_pv: Money, sv_stoerfall_pv_ag: Money) -> Money:
    """Pflegeversicherung Arbeitgeber"""
    taken: Money = where(sv_ag_allein, sv_pv_an_anteil, cent(0))
    return sv_pv_ag_anteil + taken + sv_pv_ag_rest + sv_pv_ag_vorjahr + sv_ifsg_pv + sv_stoerfall_pv_ag
