"""Supplementary pension, pay-as-you-go section: Umlage, its tax order, add-on to insurance pay, flat taxes.

Rates and the flat-tax limit belong to the member's notice of its fund and come in as columns. ``zv_grundentgelt`` is
the current pay that is pensionable in principle; ``zv_frei`` is taken off it.
"""

from payroll.law.encode import ZUSATZVERSORGUNGEN, ZV_KIST_VERFAHREN, ZV_VERFAHREN
from payroll.law.engine import Input

SATZ = 1_000_000  # rates of columns count millionths: 4.25 % = 42500

INPUTS = (
    Input("zusatzversorgung", "Choice", "auswahl", "Zusatzversorgungskasse", default=0, names=ZUSATZVERSORGUNGEN),
    Input("zv_grundentgelt", "Money", "euro/monat", "Grundentgelt der Zusatzversorgung"),
    Input("einmalzahlung", "Money", "euro", "Einmalzahlung", default=0),
    Input("zv_frei", "Money", "euro", "zusatzversorgungsfreies Entgelt", default=0),
    Input("zv_umlage_satz", "Rate", "anteil", "Umlagesatz", default=0, den=SATZ),
    Input("zv_an_satz", "Rate", "anteil", "Beschäftigtenanteil", default=0, den=SATZ),
    Input("zv_sanierungsgeld_satz", "Rate", "anteil", "Sanierungsgeldsatz", default=0, den=SATZ),
    Input("zv_pauschal_grenze", "Money", "euro/monat", "Pauschalierungsgrenze", default=0),
    Input("zv_verfahren", "Choice", "auswahl", "Nutzung des steuerfreien Jahresbetrags", default=0, names=ZV_VERFAHREN),
    Input("zv_steuerfrei_bisher", "Money", "euro/jahr", "im Jahr schon steuerfreie Umlage", default=0),
    Input("umwandlung_steuerfrei", "Money", "euro/monat", "steuerfreie Beiträge nach § 3 Nr. 63", default=0),
    Input("umwandlung_steuerfrei_bisher", "Money", "euro/jahr", "im Jahr schon steuerfreie Beiträge nach § 3 Nr. 63",
          default=0),
    Input("zv_kist_verfahren", "Choice", "auswahl", "Kirchensteuer auf die pauschale Lohnsteuer", default=0,
          names=ZV_KIST_VERFAHREN),
    Input("steuerklasse", "Count", "anzahl", "Steuerklasse", default=1),
    Input("kirchensteuersatz_person", "Rate", "anteil", "Kirchensteuersatz", default=0, den=100),
)
EXPORTS = ("zv_entgelt", "zv_umlage", "zv_sanierungsgeld", "zv_an", "zv_steuerfrei", "zv_pauschal", "zv_individuell",
           "zv_hinzurechnung", "zv_pauschalsteuer", "zv_pauschal_soli", "zv_pauschal_kist", "zv2_beitrag",
           "zv2_steuerfrei", "zv2_steuerpflichtig", "zv2_sv_frei", "zv2_sv_pflichtig")
