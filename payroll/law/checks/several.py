"""Several employments of one person, and keys of person groups that demand certain digits."""

from __future__ import annotations

import numpy as np

from payroll.law.checks.facts import Check, Facts, Mask

LIMIT = "sv_minijob_grenze_monat"


def _digits(facts: Facts) -> tuple[Mask, ...]:
    return tuple(facts[f"beitragsgruppe_{branch}"] for branch in ("kv", "rv", "av", "pv"))


def _group(facts: Facts, *codes: int) -> Mask:
    return np.isin(facts["personengruppe"], codes)


def _minijobs_above(facts: Facts) -> Mask:
    limit = facts.cents(LIMIT) or 0
    alone = (facts["haupt_beim_arbeitgeber"] == 0) & (facts["haupt_anderswo"] == 0)
    return alone & (facts["minijobs_anzahl"] > 1) & (facts["minijobs_entgelt"] > limit)


def _sharing_unclear(facts: Facts) -> Mask:
    """Two or more others: each is cut to the ceiling before it is divided, their sum alone does not say how."""
    ceiling = facts.cents("sv_bbg_kv_jahr") or 0
    return (facts["weitere_versicherte"] > 1) & (facts["weiteres_entgelt"] * 12 > ceiling)


def _low_pay(facts: Facts) -> int:
    return facts.cents("sv_geringverdiener_grenze_monat") or 0


def _wrong_for_student(facts: Facts) -> Mask:
    kv, rv, av, pv = _digits(facts)
    return _group(facts, 106) & ((kv > 0) | (av > 0) | (pv > 0) | ~np.isin(rv, (0, 1)))


def _band(facts: Facts) -> Mask:
    low, high = facts.cents(LIMIT) or 0, facts.cents("sv_midijob_obergrenze_monat") or 0
    pay = facts.regular_pay
    return _group(facts, 101, 106, 119, 120) & (pay > low) & (pay <= high)


def _saxon_band(facts: Facts) -> Mask:
    return _band(facts) & (facts["sachsen"] > 0)


def _employer_only_band(facts: Facts) -> Mask:
    _, rv, av, _ = _digits(facts)
    return _band(facts) & ((rv == 3) | (av == 2))


CHECKS = (
    Check(
        "minijob_beim_selben_arbeitgeber", "warnung", "personengruppe",
        "Minijob neben einer versicherten Beschäftigung beim selben Arbeitgeber; beide gelten als ein einheitliches "
        "Beschäftigungsverhältnis", "§ 8 Abs. 2 SGB IV, Geringfügigkeits-Richtlinien",
        "Entgelt des Minijobs der Hauptbeschäftigung zuordnen oder die Trennung begründen",
        lambda facts: facts["haupt_beim_arbeitgeber"] > 0),
    Check(
        "zweiter_minijob_neben_haupt", "warnung", "personengruppe",
        "Mehrere Minijobs neben einer versicherten Beschäftigung; nur der zeitlich erste bleibt einer, jeder weitere "
        "ist in Kranken-, Pflege- und Rentenversicherung beitragspflichtig", "§ 8 Abs. 2 SGB IV, § 27 Abs. 2 SGB III",
        "prüfen, welcher zuerst begann; die weiteren mit Personengruppe 101 und Beitragsgruppe 1101 erfassen",
        lambda facts: (facts["minijobs_anzahl"] > 1) & (facts["haupt_anderswo"] > 0)),
    Check(
        "minijobs_zusammen_ueber_grenze", "warnung", "brutto",
        "Die Minijobs dieser Person liegen zusammen über der Geringfügigkeitsgrenze; dann ist keiner einer",
        "§ 8 Abs. 2 Satz 1 SGB IV", "alle als versicherungspflichtige Beschäftigungen erfassen", _minijobs_above),
    Check(
        "grenze_mit_mehreren_geteilt", "warnung", "weiteres_entgelt",
        "Drei oder mehr versicherte Beschäftigungen über der Beitragsbemessungsgrenze; die Teilung folgt hier der "
        "Summe der anderen", "§ 22 Abs. 2 SGB IV",
        "Aufteilung mit der Krankenkasse abstimmen (GKV-Monatsmeldung)", _sharing_unclear),
    Check(
        "werkstudent_beitragsgruppe", "warnung", "beitragsgruppe",
        "Werkstudentinnen und Werkstudenten (Personengruppe 106) sind nur rentenversicherungspflichtig",
        "§ 6 Abs. 1 Nr. 3 SGB V, § 27 Abs. 4 Nr. 2 SGB III", "Beitragsgruppe 0100 erfassen oder Gruppe 101 wählen",
        _wrong_for_student),
    Check(
        "kurzfristig_beitragsgruppe", "warnung", "beitragsgruppe",
        "Kurzfristig Beschäftigte (Personengruppe 110) sind versicherungsfrei", "§ 8 Abs. 1 Nr. 2 SGB IV",
        "Beitragsgruppe 0000 erfassen oder die Personengruppe berichtigen",
        lambda facts: _group(facts, 110) & facts.any_branch),
    Check(
        "zwischenpraktikum_beitragsgruppe", "warnung", "beitragsgruppe",
        "Ein vorgeschriebenes Praktikum während des Studiums (Personengruppe 190) ist versicherungsfrei",
        "§ 6 Abs. 1 Nr. 3 SGB V, § 5 Abs. 3 SGB VI", "Beitragsgruppe 0000 erfassen",
        lambda facts: _group(facts, 190) & facts.any_branch),
    Check(
        "vollrentner_beitragsgruppe", "warnung", "beitragsgruppe",
        "Nach der Regelaltersgrenze (Personengruppe 119) zahlt nur der Arbeitgeber Renten- und "
        "Arbeitslosenbeiträge", "§ 172 Abs. 1 SGB VI, § 346 Abs. 3 SGB III",
        "Beitragsgruppe 3321 erfassen; bei Verzicht auf die Rentenfreiheit Personengruppe 120 mit 3121",
        # Whoever draws a pension for civil servants by an earlier age limit pays unemployment insurance until the
        # standard age: section 5 (4) no. 2 SGB VI frees from pension insurance only.
        lambda facts: _group(facts, 119) & ((_digits(facts)[1] != 3) | ~(
            np.isin(_digits(facts)[2], (0, 2)) | (_digits(facts)[2] == 1) & (_digits(facts)[0] != 3)))),
    Check(
        "geringverdiener_ueber_grenze", "warnung", "personengruppe",
        "Personengruppe 121 (Auszubildende bis 325 Euro), das laufende Entgelt liegt darüber; beide Seiten tragen die "
        "Beiträge", "§ 20 Abs. 3 Satz 1 Nr. 1 SGB IV", "Personengruppe 102 erfassen",
        lambda facts: _group(facts, 121) & (facts.current_pay > _low_pay(facts))),
    Check(
        "auszubildende_unter_grenze", "warnung", "personengruppe",
        "Auszubildende mit höchstens 325 Euro; der Arbeitgeber trägt die Beiträge allein, gespeichert ist aber "
        "Personengruppe 102", "§ 20 Abs. 3 Satz 1 Nr. 1 SGB IV", "Personengruppe 121 erfassen",
        lambda facts: _group(facts, 102) & (facts.current_pay > 0) & (facts.current_pay <= _low_pay(facts))
        & (facts["von_tag"] <= 1)),
    Check(
        "dienst_ohne_dienst", "warnung", "dienst_nach_beschaeftigung",
        "Freiwilligendienst nach Beschäftigung ist erfasst, die Person leistet aber keinen (Personengruppe 123)",
        "§ 344 Abs. 2 SGB III", "Angabe löschen oder Personengruppe 123 erfassen",
        lambda facts: (facts["dienst_nach_beschaeftigung"] > 0) & ~_group(facts, 123)),
    Check(
        "altersteilzeit_ohne_rente", "warnung", "beitragsgruppe",
        "Altersteilzeit (Personengruppe 103) ohne Rentenversicherungspflicht; der zusätzliche Beitrag entfällt",
        "§ 163 Abs. 5 SGB VI", "Beitragsgruppe prüfen (Rentenversicherung 1)",
        lambda facts: _group(facts, 103) & (_digits(facts)[1] != 1)),
    Check(
        "uebergangsbereich_sachsen", "hinweis", "sachsen",
        "Übergangsbereich in Sachsen: die Verteilung des zusätzlichen Pflegebeitrags ist nicht durch ein "
        "veröffentlichtes Beispiel bestätigt", "§ 2 Abs. 2 Satz 6 BVV, § 58 Abs. 3 und 5 SGB XI",
        "Anteile mit der Krankenkasse abstimmen", _saxon_band),
    Check(
        "uebergangsbereich_arbeitgeber_allein", "hinweis", "beitragsgruppe",
        "Übergangsbereich mit Beitragsgruppe RV 3 oder AV 2: der Arbeitgeberanteil ist nach dem Wortlaut die Hälfte "
        "des Beitrags, der aus der verminderten beitragspflichtigen Einnahme zu zahlen wäre; ein veröffentlichtes "
        "Beispiel gibt es nicht", "§ 172 Abs. 1, § 163 Abs. 7 SGB VI, § 346 Abs. 3, § 344 Abs. 4 SGB III",
        "Anteil mit der Krankenkasse abstimmen", _employer_only_band),
)
