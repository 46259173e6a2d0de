"""Benefits beside pay: benefits in kind, ways to work, deferred pay, flat taxes, cap of church tax; 0 unless given.

The benefits (``nl_`` values) are computed first, by :mod:`payroll.law.benefits`, and handed to gross-to-net as what
joins total gross in kind and in money, individually taxed pay and contributory pay, and as flat taxes; deferred pay is
part of gross-to-net itself. Benefits in kind raise total gross and are taken off below the net; deferred pay leaves
total gross alone and is taken off below the net; flat tax passed on lowers total gross but no tax base
(Entgeltbescheinigungsverordnung). None of it is pensionable in the supplementary pension, and deferred pay does not
lower what is; its tax-free part lowers the tax-free Umlage (§ 3 Nr. 56 Satz 3 EStG).

Readings where the law leaves a choice, or no source was at hand:

* Day value of board and lodging: a thirtieth, rounded to cents, times days; a full month is the month's value.
* Tax-free tickets (§ 3 Nr. 15) and tax-free benefits in kind stay out of total gross; unconfirmed.
* List prices: first the half or the quarter, then down to full 100 euro (R 8.1 Abs. 9 LStR); professional knowledge.
* Tax-free yearly amount of deferred pay: used up as it comes (default) or one twelfth a month, the employer's subsidy
  before the converted pay; the yearly amount is not reduced for part of a year.
* Flat taxes: each base's tax rounded half up, surcharge and church tax cut on the sum of the month.
* Left out for want of a source: two-thirds valuation of flats, recreation and event allowances (their taxable excess
  comes in), § 40 Abs. 1 with a rate of its own, pay given up for a company bicycle, subsidies above the statutory
  15 % by tariff (the rate can be overlaid by the tenant), official values of 2027.
"""

from payroll.law.encode import LAENDER, ZV_KIST_VERFAHREN, ZV_VERFAHREN
from payroll.law.engine import Input

ANSAETZE = ("voll", "halb", "viertel")
TICKETS = ("steuerfrei", "pauschal", "individuell")


def _money(name: str, unit: str, title: str) -> Input:
    return Input(name, "Money", unit, title, default=0)


def _flag(name: str, title: str) -> Input:
    return Input(name, "Condition", "ja/nein", title, default=0)


def _count(name: str, title: str, default: int = 0) -> Input:
    return Input(name, "Count", "anzahl", title, default=default)


INPUTS = (
    _count("nl_fruehstuecke", "einzelne Frühstücke des Arbeitgebers im Monat"),
    _count("nl_mittagessen", "einzelne Mittagessen des Arbeitgebers im Monat"),
    _count("nl_abendessen", "einzelne Abendessen des Arbeitgebers im Monat"),
    _money("nl_mahlzeiten_zuzahlung", "euro/monat", "Zuzahlung zu den einzelnen Mahlzeiten, höchstens ihr Wert"),
    _flag("nl_mahlzeiten_pauschal", "die einzelnen Mahlzeiten werden pauschal versteuert"),
    _flag("nl_freies_fruehstueck", "freies Frühstück den ganzen Monat"),
    _flag("nl_freies_mittagessen", "freies Mittagessen den ganzen Monat"),
    _flag("nl_freies_abendessen", "freies Abendessen den ganzen Monat"),
    _flag("nl_unterkunft", "freie Unterkunft"),
    _flag("nl_unterkunft_gemeinschaft", "Haushalt des Arbeitgebers oder Gemeinschaftsunterkunft"),
    _flag("nl_unterkunft_jugend", "unter 18 Jahren oder in Ausbildung"),
    _count("nl_unterkunft_belegung", "Beschäftigte im Raum", default=1),
    _money("nl_unterkunft_zuzahlung", "euro/monat", "gezahlt für Unterkunft oder Wohnung"),
    Input("nl_wohnung_qm", "Rate", "zahl", "Wohnfläche ohne feststellbaren Mietpreis", default=0, den=100),
    _flag("nl_wohnung_einfach", "ohne Sammelheizung oder ohne Bad"),
    _money("nl_wohnung_wert", "euro/monat", "ortsüblicher Mietpreis der überlassenen Wohnung"),
    _money("nl_sachbezuege_freigrenze", "euro/monat", "Sachbezüge unter der Freigrenze, nach Zuzahlung"),
    _money("nl_sachbezug_individuell", "euro/monat", "weitere individuell zu versteuernde Sachbezüge"),
    _money("nl_listenpreis", "euro", "Bruttolistenpreis des Dienstwagens"),
    Input("nl_dienstwagen_ansatz", "Choice", "auswahl", "Ansatz des Listenpreises", default=0, names=ANSAETZE),
    Input("nl_anschaffung", "Count", "datum", "Anschaffung des Dienstwagens; als JJJJMMTT", default=0),
    _count("nl_entfernung_km", "volle Entfernungskilometer Wohnung - Arbeit"),
    _flag("nl_arbeitsweg_dienstwagen", "der Dienstwagen steht für den Arbeitsweg zur Verfügung"),
    _money("nl_dienstwagen_zuzahlung", "euro/monat", "Zuzahlung zum Dienstwagen"),
    _count("nl_arbeitstage", "nachgewiesene Tage mit Arbeitsweg (0 = ohne Nachweis)"),
    _flag("nl_arbeitsweg_pauschal", "Arbeitsweg (Dienstwagen, Zuschuss) wird pauschal versteuert"),
    _money("nl_fahrtkostenzuschuss", "euro/monat", "Fahrtkostenzuschuss in Geld"),
    _money("nl_jobticket", "euro/monat", "Wert der Fahrberechtigung"),
    _money("nl_jobticket_eigenanteil", "euro/monat", "Eigenanteil an der Fahrberechtigung"),
    Input("nl_jobticket_art", "Choice", "auswahl", "Besteuerung der Fahrberechtigung", default=0, names=TICKETS),
    _money("nl_dienstrad_listenpreis", "euro", "Bruttolistenpreis des Dienstrads"),
    _flag("nl_dienstrad_zusaetzlich", "das Dienstrad wird zusätzlich zum Entgelt überlassen"),
    _money("nl_pauschal_25_sach", "euro/monat", "pauschal zu versteuernder Teil: Veranstaltungen, Sachleistungen"),
    _money("nl_pauschal_25_geld", "euro/monat", "pauschal zu versteuernder Teil: Erholung, Tagegeld, in Geld"),
    _money("nl_pauschal_37b", "euro/monat", "Sachzuwendungen nach § 37b EStG"),
    _flag("nl_pauschal_abwaelzung", "die pauschalen Steuern trägt der Beschäftigte"),
    Input("nl_kist_verfahren", "Choice", "auswahl", "Kirchensteuer auf pauschale Lohnsteuer", default=0,
          names=ZV_KIST_VERFAHREN),
    Input("bundesland_kirche", "Choice", "auswahl", "Land der Betriebsstätte", default=LAENDER.index("NW"),
          names=LAENDER),
    _money("entgeltumwandlung", "euro/monat", "umgewandeltes Entgelt (§ 3 Nr. 63 EStG)"),
    _money("umwandlung_zuschuss", "euro/monat", "Zuschuss des Arbeitgebers zur Entgeltumwandlung"),
    Input("umwandlung_verfahren", "Choice", "auswahl", "Nutzung des Jahresbetrags", default=1, names=ZV_VERFAHREN),
    _money("umwandlung_steuerfrei_bisher", "euro/jahr", "im Jahr schon steuerfreie Beiträge nach § 3 Nr. 63"),
    _money("umwandlung_sv_frei_bisher", "euro/jahr", "im Jahr schon beitragsfreie Beiträge nach § 3 Nr. 63"),
    _money("zv2_steuerfrei", "euro/monat", "steuerfreier Beitrag zur Zusatzversorgung"),
    _money("zv2_sv_frei", "euro/monat", "beitragsfreier Beitrag zur Zusatzversorgung"),
    Input("zv2_steuerfrei_bisher", "Money", "euro/jahr", "im Jahr schon steuerfreie Beiträge", default=0),
    Input("zv2_sv_frei_bisher", "Money", "euro/jahr", "im Jahr schon beitragsfreie Beiträge", default=0),
    Input("steuerklasse", "Count", "anzahl", "Steuerklasse", default=1),
    Input("kirchensteuersatz_person", "Rate", "anteil", "Kirchensteuersatz", default=0, den=100),
    Input("tage", "Days", "tage", "Tage der Beschäftigung im Monat", default=30),
    Input("teilmonat", "Condition", "ja/nein", "Teilmonat", default=0),
)
EXPORTS = ("umwandlung_steuerfrei", "umwandlung_sv_frei", "umwandlung_steuer_minderung", "umwandlung_sv_minderung",
           "kirchensteuersatz_pauschal_land")
