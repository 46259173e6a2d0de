"""Names of the whole payslip: the facts that go in and the figures that come out (amounts in cents)."""

PAY = (
    "status", "tarifwerk", "entgeltgruppe", "stufe", "wochenstunden", "vollzeitstunden", "von_tag", "bis_tag", "brutto",
    "zulagen", "vwl_ag", "steuerfreie_bezuege", "einmalzahlung", "sonstige_abzuege", "vwl_sparbetrag",
)
YEAR = (
    "jahresarbeitslohn_erwartet", "sv_tage_bisher", "sv_brutto_kv_bisher", "sv_brutto_rv_bisher", "vorjahr_sv_tage",
    "vorjahr_sv_brutto_kv", "vorjahr_sv_brutto_rv", "vorjahr_zusatzbeitrag",
)
TAX = (
    "steuerklasse", "faktor", "kinderfreibetraege", "konfession", "bundesland_kirche", "freibetrag_monat",
    "hinzurechnung_monat", "freibetrag_jahr", "hinzurechnung_jahr", "geburtsdatum",
)
INSURANCE = (
    "kv_art", "zusatzbeitrag", "pkv_beitrag_monat", "ppv_beitrag_monat", "pkv_basis_monat", "kinderlos",
    "kinder_unter_25", "sachsen", "beitragsgruppe", "personengruppe", "regelmaessiges_entgelt", "u2_satz",
)
PENSION = (
    "zusatzversorgung", "zv_umlage_satz", "zv_an_satz", "zv_sanierungsgeld_satz", "zv_pauschal_grenze", "zv_verfahren",
    "zv_steuerfrei_bisher", "zv_frei", "zv_kist_verfahren",
)
INPUTS = (*PAY, *YEAR, *TAX, *INSURANCE, *PENSION)

OUTPUTS = (
    "tabellenentgelt", "gesamtbrutto", "steuerbrutto", "sv_brutto_kv", "sv_brutto_rv", "be_gesamt", "be_an",
    "sv_brutto_kv_vorjahr", "sv_brutto_rv_vorjahr", "lohnsteuer", "lohnsteuer_einmal", "soli", "kirchensteuer", "kv_an",
    "zb_an", "kv_gesamt_an", "pv_an", "rv_an", "av_an", "zv_an", "netto", "zuschuss_kv", "zuschuss_pv", "auszahlung",
    "kv_ag", "zb_ag", "pv_ag", "rv_ag", "av_ag", "u2", "pauschsteuer_2", "zv_umlage", "zv_sanierungsgeld",
    "zv_steuerfrei", "zv_pauschal", "zv_individuell", "zv_hinzurechnung", "zv_pauschalsteuer", "zv_pauschal_soli",
    "zv_pauschal_kist", "ag_kosten",
)
