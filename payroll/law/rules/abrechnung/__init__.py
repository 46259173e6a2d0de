"""From gross to net to the employer's cost: one employment in one month, all areas of law wired together.

The inputs are the facts of a person and a month (names as in the file format of whole payslips); the bridge to wage tax
and social insurance follows their names. Amounts are cents, rates millionths, days of month 0 = first or last day.
Months of part (entry or exit inside the month) are taxed by the daily table. What benefits beside pay add
comes from :mod:`payroll.law.benefits` and is 0 unless given.
"""

from payroll.law.encode import KONFESSIONEN, LAENDER, STATUS, ZV_KIST_VERFAHREN
from payroll.law.engine import Input


def _money(name: str, unit: str, title: str, default: int = 0) -> Input:
    return Input(name, "Money", unit, title, default=default)


INPUTS = (
    Input("kalenderjahr", "Count", "kalenderjahr", "Kalenderjahr"),
    Input("kalendermonat", "Count", "anzahl", "Kalendermonat (1 bis 12)"),
    Input("kalendertage_im_monat", "Days", "tage", "Kalendertage des Monats"),
    Input("status", "Choice", "auswahl", "Art der Beschäftigung", default=0, names=STATUS),
    Input("von_tag", "Count", "anzahl", "erster Tag (0 = Monatserster)", default=0),
    Input("bis_tag", "Count", "anzahl", "letzter Tag (0 = Monatsletzter)", default=0),
    Input("sv_fehltage", "Days", "tage", "beitragsfreie Tage der Beschäftigung (§ 7 Abs. 3 SGB IV, Entgeltersatz)",
          default=0),
    _money("brutto", "euro/monat", "vorgegebenes Entgelt", -1),
    _money("zulagen", "euro/monat", "Zulagen"),
    _money("vwl_ag", "euro/monat", "vermögenswirksame Leistung"),
    _money("steuerfreie_bezuege", "euro/monat", "steuer- und beitragsfreie Bezüge"),
    _money("einmalzahlung", "euro", "Einmalzahlung"),
    _money("stoerfall_entgelt", "euro", "davon Wertguthaben eines Störfalls"),
    _money("sonstige_abzuege", "euro", "weitere Abzüge vom Netto"),
    _money("vwl_sparbetrag", "euro", "Sparbetrag der Vermögensbildung"),
    _money("jahresarbeitslohn_erwartet", "euro/jahr", "erwarteter Jahresarbeitslohn"),
    _money("entgeltumwandlung", "euro/monat", "umgewandeltes Entgelt (§ 3 Nr. 63 EStG)"),
    _money("umwandlung_zuschuss", "euro/monat", "Zuschuss des Arbeitgebers zur Entgeltumwandlung"),
    _money("kirchensteuer_kappung", "euro", "Kirchensteuer über der Kappung des Landes"),
    _money("sachbezuege", "euro/monat", "Sachbezüge im Gesamtbrutto, nicht ausgezahlt"),
    _money("geldleistungen", "euro/monat", "Nebenleistungen in Geld"),
    _money("nebenleistungen_steuerpflichtig", "euro/monat", "davon individuell zu versteuern"),
    _money("nebenleistungen_sv_pflichtig", "euro/monat", "davon beitragspflichtig"),
    _money("pauschalsteuern_nebenleistungen", "euro/monat", "pauschale Steuern auf Nebenleistungen"),
    _money("pauschalsteuern_an", "euro/monat", "davon auf den Beschäftigten abgewälzt"),
    Input("pauschal_20", "Condition", "ja/nein", "Lohnsteuer pauschal 20 % (§ 40a Abs. 2a EStG)", default=0),
    Input("kurzfristig_pauschal", "Condition", "ja/nein", "Lohnsteuer pauschal 25 % (§ 40a Abs. 1 EStG)", default=0),
    Input("aktivrente", "Condition", "ja/nein", "steuerfreier Lohn nach der Regelaltersgrenze (§ 3 Nr. 21 EStG)",
          default=0),
    Input("aktivrente_erklaerung", "Condition", "ja/nein",
          "in Klasse VI erklärt, dass die Steuerfreiheit sonst nicht genutzt wird (§ 3 Nr. 21 EStG)", default=0),
    Input("nl_kist_verfahren", "Choice", "auswahl", "Kirchensteuer auf pauschale Lohnsteuer", default=0,
          names=ZV_KIST_VERFAHREN),
    Input("nl_pauschal_abwaelzung", "Condition", "ja/nein", "die pauschalen Steuern trägt der Beschäftigte", default=0),
    Input("steuerklasse", "Count", "anzahl", "Steuerklasse", default=1),
    Input("faktor", "Rate", "zahl", "Faktor", default=0, den=1000),
    Input("kinderfreibetraege", "Rate", "zahl", "Zähler der Kinderfreibeträge", default=0, den=10),
    Input("konfession", "Choice", "auswahl", "Kirchensteuermerkmal", default=0, names=KONFESSIONEN),
    Input("bundesland_kirche", "Choice", "auswahl", "Land der Betriebsstätte", default=LAENDER.index("NW"),
          names=LAENDER),
    _money("freibetrag_monat", "euro/monat", "Freibetrag des Monats (ELStAM)"),
    _money("hinzurechnung_monat", "euro/monat", "Hinzurechnungsbetrag des Monats (ELStAM)"),
    _money("freibetrag_jahr", "euro/jahr", "Jahresfreibetrag (ELStAM)"),
    _money("hinzurechnung_jahr", "euro/jahr", "Jahreshinzurechnungsbetrag (ELStAM)"),
    Input("geburtsdatum", "Count", "datum", "Geburtsdatum; als JJJJMMTT, 0 = unbekannt", default=0),
    _money("pkv_basis_monat", "euro/monat", "Beitrag zur privaten Basisabsicherung (ELStAM)"),
    Input("kinderlos", "Condition", "ja/nein", "nicht Elternteil im Sinne des § 55 Abs. 3 SGB XI", default=0),
)
EXPORTS = (
    "tage", "teilmonat", "sv_tage", "kinderlos_zuschlag", "zv_grundentgelt", "sv_entgelt_laufend",
    "sv_entgelt_einmalig", "kirchensteuersatz_person", "alter1", "ajahr",
    "lzz", "re4", "stkl", "f", "zkf", "r", "lzzfreib", "lzzhinzu", "jfreib", "jhinzu", "jre4", "sonstb",
    "krv", "alv", "pkv", "kvz", "pvs", "pvz", "pva", "pkpv", "pkpvagz",
    "zeitraeume", "gesamtbrutto", "steuern", "sv_beitraege_an",
)
