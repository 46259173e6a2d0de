"""The inputs of the ministry's plan, all years; a year that does not know a field does not read it."""

from __future__ import annotations

from payroll.law.engine import Input


def _cents(name: str, title: str) -> Input:
    return Input(name, "Money", "euro", title, default=0)


def _code(name: str, title: str, default: int = 0) -> Input:
    return Input(name, "Count", "anzahl", title, default=default)


def _year(name: str, title: str) -> Input:
    return Input(name, "Count", "kalenderjahr", title, default=0)


INPUTS = (
    Input("lzz", "Count", "anzahl", "Lohnzahlungszeitraum: 1 Jahr, 2 Monat, 3 Woche, 4 Tag"),
    Input("stkl", "Count", "anzahl", "Steuerklasse 1 bis 6"),
    Input("re4", "Money", "euro", "steuerpflichtiger laufender Arbeitslohn des Zeitraums, vor Freibeträgen"),
    _code("af", "1, wenn das Faktorverfahren gilt (nur Klasse IV)", default=1),
    Input("f", "Rate", "zahl", "Faktor mit drei Nachkommastellen", default=1000, den=1000),
    Input("zkf", "Rate", "zahl", "Zahl der Kinderfreibeträge, eine Nachkommastelle (I bis IV)", default=0, den=10),
    _code("r", "Religionsgemeinschaft; größer 0: Kirchensteuerbemessung wird ermittelt"),
    _cents("lzzfreib", "Freibetrag für den Zeitraum (ELStAM)"),
    _cents("lzzhinzu", "Hinzurechnungsbetrag für den Zeitraum (ELStAM)"),
    _cents("jfreib", "Jahresfreibetrag für die Berechnung der sonstigen Bezüge"),
    _cents("jhinzu", "Jahreshinzurechnungsbetrag für die Berechnung der sonstigen Bezüge"),
    _code("krv", "Rentenversicherung; ab 2025: 0 versichert, 1 nicht; 2024: 0 West, 1 Ost, 2 nicht"),
    _code("alv", "Arbeitslosenversicherung (ab 2026): 0 versichert, 1 nicht"),
    _code("pkv", "0 gesetzlich, 1 privat krankenversichert; bis 2025: 1 ohne, 2 mit Arbeitgeberzuschuss"),
    Input("kvz", "Rate", "zahl", "Zusatzbeitragssatz der Krankenkasse in Prozent", default=0, den=100),
    _code("pvs", "1 bei Pflegeversicherung in Sachsen"),
    _code("pvz", "1 bei Beitragszuschlag für Kinderlose"),
    _code("pva", "Zahl der Beitragsabschläge für das 2. bis 5. Kind (0 bis 4)"),
    _cents("pkpv", "private Basiskranken- und Pflegeversicherung, immer Monatsbetrag"),
    _cents("pkpvagz", "Arbeitgeberzuschuss dazu (ab 2026), immer Monatsbetrag"),
    _code("alter1", "1, wenn das 64. Lebensjahr zu Beginn des Jahres vollendet war"),
    _year("ajahr", "Kalenderjahr nach Vollendung des 64. Lebensjahres"),
    _cents("vbez", "in RE4 enthaltene Versorgungsbezüge"),
    _cents("vbezm", "Versorgungsbezug im Januar 2005 oder im ersten vollen Monat"),
    _cents("vbezs", "voraussichtliche Sonderzahlungen im Jahr des Versorgungsbeginns"),
    _year("vjahr", "Jahr des Versorgungsbeginns"),
    _code("zmvb", "Monate mit Versorgungsbezügen (nur bei Jahresberechnung)"),
    _cents("sonstb", "sonstige Bezüge des Zeitraums"),
    _cents("jre4", "voraussichtlicher Jahresarbeitslohn ohne die sonstigen Bezüge"),
    _cents("jvbez", "in JRE4 enthaltene Versorgungsbezüge"),
    _cents("vbs", "in SONSTB enthaltene Versorgungsbezüge einschließlich Sterbegeld"),
    _cents("sterbe", "Sterbegeld, Kapitalauszahlungen, Abfindungen bei Versorgungsbezügen (in SONSTB)"),
    _cents("jre4ent", "in JRE4 enthaltene Entschädigungen (§ 24 Nr. 1 EStG)"),
    _cents("sonstent", "in SONSTB enthaltene Entschädigungen (§ 24 Nr. 1 EStG)"),
    _cents("mbv", "nicht zu besteuernde Vorteile bei Vermögensbeteiligungen (§ 19a Abs. 1 Satz 4 EStG)"),
    _cents("vmt", "Vergütung für mehrjährige Tätigkeit, Entschädigungen (bis 2024)"),
    _cents("vkapa", "Kapitalauszahlungen bei Versorgungsbezügen für mehrere Jahre (bis 2024)"),
    _cents("entsch", "in VKAPA und VMT enthaltene Entschädigungen (bis 2024)"),
)
