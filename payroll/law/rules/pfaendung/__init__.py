"""Garnishment of pay (§§ 850 to 850i ZPO): what one order may take of one month's net.

A row is one claim (order, assignment, set-off) against one person in one month; ``pf_gepfaendet`` marks rows that have
one. The net comes from the payslip of the same row (computed without the exempt items, see payroll/law/garnishment.py)
or is given. Several claims share what these rules say by rank: :mod:`payroll.law.rules.pfaendung.verteilung`.

Readings where the law leaves a choice, each a setting of the row or the claim:

* Part of a month: monthly table on the low pay (default) or daily table times days (``pf_zeitraum``,
  ``pf_zeitraeume``); no source settles it, unconfirmed.
* Maintenance first from its preferential part (§ 850e Nr. 4): default yes, ``verrechnung=False`` pays by service alone.
* Same moment of service: in proportion to what is owed, left-over cents to the largest remainders; the court's weights
  before that. Professional knowledge, as are the places of set-off and insolvency.
* A share of the rest that an order leaves is rounded half up to cents; the statute rounds the table so.
* Incomes added by order: ``pf_grundbetrag_bei`` names the income that covers the unattachable amount first.
* Alternating-shift allowance, trainee pay: garnishable unless the caller names it as an exempt item.
"""

from payroll.law.engine import Input

ZEITRAEUME = ("monat", "woche", "tag")
GRUNDBETRAG_BEI = ("hier", "andernorts")


def _money(name: str, unit: str, title: str, default: int = 0) -> Input:
    return Input(name, "Money", unit, title, default=default)


INPUTS = (
    Input("pf_gepfaendet", "Condition", "ja/nein", "das Entgelt ist gepfändet oder abgetreten", default=0),
    Input("pf_zeitraum", "Choice", "auswahl", "Zeitraum, für den gezahlt wird", default=0, names=ZEITRAEUME),
    Input("pf_zeitraeume", "Count", "anzahl", "Zahl der Zeiträume (Tage eines Teilmonats nach Tagestabelle)",
          default=1),
    Input("pf_unterhaltsberechtigte", "Count", "anzahl", "Personen, denen Unterhalt gewährt wird", default=0),
    Input("pf_unterhaltsglaeubiger", "Condition", "ja/nein", "bevorrechtigte Unterhaltspfändung", default=0),
    _money("pf_netto_vorgegeben", "euro", "vorgegebenes Nettoeinkommen (-1 = nach der Abrechnung)", -1),
    _money("pf_mehrarbeit", "euro", "Vergütung für Mehrarbeit mit Zuschlägen"),
    _money("pf_urlaubsgeld", "euro", "zusätzliches Urlaubsgeld, Jubiläums- und Treuegeld"),
    _money("pf_aufwand", "euro", "Aufwand, Erschwernis, Zuschläge nach § 3b EStG"),
    _money("pf_weihnachtsgeld", "euro", "Zahlung aus Anlass von Weihnachten"),
    _money("pf_beihilfen", "euro", "Beihilfen, Erziehungs-, Sterbe- und Blindengeld (§ 850a Nr. 5 bis 8)"),
    _money("pf_vermoegensbildung", "euro", "vermögenswirksame Leistung des Arbeitgebers und früher vereinbarte Anlage"),
    _money("pf_entgeltumwandlung", "euro/monat", "Entgeltumwandlung, im Brutto noch enthalten"),
    _money("pf_freiwillige_beitraege", "euro/monat", "selbst gezahlte Beiträge zur freiwilligen Versicherung"),
    _money("pf_sachbezuege", "euro", "Naturalleistungen, im Brutto nicht enthalten"),
    _money("pf_weiteres_einkommen", "euro", "weiteres Einkommen, durch Beschluss zusammengerechnet"),
    Input("pf_grundbetrag_bei", "Choice", "auswahl", "Einkommen, das den unpfändbaren Betrag zuerst deckt", default=0,
          names=GRUNDBETRAG_BEI),
    _money("pf_gericht_zusatz", "euro", "nach § 850f Abs. 1 zusätzlich zu belassen"),
    _money("pf_gericht_freibetrag", "euro", "vom Gericht bestimmter Freibetrag (-1 = keiner)", -1),
    Input("pf_gericht_rest_zaehler", "Count", "anzahl", "vom Rest zu belassender Teil, Zähler", default=0),
    Input("pf_gericht_rest_nenner", "Count", "anzahl", "vom Rest zu belassender Teil, Nenner", default=1),
    _money("pf_gericht_betrag", "euro", "vom Gericht bestimmter pfändbarer Betrag (-1 = keiner)", -1),
    _money("pf_betrag_gewoehnlich", "euro", "nach § 850c pfändbar, mit dessen Netto berechnet (-1 = wie hier)", -1),
    _money("pf_vorrang_anderer", "euro", "davon im Rang vorgehenden Forderungen zugeteilt"),
    _money("pf_nicht_geschuldet", "euro", "mehr, als noch offen ist"),
    _money("sachbezuege", "euro/monat", "Sachbezüge, im Gesamtbrutto enthalten"),
    _money("entgeltumwandlung", "euro/monat", "umgewandeltes Entgelt, im Gesamtbrutto enthalten"),
    _money("gesamtbrutto", "euro", "Gesamtbrutto ohne die unpfändbaren Bezüge"),
    _money("steuern", "euro", "Steuern darauf"),
    _money("sv_beitraege_an", "euro", "Beiträge des Beschäftigten zur Sozialversicherung darauf"),
    _money("zv_an", "euro/monat", "Beschäftigtenanteil der Zusatzversorgung"),
    _money("zuschuss_kv", "euro/monat", "Zuschuss zur Krankenversicherung"),
    _money("zuschuss_pv", "euro/monat", "Zuschuss zur Pflegeversicherung"),
    _money("pkv_beitrag_monat", "euro/monat", "Beitrag zur privaten Krankenversicherung"),
    _money("ppv_beitrag_monat", "euro/monat", "Beitrag zur privaten Pflegeversicherung"),
)
EXPORTS = ("pf_netto", "pf_tabellenbetrag", "pf_pfaendbar", "pf_reichweite", "pf_unpfaendbar", "pf_einbehalt")
