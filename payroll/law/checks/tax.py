"""Tax features that exclude each other."""

from __future__ import annotations

from payroll.law.checks.facts import Check, Facts, Mask


def _allowance(facts: Facts) -> Mask:
    return (facts["freibetrag_monat"] > 0) | (facts["freibetrag_jahr"] > 0)


CHECKS = (
    Check(
        "faktor_ausserhalb_iv", "warnung", "faktor",
        "Ein Faktor gilt nur in Steuerklasse IV; er bleibt hier ohne Wirkung", "§ 39f EStG",
        "ELStAM neu abrufen und Steuerklasse oder Faktor berichtigen",
        lambda facts: (facts["faktor"] > 0) & (facts["steuerklasse"] != 4)),
    Check(
        "faktor_nicht_unter_eins", "warnung", "faktor",
        "Ein Faktor ist immer kleiner als 1", "§ 39f Abs. 1 EStG",
        "Faktor aus ELStAM übernehmen (0,001 bis 0,999) oder leer lassen",
        lambda facts: facts["faktor"] >= 1000),
    Check(
        "faktor_mit_freibetrag", "warnung", "freibetrag_monat",
        "Neben einem Faktor gibt es keinen Freibetrag; er ist im Faktor schon enthalten", "§ 39f Abs. 1 EStG",
        "ELStAM neu abrufen; Freibetrag oder Faktor entfällt",
        lambda facts: (facts["faktor"] > 0) & (facts["steuerklasse"] == 4) & _allowance(facts)),
    Check(
        "kinder_in_v_und_vi", "warnung", "kinderfreibetraege",
        "Zähler für Kinderfreibeträge gibt es nur in den Steuerklassen I bis IV; sie bleiben hier ohne Wirkung",
        "§ 38b Abs. 2 EStG", "ELStAM neu abrufen und Steuerklasse oder Zähler berichtigen",
        lambda facts: (facts["kinderfreibetraege"] > 0) & (facts["steuerklasse"] >= 5)),
    Check(
        "klasse_ii_ohne_kind", "hinweis", "kinderfreibetraege",
        "Steuerklasse II setzt ein Kind voraus, es ist aber weder ein Zähler noch ein Kind gespeichert",
        "§§ 24b, 38b Abs. 1 EStG", "ELStAM neu abrufen und Kinder abgleichen",
        lambda facts: ((facts["steuerklasse"] == 2) & (facts["kinderfreibetraege"] == 0)
                       & (facts["kinder_unter_25"] == 0))),
    Check(
        "freibetrag_und_hinzurechnung", "hinweis", "hinzurechnung_monat",
        "Freibetrag und Hinzurechnungsbetrag stehen nebeneinander", "§ 39a Abs. 1 Nr. 7 EStG",
        "ELStAM neu abrufen; beide werden sonst miteinander verrechnet",
        lambda facts: _allowance(facts) & (facts["hinzurechnung_monat"] > 0)),
)
