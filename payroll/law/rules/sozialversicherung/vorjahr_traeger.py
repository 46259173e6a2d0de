"""Who bears the contributions charged to the previous year."""

from __future__ import annotations

from payroll.law.engine import Condition, Count, Money, cent, rule, where
from payroll.law.rules.sozialversicherung.status import BEGINN
from payroll.law.rules.sozialversicherung.vorjahr import LAW, MAERZ


def vom_arbeitnehmer(nicht: Condition, betrag: Money) -> Money:
    """The employee's share, or nothing where the employer bears it or only owes his half."""
    result: Money = where(nicht, cent(0), betrag)
    return result


def vom_arbeitgeber(allein: Condition, eigener: Money, uebernommen: Money) -> Money:
    """The employer's share, with the employee's where he bears everything."""
    result: Money = eigener + where(allein, uebernommen, cent(0))
    return result


@rule(law="§ 20 Abs. 3 SGB IV", unit="ja/nein", since=BEGINN, when=MAERZ)
def sv_ag_allein_vorjahr(personengruppe: Count) -> Condition:
    """Arbeitgeber trägt auch die Beiträge des Vorjahres allein

    Volunteers only: with low earners in training the one-off lies beyond the limit up to which the employer bears all,
    and both bear that part (sentence 2). What December's pay left of the limit is not known here.
    """
    return personengruppe == 123


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_kv_an_vorjahr(sv_kv_vorjahr: Money, sv_ag_allein_vorjahr: Condition) -> Money:
    """KV auf die Einmalzahlung des Vorjahres, Arbeitnehmer"""
    return vom_arbeitnehmer(sv_ag_allein_vorjahr, sv_kv_vorjahr)


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_kv_ag_vorjahr(sv_kv_vorjahr: Money, sv_ag_allein_vorjahr: Condition) -> Money:
    """KV auf die Einmalzahlung des Vorjahres, Arbeitgeber"""
    return vom_arbeitgeber(sv_ag_allein_vorjahr, sv_kv_vorjahr, sv_kv_vorjahr)


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_zb_an_vorjahr(sv_zb_vorjahr: Money, sv_ag_allein_vorjahr: Condition) -> Money:
    """Zusatzbeitrag auf die Einmalzahlung des Vorjahres, Arbeitnehmer"""
    return vom_arbeitnehmer(sv_ag_allein_vorjahr, sv_zb_vorjahr)


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_zb_ag_vorjahr(sv_zb_vorjahr: Money, sv_ag_allein_vorjahr: Condition) -> Money:
    """Zusatzbeitrag auf die Einmalzahlung des Vorjahres, Arbeitgeber"""
    return vom_arbeitgeber(sv_ag_allein_vorjahr, sv_zb_vorjahr, sv_zb_vorjahr)


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_pv_an_vorjahr(sv_pv_vorjahr_an: Money, sv_ag_allein_vorjahr: Condition) -> Money:
    """PV auf die Einmalzahlung des Vorjahres, Arbeitnehmer"""
    return vom_arbeitnehmer(sv_ag_allein_vorjahr, sv_pv_vorjahr_an)


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_pv_ag_vorjahr(sv_pv_vorjahr_ag: Money, sv_pv_vorjahr_an: Money, sv_ag_allein_vorjahr: Condition) -> Money:
    """PV auf die Einmalzahlung des Vorjahres, Arbeitgeber"""
    return vom_arbeitgeber(sv_ag_allein_vorjahr, sv_pv_vorjahr_ag, sv_pv_vorjahr_an)


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_rv_an_vorjahr(sv_rv_vorjahr: Money, sv_ag_allein_vorjahr: Condition, beitragsgruppe_rv: Count) -> Money:
    """RV auf die Einmalzahlung des Vorjahres, Arbeitnehmer"""
    return vom_arbeitnehmer(sv_ag_allein_vorjahr | (beitragsgruppe_rv == 3), sv_rv_vorjahr)


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_rv_ag_vorjahr(sv_rv_vorjahr: Money, sv_ag_allein_vorjahr: Condition) -> Money:
    """RV auf die Einmalzahlung des Vorjahres, Arbeitgeber"""
    return vom_arbeitgeber(sv_ag_allein_vorjahr, sv_rv_vorjahr, sv_rv_vorjahr)


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_av_an_vorjahr(sv_av_vorjahr: Money, sv_ag_allein_vorjahr: Condition, beitragsgruppe_av: Count) -> Money:
    """AV auf die Einmalzahlung des Vorjahres, Arbeitnehmer"""
    return vom_arbeitnehmer(sv_ag_allein_vorjahr | (beitragsgruppe_av == 2), sv_av_vorjahr)


@rule(law=LAW, unit="euro", since=BEGINN, when=MAERZ)
def sv_av_ag_vorjahr(sv_av_vorjahr: Money, sv_ag_allein_vorjahr: Condition) -> Money:
    """AV auf die Einmalzahlung des Vorjahres, Arbeitgeber"""
    return vom_arbeitgeber(sv_ag_allein_vorjahr, sv_av_vorjahr, sv_av_vorjahr)
