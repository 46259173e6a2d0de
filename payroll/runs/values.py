"""Which values of the law a result keeps as columns of its own, and what they are called on a page.

Names and meaning: contract of whole payslips, section 3 (amounts in cents).
"""

from __future__ import annotations

TITLES: dict[str, str] = {
    "tabellenentgelt": "Tabellenentgelt",
    "gesamtbrutto": "Gesamtbrutto",
    "steuerbrutto": "Steuerbrutto",
    "sv_brutto_kv": "SV-Brutto Kranken-/Pflegeversicherung",
    "sv_brutto_rv": "SV-Brutto Renten-/Arbeitslosenversicherung",
    "be_gesamt": "Beitragspflichtige Einnahme im Übergangsbereich (gesamt)",
    "be_an": "Beitragspflichtige Einnahme im Übergangsbereich (Beschäftigte)",
    "sv_brutto_kv_vorjahr": "Einmalzahlung, dem Vorjahr zugeordnet (KV)",
    "sv_brutto_rv_vorjahr": "Einmalzahlung, dem Vorjahr zugeordnet (RV)",
    "lohnsteuer": "Lohnsteuer",
    "lohnsteuer_einmal": "davon Lohnsteuer auf die Einmalzahlung",
    "soli": "Solidaritätszuschlag",
    "kirchensteuer": "Kirchensteuer",
    "kv_an": "Krankenversicherung",
    "zb_an": "Zusatzbeitrag Krankenversicherung",
    "pv_an": "Pflegeversicherung",
    "rv_an": "Rentenversicherung",
    "av_an": "Arbeitslosenversicherung",
    "zv_an": "Zusatzversorgung, Eigenanteil",
    "netto": "Nettoentgelt",
    "zuschuss_kv": "Zuschuss zur Krankenversicherung",
    "zuschuss_pv": "Zuschuss zur Pflegeversicherung",
    "auszahlung": "Auszahlung",
    "kv_ag": "Krankenversicherung, Arbeitgeber",
    "zb_ag": "Zusatzbeitrag, Arbeitgeber",
    "pv_ag": "Pflegeversicherung, Arbeitgeber",
    "rv_ag": "Rentenversicherung, Arbeitgeber",
    "av_ag": "Arbeitslosenversicherung, Arbeitgeber",
    "u2": "Umlage U2",
    "pauschsteuer_2": "Pauschsteuer 2 %",
    "pauschsteuer_20": "Pauschale Lohnsteuer 20 %",
    "pauschsteuer_25": "Pauschale Lohnsteuer 25 %",
    "pauschsteuer_40a_soli": "Solidaritätszuschlag auf die pauschale Lohnsteuer (§ 40a EStG)",
    "pauschsteuer_40a_kist": "Kirchensteuer auf die pauschale Lohnsteuer (§ 40a EStG)",
    "zv_entgelt": "Zusatzversorgungspflichtiges Entgelt",
    "zv_umlage": "Umlage zur Zusatzversorgung",
    "zv_sanierungsgeld": "Sanierungsgeld",
    "zv_steuerfrei": "davon steuerfrei",
    "zv_pauschal": "davon pauschal versteuert",
    "zv_individuell": "davon individuell versteuert",
    "zv_hinzurechnung": "Hinzurechnungsbetrag der Zusatzversorgung",
    "zv_pauschalsteuer": "Pauschale Lohnsteuer auf die Umlage",
    "zv_pauschal_soli": "Solidaritätszuschlag auf die pauschale Lohnsteuer",
    "zv_pauschal_kist": "Kirchensteuer auf die pauschale Lohnsteuer",
    "zv2_beitrag": "Beitrag zur Zusatzversorgung (kapitalgedeckt)",
    "zv2_steuerfrei": "davon steuerfrei (§ 3 Nr. 63 EStG)",
    "zv2_sv_frei": "davon beitragsfrei in der Sozialversicherung",
    "ag_kosten": "Kosten des Arbeitgebers",
    "sachbezuege": "Sachbezüge, nicht ausgezahlt",
    "entgeltumwandlung": "Entgeltumwandlung",
    "umwandlung_zuschuss": "Zuschuss zur Entgeltumwandlung",
    "umwandlung_steuerfrei": "davon steuerfrei (§ 3 Nr. 63 EStG)",
    "umwandlung_sv_frei": "davon beitragsfrei",
    "pauschalsteuern_nebenleistungen": "Pauschale Steuern auf Nebenleistungen",
    "ifsg_gezahlt": "Entschädigung (§ 56 IfSG), von der Behörde zu erstatten",
    "ifsg_beitraege": "Beiträge und Umlage darauf (§ 57 IfSG), von der Behörde zu erstatten",
}
VALUES = tuple(TITLES)
PAUSCHAL_40A = ("pauschsteuer_20", "pauschsteuer_25", "pauschsteuer_40a_soli", "pauschsteuer_40a_kist")

DEDUCTIONS = ("lohnsteuer", "soli", "kirchensteuer", "kv_an", "zb_an", "pv_an", "rv_an", "av_an", "zv_an")
EMPLOYER = ("kv_ag", "zb_ag", "pv_ag", "rv_ag", "av_ag", "u2", "pauschsteuer_2", *PAUSCHAL_40A, "zuschuss_kv",
            "zuschuss_pv", "zv_umlage", "zv_sanierungsgeld", "zv_pauschalsteuer", "zv_pauschal_soli",
            "zv_pauschal_kist", "zv2_beitrag", "umwandlung_zuschuss", "pauschalsteuern_nebenleistungen")
