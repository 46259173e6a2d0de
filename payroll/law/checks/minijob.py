"""Minijobs: their limit and their keys."""

from __future__ import annotations

import numpy as np

from payroll.law.checks.facts import Check, Facts, Mask

KEYS = ((6, 1, 0, 0), (6, 5, 0, 0), (0, 1, 0, 0), (0, 5, 0, 0), (0, 0, 0, 0))


def _limit(facts: Facts) -> int:
    limit = facts.cents("sv_minijob_grenze_monat")
    assert limit is not None
    return limit


def _by_pay(facts: Facts) -> Mask:
    """Minijobs by pay; a short-term one (person group 110) has no limit."""
    return facts.status("minijob") & (facts["personengruppe"] != 110)


def _above(facts: Facts) -> Mask:
    pay = facts.regular_pay
    return _by_pay(facts) & (pay > _limit(facts)) & (pay <= 2 * _limit(facts))


def _far_above(facts: Facts) -> Mask:
    return _by_pay(facts) & (facts.regular_pay > 2 * _limit(facts))


def _wrong_key(facts: Facts) -> Mask:
    digits = [facts[f"beitragsgruppe_{branch}"] for branch in ("kv", "rv", "av", "pv")]
    fits = np.zeros(facts.rows, dtype=bool)
    for key in KEYS:
        fits |= np.logical_and.reduce([have == want for have, want in zip(digits, key, strict=True)])
    return facts.status("minijob") & ~fits


CHECKS = (
    Check(
        "minijob_ueber_grenze", "warnung", "brutto",
        "Das Entgelt liegt über der Geringfügigkeitsgrenze", "§ 8 Abs. 1, 1a und 1b SGB IV",
        "nur unvorhersehbar und höchstens zweimal im Zeitjahr zulässig; sonst versicherungspflichtig anmelden",
        _above),
    Check(
        "minijob_weit_ueber_grenze", "fehler", "brutto",
        "Das Entgelt liegt über dem Doppelten der Geringfügigkeitsgrenze; das ist kein Minijob", "§ 8 Abs. 1b SGB IV",
        "als versicherungspflichtige Beschäftigung erfassen oder den Betrag berichtigen", _far_above),
    Check(
        "minijob_personengruppe", "fehler", "personengruppe",
        "Ein Minijob hat die Personengruppe 109 oder 110", "§ 28a Abs. 9 SGB IV, DEÜV Anlage 2",
        "Personengruppe oder Art der Beschäftigung berichtigen",
        lambda facts: facts.status("minijob") & ~np.isin(facts["personengruppe"], (109, 110))),
    Check(
        "minijob_beitragsgruppe", "fehler", "beitragsgruppe",
        "Diese Beitragsgruppe gibt es im Minijob nicht", "§ 249b SGB V, §§ 6 Abs. 1b, 168 Abs. 1 Nr. 1b SGB VI",
        "6100 (rentenversicherungspflichtig), 6500 (befreit) oder bei privater Krankenversicherung 0100, 0500 erfassen",
        _wrong_key),
    Check(
        "personengruppe_ohne_minijob", "fehler", "personengruppe",
        "Personengruppe 109 oder 110, die Beschäftigung ist aber nicht als Minijob gespeichert", "§ 28a SGB IV",
        "Personengruppe oder Art der Beschäftigung berichtigen",
        lambda facts: ~facts.status("minijob") & np.isin(facts["personengruppe"], (109, 110))),
)
