"""Wage tax: the ministry's plan (Programmablaufplan) as rules over columns, church tax, flat taxes.

Inputs and outputs carry the plan's names in lower case; everything between is named with the terms of law, with the
plan's name in brackets, e.g. (ZVE). Amounts are cents. The plan itself checks nothing, and neither do these rules: what
may stand in a field is a matter of the tax features that are handed in.
"""

EXPORTS = (
    "lstlzz", "solzlzz", "bk", "sts", "solzs", "bks", "stv", "solzv", "bkv", "vkvlzz", "vkvsonst",
    "vfrb", "vfrbs1", "vfrbs2", "wvfrb", "wvfrbo", "wvfrbm",
    "zu_versteuern__laufend", "zu_versteuern__kinder", "zu_versteuern__mit_einmal", "zu_versteuern__ohne_einmal",
    "jahressteuer__mit_einmal", "jahressteuer__ohne_einmal", "kinder_zaehlen", "zeitraumanteil", "steuerfaktor",
    "pauschsteuersatz_minijob", "pauschsteuersatz_minijob_ohne_rv", "pauschsteuersatz_kurzfristig",
    "pauschsteuersatz_umlage", "pauschsteuer_umlage_hoechstbetrag_jahr", "pauschsteuersatz_mahlzeiten",
    "pauschsteuersatz_fahrtkosten", "pauschsteuersatz_jobticket", "pauschsteuersatz_sachzuwendung",
    "soli_satz_pauschal", "kirchensteuersatz_land", "kirchensteuersatz_pauschal_nrw",
)
