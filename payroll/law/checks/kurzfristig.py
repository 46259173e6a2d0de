"""Short-term employment: the days of the calendar year and the limits of the flat wage taxes of 25 and 20 percent."""

from __future__ import annotations

import numpy as np

from payroll.law.checks.facts import Check, Facts, Mask

GRUPPE, MINIJOB = 110, 109
DREI_MONATE = 90  # several together: three times 30 days (guidelines on marginal employment)


def _short(facts: Facts) -> Mask:
    return facts["personengruppe"] == GRUPPE


def _too_long(facts: Facts) -> Mask:
    """More than 70 working days and more than three months: one of both limits is enough to stay short-term."""
    days = facts["kurzfristig_jahr_arbeitstage"]
    return _short(facts) & (days > 70) & (facts["kurzfristig_jahr_kalendertage"] > _months(facts))


def _months(facts: Facts) -> Mask:
    return np.where(facts["kurzfristig_anzahl"] > 1, DREI_MONATE, 92)


def _professional(facts: Facts) -> Mask:
    limit = facts.cents("sv_minijob_grenze_monat") or 0
    return _short(facts) & (facts["berufsmaessig"] > 0) & (facts.regular_pay > limit)


def _flat(facts: Facts) -> Mask:
    return _short(facts) & (facts["kurzfristig_pauschal"] > 0) & (facts["pauschal_40a_lohn"] > 0)


def _flat_days(facts: Facts) -> Mask:
    limit = _number(facts, "kurzfristig_pauschal_tage")
    return _flat(facts) & (facts["kurzfristig_arbeitstage"] > limit)


def _number(facts: Facts, parameter: str) -> int:
    return facts.cents(parameter) or 0


def _whole_pay(facts: Facts) -> Mask:
    """Pay of the whole employment: the month's pay, spread by calendar days where it is part of it."""
    here = np.where(facts["bis_tag"] > 0, facts["bis_tag"], 30) - np.maximum(facts["von_tag"], 1) + 1
    return facts["pauschal_40a_lohn"] * np.maximum(facts["kurzfristig_dauer"], here) // np.maximum(here, 1)


def _flat_day(facts: Facts) -> Mask:
    limit = _number(facts, "kurzfristig_pauschal_tageslohn")
    days = facts["kurzfristig_arbeitstage"]
    return _flat(facts) & (days > 0) & (_whole_pay(facts) > limit * days)


def _flat_hour(facts: Facts) -> Mask:
    limit = _number(facts, "kurzfristig_pauschal_stundenlohn")
    hours = facts["kurzfristig_stunden"]
    return _flat(facts) & (hours > 0) & (_whole_pay(facts) * 100 > limit * hours)


def _flat_unknown(facts: Facts) -> Mask:
    return _flat(facts) & ((facts["kurzfristig_arbeitstage"] == 0) | (facts["kurzfristig_stunden"] == 0))


def _flat_beside(facts: Facts) -> Mask:
    return (facts["kurzfristig_pauschal"] > 0) & (facts["individuell_daneben"] > 0)


def _with_flat_pension(facts: Facts) -> Mask:
    """Twenty percent is for those whose employer owes no lump sum to the pension insurance."""
    marginal = (facts["personengruppe"] == MINIJOB) & np.isin(facts["beitragsgruppe_rv"], (1, 5))
    return (facts["pauschal_20"] > 0) & marginal


def _not_marginal(facts: Facts) -> Mask:
    return (facts["pauschal_20"] > 0) & _short(facts)


def _twenty_above(facts: Facts) -> Mask:
    limit = facts.cents("sv_minijob_grenze_monat") or 0
    return (facts["pauschal_20"] > 0) & ~_short(facts) & (facts.current_pay > limit)


INDIVIDUELL = "Pauschalierung beenden und nach Steuermerkmalen versteuern (ELStAM abrufen)"
CHECKS = (
    Check(
        "kurzfristig_zu_lang", "warnung", "personengruppe",
        "Mit den kurzfristigen Beschäftigungen dieses Kalenderjahrs sind 70 Arbeitstage und drei Monate überschritten; "
        "die Beschäftigung ist nicht mehr kurzfristig", "§ 8 Abs. 1 Nr. 2, Abs. 2 SGB IV",
        "ab dem Tag des Überschreitens (bei Voraussicht von Beginn an) versicherungspflichtig erfassen", _too_long),
    Check(
        "kurzfristig_berufsmaessig", "warnung", "berufsmaessig",
        "Die kurzfristige Beschäftigung wird berufsmäßig ausgeübt und liegt über der Geringfügigkeitsgrenze; sie ist "
        "versicherungspflichtig", "§ 8 Abs. 1 Nr. 2 SGB IV",
        "Personengruppe 101 und Beitragsgruppe 1111 erfassen oder die Berufsmäßigkeit verneinen", _professional),
    Check(
        "kurzfristig_pauschal_tage", "warnung", "kurzfristig_arbeitstage",
        "Die Pauschalierung mit 25 % gilt nur bis zu 18 zusammenhängenden Arbeitstagen", "§ 40a Abs. 1 Satz 2 EStG",
        INDIVIDUELL, _flat_days),
    Check(
        "kurzfristig_pauschal_tageslohn", "warnung", "brutto",
        "Der Lohn liegt im Durchschnitt über 150 Euro je Arbeitstag; die Pauschalierung mit 25 % gilt dann nur, wenn "
        "die Beschäftigung unvorhersehbar sofort erforderlich war", "§ 40a Abs. 1 Satz 2 EStG",
        "den unvorhersehbaren Bedarf belegen; sonst die Pauschalierung beenden", _flat_day),
    Check(
        "kurzfristig_pauschal_stundenlohn", "warnung", "brutto",
        "Der Lohn liegt im Durchschnitt über 19 Euro je Stunde; eine Pauschalierung mit 25 % ist nicht zulässig",
        "§ 40a Abs. 4 Nr. 1 EStG", INDIVIDUELL, _flat_hour),
    Check(
        "kurzfristig_pauschal_ungeprueft", "warnung", "kurzfristig_arbeitstage",
        "Pauschalierung mit 25 %, Arbeitstage oder Stunden sind nicht erfasst; die Grenzen sind nicht geprüft",
        "§ 40a Abs. 1, Abs. 4 Nr. 1 EStG", "Arbeitstage und Stunden der Beschäftigung erfassen", _flat_unknown),
    Check(
        "kurzfristig_pauschal_daneben", "warnung", "kurzfristig_pauschal",
        "Pauschalierung mit 25 %, die Person bezieht hier aber auch Lohn, der nach ihren Merkmalen versteuert wird",
        "§ 40a Abs. 4 Nr. 2 EStG", INDIVIDUELL, _flat_beside),
    Check(
        "pauschal_20_neben_pauschaler_rv", "fehler", "pauschal_20",
        "Pauschalierung mit 20 %, der Arbeitgeber zahlt aber den pauschalen Beitrag zur Rentenversicherung",
        "§ 40a Abs. 2, 2a EStG", "Pauschsteuer von 2 % oder Steuermerkmale wählen", _with_flat_pension),
    Check(
        "pauschal_20_kurzfristig", "fehler", "pauschal_20",
        "Die Pauschalierung mit 20 % gilt für geringfügig entlohnte, nicht für kurzfristige Beschäftigungen",
        "§ 40a Abs. 2a EStG", "25 % (kurzfristig) oder Steuermerkmale wählen", _not_marginal),
    Check(
        "pauschal_20_ueber_grenze", "warnung", "pauschal_20",
        "Pauschalierung mit 20 %, das Entgelt liegt aber über der Geringfügigkeitsgrenze",
        "§ 40a Abs. 2a EStG, § 8 Abs. 1 Nr. 1 SGB IV", "Pauschalierung beenden und nach Steuermerkmalen versteuern",
        _twenty_above),
)
