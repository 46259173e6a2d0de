"""Social insurance: contributions, levies and subsidies of one employment in one month.

Order of thought: status (who is what), bemessung (pay up to the ceilings), einmalig (one-off pay), uebergang (Midijob),
minijob, then the branches (kranken, pflege, rente_arbeit), vorjahr (one-off charged to the previous year),
umlage, zuschuss and brutto (what the payslip shows). Source of the reading: rules of the carriers as noted per rule.
"""

EXPORTS = (
    "sv_brutto_kv", "sv_brutto_rv", "sv_brutto_kv_vorjahr", "sv_brutto_rv_vorjahr", "be_gesamt", "be_an",
    "kv_an", "zb_an", "pv_an", "rv_an", "av_an", "kv_ag", "zb_ag", "pv_ag", "rv_ag", "av_ag", "u2", "pauschsteuer_2",
    "zuschuss_kv", "zuschuss_pv", "ist_midijob", "ist_minijob", "kinderlos_zuschlag_nach_alter", "sv_zuschuss_basis_kv",
    "sv_maerzklausel", "sv_bbg_kv_monat", "sv_bbg_pv_monat", "sv_bbg_rv_monat", "sv_bbg_kv_jahr", "sv_bbg_pv_jahr",
    "sv_bbg_rv_jahr",
    "sv_minijob_grenze_monat", "sv_satz_kv_zusatz_durchschnitt", "sv_jaeg_jahr", "sv_jaeg_besonders_jahr",
    "ifsg_beitraege", "sv_stoerfall_kv", "sv_stoerfall_rv",
)
