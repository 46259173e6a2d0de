"""One-off pay without the figures that its ceiling needs."""

from __future__ import annotations

from payroll.law.checks.facts import Check

CHECKS = (
    Check(
        "einmalzahlung_ohne_vortrag", "warnung", "sv_tage_bisher",
        "Einmalzahlung, aber Monate dieses Jahres wurden hier nicht abgerechnet; die anteilige Jahresgrenze ist zu "
        "niedrig, Beiträge können fehlen", "§ 23a Abs. 3 SGB IV",
        "Vortragswerte des Jahres aus dem bisherigen Verfahren erfassen und neu rechnen",
        lambda facts: (facts["einmalzahlung"] != 0) & (facts["vortrag_fehlt"] > 0) & facts.any_branch),
    Check(
        "maerzklausel_ungeprueft", "warnung", "vorjahr_sv_tage",
        "Einmalzahlung im ersten Vierteljahr ohne Werte des Vorjahres; die Märzklausel wurde nicht geprüft",
        "§ 23a Abs. 4 SGB IV", "Vortragswerte des Vorjahres erfassen und neu rechnen",
        lambda facts: ((facts["einmalzahlung"] > 0) & (facts["vorjahr_sv_tage"] < 0)
                       & (facts["schon_im_vorjahr"] > 0) & (facts.month.month <= 3) & facts.any_branch)),
    Check(
        "einmalzahlung_mehrfach", "warnung", "einmalzahlung",
        "Einmalzahlung neben weiteren versicherten Beschäftigungen; die Grenze wird hier ohne das Entgelt der anderen "
        "bestimmt", "§ 22 Abs. 2, § 23a Abs. 3 SGB IV",
        "Monatsmeldung der Krankenkasse abwarten und die Beiträge nach ihrer Mitteilung berichtigen",
        lambda facts: (facts["einmalzahlung"] != 0) & (facts["weitere_versicherte"] > 0)),
)
