"""Digits of the contribution group and person groups that do not go with the insurance, the age or each other."""

from __future__ import annotations

from payroll.law.checks.facts import Check, Facts, Mask

NEVER_PENSION_AGE = 65  # younger than this nobody has reached the age of § 235 SGB VI
PARTIAL_RETIREMENT_AGE = 55
ORDINARY = (101, 102, 103, 119, 120)


def _group(facts: Facts, *numbers: int) -> Mask:
    found: Mask = facts["personengruppe"] == numbers[0]
    for number in numbers[1:]:
        found = found | (facts["personengruppe"] == number)
    return found


def _younger(facts: Facts, years: int) -> Mask:
    found: Mask = (facts.age >= 0) & (facts.age < years)
    return found


def _own_kv(facts: Facts) -> Mask:
    digit = facts["beitragsgruppe_kv"]
    found: Mask = (digit == 1) | (digit == 3)
    return found


CHECKS = (
    Check(
        "gesetzlich_ohne_kv", "warnung", "beitragsgruppe",
        "Gesetzlich versichert, aber ohne Beitrag zur Krankenversicherung (Ziffer 0)", "§ 5 Abs. 1 Nr. 1 SGB V",
        "Beitragsgruppe oder Art der Krankenversicherung berichtigen",
        lambda facts: (facts.kv_art("gesetzlich") & _group(facts, *ORDINARY) & (facts["beitragsgruppe_kv"] == 0)
                       & facts.status("tarif", "auszubildende"))),
    Check(
        "pflege_ohne_kranken", "warnung", "beitragsgruppe",
        "Pflichtig in der Krankenversicherung, aber ohne Beitrag zur Pflegeversicherung", "§ 20 Abs. 1 SGB XI",
        "In der Pflegeversicherung 1 erfassen oder die Befreiung nachweisen lassen",
        lambda facts: facts.kv_art("gesetzlich") & _own_kv(facts) & (facts["beitragsgruppe_pv"] == 0)),
    Check(
        "nicht_versichert_mit_beitrag", "warnung", "kv_art",
        "Ohne Krankenversicherung gespeichert, die Beitragsgruppe verlangt aber Beiträge zu ihr", "§ 28a SGB IV",
        "Krankenkasse oder Beitragsgruppe berichtigen",
        lambda facts: facts.kv_art("keine") & (_own_kv(facts) | (facts["beitragsgruppe_kv"] == 9))),
    Check(
        "vollrente_zu_jung", "warnung", "personengruppe",
        "Personengruppe 119 mit den Ziffern eines Vollrentners (Krankenversicherung 3, Rentenversicherung 3) setzt die "
        "Regelaltersgrenze voraus; so alt ist die Person nicht",
        "§ 5 Abs. 4 SGB VI, § 235 SGB VI",
        "Personengruppe 120 oder 101 erfassen, bei Versorgungsbezug wegen Alters die Ziffer der Krankenversicherung, "
        "oder das Geburtsdatum berichtigen",
        lambda facts: (_group(facts, 119) & (facts["beitragsgruppe_kv"] == 3) & (facts["beitragsgruppe_rv"] == 3)
                       & _younger(facts, NEVER_PENSION_AGE))),
    Check(
        "av_halb_zu_jung", "warnung", "beitragsgruppe",
        "Ziffer 2 in der Arbeitslosenversicherung gilt erst nach der Regelaltersgrenze",
        "§ 28 Abs. 1 Nr. 1, § 346 Abs. 3 SGB III", "Beitragsgruppe oder Geburtsdatum berichtigen",
        lambda facts: (facts["beitragsgruppe_av"] == 2) & _younger(facts, NEVER_PENSION_AGE)),
    Check(
        "rv_halb_ohne_vollrente", "warnung", "beitragsgruppe",
        "Ziffer 3 in der Rentenversicherung gilt nur für Bezieher einer Vollrente nach der Regelaltersgrenze "
        "oder einer Versorgung wegen Alters (Personengruppe 119)", "§ 172 Abs. 1 SGB VI",
        "Personengruppe oder Beitragsgruppe berichtigen",
        lambda facts: (facts["beitragsgruppe_rv"] == 3) & _group(facts, 101, 102, 103, 106, 120)),
    Check(
        "altersteilzeit_zu_jung", "warnung", "personengruppe",
        "Altersteilzeit (Personengruppe 103) gibt es erst ab 55 Jahren", "§ 2 Abs. 1 Nr. 1 AltTZG",
        "Personengruppe oder Geburtsdatum berichtigen",
        lambda facts: _group(facts, 103) & _younger(facts, PARTIAL_RETIREMENT_AGE)),
    Check(
        "kurzfristig_zusatzversorgt", "warnung", "zusatzversorgung",
        "Kurzfristig Beschäftigte sind nicht in der Zusatzversorgung", "§ 19 der Satzung, § 2 ATV-K",
        "Zusatzversorgung beenden oder die Personengruppe berichtigen",
        lambda facts: _group(facts, 110) & facts.pension_fund),
)
