"""Alle Blätter der Arbeitsmappe, in der Reihenfolge, in der sie stehen."""

from __future__ import annotations

from payroll.law.rules.entgelt.fehlzeiten import ARTEN as FEHLZEITEN
from payroll.masterdata.imports.blaetter.blatt import Blatt, geld, ja, kommazahl, tag, wahl, wort, zahl
from payroll.masterdata.imports.blaetter.forderungen import FORDERUNGEN
from payroll.masterdata.imports.columns import Spalte, normal
from payroll.masterdata.imports.values import cents, whole
from payroll.masterdata.models import (
    Anlasszahlung,
    Arbeitsweg,
    Beschaeftigungszeit,
    Darlehen,
    Dienstwagen,
    Familienzuschlag,
    Fehlzeit,
    HoehereTaetigkeit,
    Meldeanforderung,
    Sabbatical,
    Sachbezug,
    Sparvertrag,
    Stufenregelung,
    Vortragswerte,
    WeitereBeschaeftigung,
    WiederkehrenderBezug,
    Zulagenanspruch,
)
from payroll.masterdata.models.benefits import ANSAETZE, DARLEHENSARTEN, SPARARTEN
from payroll.masterdata.models.beside import HERKUNFT, VORTRAGSBETRAEGE, WEITERE_ARTEN
from payroll.masterdata.models.meldeanforderung import ANFORDERUNGEN
from payroll.masterdata.models.pay import EINSTIEGSAEMTER, MIETENSTUFEN
from payroll.masterdata.models.tarif import ANLAESSE, STOERFAELLE, ZULAGENARTEN
from payroll.masterdata.numbers import iban

VORTRAG = {"sv_brutto_kv": "beitragspflichtig in Kranken- und Pflegeversicherung",
           "sv_brutto_rv": "beitragspflichtig in Renten- und Arbeitslosenversicherung",
           "steuerbrutto": "steuerpflichtiger Arbeitslohn", "zv_steuerfrei": "steuerfreie Umlage der Zusatzversorgung"}

BLAETTER: tuple[Blatt, ...] = (
    Blatt("Bezüge", WiederkehrenderBezug, (
        Spalte("lohnart", whole(1, 9999), "Nummer der Lohnart", "1111", pflicht=True, feld="lohnart_id"),
        zahl("laufnummer", 1, 99, "unterscheidet Bezüge derselben Lohnart; leer = 1", "1"),
        Spalte("betrag", cents("-9999999.99", "9999999.99"), "voller Betrag im Monat, Euro", "120,50", pflicht=True,
               feld="betrag_cent"))),
    Blatt("Familienzuschlag", Familienzuschlag, (
        ja("stufe1", "Anspruch auf Stufe 1 (verheiratet, verwitwet)", "ja"),
        zahl("kinder", 0, 20, "berücksichtigte Kinder", "2"),
        wahl("mietenstufe", MIETENSTUFEN, "Mietenstufe der Gemeinde des Hauptwohnsitzes"),
        ja("geteilt", "ja, wenn auch die Ehe- oder Lebenspartnerin im öffentlichen Dienst Stufe 1 hat"),
        ja("gemeinsam_vollzeit", "ja, wenn beide zusammen die volle Arbeitszeit erreichen"),
        wahl("einstiegsamt", EINSTIEGSAEMTER, "nur Anwärter A5 bis A8"))),
    Blatt("Weitere Beschäftigungen", WeitereBeschaeftigung, (
        zahl("nummer", 1, 99, "laufende Nummer bei der Person", "1", pflicht=True),
        wahl("art", WEITERE_ARTEN, "Art beim anderen Arbeitgeber", pflicht=True),
        geld("entgelt_monat", "laufendes Bruttoentgelt eines vollen Monats dort", "1.200,00", pflicht=True),
        wort("arbeitgeber", "Name des anderen Arbeitgebers", "Bäckerei Korn", geschuetzt=True),
        zahl("arbeitstage", 1, 366, "nur kurzfristig: Arbeitstage dort"))),
    Blatt("Vortragswerte", Vortragswerte, (
        zahl("jahr", 2000, 2099, "Kalenderjahr", "2026", pflicht=True),
        wahl("herkunft", HERKUNFT, "vorsystem = hier beschäftigt, aber nicht hier abgerechnet",
             pflicht=True),
        zahl("sv_tage", 0, 360, "SV-Tage; ein voller Monat hat 30", "150"),
        *(geld(name, VORTRAG[name], low="-9999999.99" if name == "steuerbrutto" else "0")
          for name in VORTRAGSBETRAEGE))),
    Blatt("Dienstwagen", Dienstwagen, (
        geld("listenpreis", "Bruttolistenpreis mit Sonderausstattung", "38.400,00", pflicht=True),
        wahl("ansatz", ANSAETZE, "Ansatz des Listenpreises; leer = voll"),
        tag("anschaffung", "Tag der Anschaffung; beim Viertelansatz nötig", "01.02.2026"),
        ja("arbeitsweg", "ja, wenn er auch für den Weg zur Arbeit da ist", "ja"),
        geld("selbst_gezahlt", "im Monat selbst getragen, nicht vom Entgelt einbehalten"))),
    Blatt("Arbeitsweg", Arbeitsweg, (
        zahl("entfernung_km", 0, 999, "einfache Entfernung, volle Kilometer", "14", pflicht=True),
        zahl("arbeitstage", 1, 23, "nachgewiesene Arbeitstage im Monat; leer = 15 ohne Nachweis"),
        ja("pauschal", "ja bei Versteuerung mit 15 %"))),
    Blatt("Verpflegung und Unterkunft", Sachbezug, (
        *(zahl(name, 0, 31, f"{was} im Monat", "0") for name, was in (
            ("fruehstuecke", "Frühstücke"), ("mittagessen", "Mittagessen"), ("abendessen", "Abendessen"))),
        geld("selbst_gezahlt", "dafür im Monat bar gezahlt"),
        ja("pauschal", "ja bei Versteuerung der Mahlzeiten mit 25 %"),
        *(ja(f"freies_{name}", f"ja bei freiem {was} den ganzen Monat") for name, was in (
            ("fruehstueck", "Frühstück"), ("mittagessen", "Mittagessen"), ("abendessen", "Abendessen"))),
        ja("unterkunft", "ja bei freier Unterkunft"), ja("gemeinschaft", "ja bei Gemeinschaftsunterkunft"),
        ja("jugend", "ja unter 18 Jahren oder in Ausbildung"),
        zahl("belegung", 1, 9, "Beschäftigte im Raum; leer = 1", "1"))),
    Blatt("Sparverträge", Sparvertrag, (
        wahl("art", SPARARTEN, "Art des Vertrags", pflicht=True),
        zahl("laufnummer", 1, 99, "unterscheidet Verträge derselben Art; leer = 1", "1"),
        geld("betrag", "Betrag im Monat", "40,00", pflicht=True),
        wort("empfaenger", "Bank, Bausparkasse oder Versorgungsträger", "Bausparkasse Nord", pflicht=True),
        wort("vertragsnummer", "Nummer des Vertrags", "77-1204", pflicht=True),
        Spalte("iban", iban, "Konto des Empfängers, Prüfziffer wird geprüft", "DE02120300000000202051", pflicht=True,
               schuetzenswert=True))),
    Blatt("Vorschüsse und Darlehen", Darlehen, (
        zahl("laufnummer", 1, 99, "laufende Nummer bei der Beschäftigung; leer = 1", "1"),
        wahl("art", DARLEHENSARTEN, "Art", pflicht=True),
        geld("betrag", "ausgezahlter Betrag", "2.400,00", pflicht=True),
        tag("ausgezahlt_am", "Tag der Auszahlung", "15.01.2026", pflicht=True),
        geld("rate", "Rate im Monat", "200,00", pflicht=True),
        tag("erste_rate", "erste Rate ab", "01.02.2026", pflicht=True))),
    Blatt("Fehlzeiten", Fehlzeit, (
        wahl("art", tuple(FEHLZEITEN), "Art der Abwesenheit, nie eine Diagnose", pflicht=True),
        zahl("kette", 1, 99, "Nummer der Krankheitsursache"),
        zahl("vorerkrankungstage", 0, 42, "anzurechnende Tage davor", "0"),
        geld("krankengeld_tag", "Krankengeld brutto je Kalendertag"),
        geld("krankengeld_netto_tag", "Krankengeld netto je Kalendertag"),
        tag("krankengeld_bis", "letzter Tag mit Krankengeld"),
        tag("kind_geboren_am", "Geburtstag des Kindes; bei Elternzeit nötig"),
        geld("netto_tag", "Netto je Kalendertag vor der Schutzfrist, wenn nicht hier abgerechnet"))),
    Blatt("Stufenregelungen", Stufenregelung, (
        zahl("verkuerzt_monate", -120, 120, "Laufzeit kürzer um Monate, negativ: länger", "0"),
        ja("angehalten", "ja, wenn die Stufe nicht steigt"),
        zahl("einstellungsstufe", 1, 12, "Stufe bei Neueinstellung"),
        geld("betrag", "individuelle Stufe: Betrag bei Vollzeit"),
        wort("gruppe_bisher", "Gruppe vor der Höhergruppierung (nur Tabelle S)"),
        wort("stufe_bisher", "Stufe vor der Höhergruppierung"))),
    Blatt("Höhere Tätigkeiten", HoehereTaetigkeit, (
        wort("entgeltgruppe", "höhere Gruppe im eigenen Tarifwerk", "E9c", pflicht=True),)),
    Blatt("Beschäftigungszeiten", Beschaeftigungszeit, (
        tag("seit", "Beschäftigungszeit zählt seit (§ 34 Abs. 3 TVöD)", "01.03.2012", pflicht=True),)),
    Blatt("Anlässe", Anlasszahlung, (
        wahl("art", ANLAESSE, "Anlass", pflicht=True),
        kommazahl("menge", "9999", 2, "offene Urlaubstage, Tauschtage, Stunden des Umwandlungstags", "6,5"))),
    Blatt("Sabbaticals", Sabbatical, (
        zahl("anteil_zaehler", 1, 23, "Anteil am Entgelt, Zähler", "3", pflicht=True),
        zahl("anteil_nenner", 2, 24, "Anteil am Entgelt, Nenner", "4", pflicht=True),
        tag("freistellung_ab", "erster freier Tag", "01.01.2029", pflicht=True),
        tag("freistellung_bis", "letzter freier Tag; leer = bis zum Ende des Modells"),
        wahl("stoerfall", STOERFAELLE, "nur bei vorzeitigem Ende: sein Grund"))),
    Blatt("Zulagenansprüche", Zulagenanspruch, (
        wahl("art", ZULAGENARTEN, "Zulage, deren Höhe Gesetz oder Tarif nennt", pflicht=True),
        geld("betrag", "Strukturausgleich bei Vollzeit oder früherer Familienzuschlag, geteilte Stufe 1 zur Hälfte"),
        geld("anrechnung", "Strukturausgleich: Gewinn aus Höhergruppierungen"),
        kommazahl("anteil", "99", 2, "festgesetzte Dienstfähigkeit in Prozent", "60"),
        tag("mitgeteilt_am", "vermögenswirksame Leistung: Mitteilung des Vertrags am"))),
    Blatt("Verlangte Meldungen", Meldeanforderung, (
        wahl("art", ANFORDERUNGEN, "rentenantrag: Grund 57, gkv_monatsmeldung: Grund 58; gültig bis ist ein "
             "Monatsende", pflicht=True),
        tag("eingegangen_am", "Verlangen eingegangen am", "02.06.2026", pflicht=True))),
    *FORDERUNGEN,
)
NACH_TITEL = {normal(blatt.titel): blatt for blatt in BLAETTER}
