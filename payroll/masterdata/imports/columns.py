"""Die Spalten der Personendatei: Bedeutung, Pflicht, Schreibweise, Beispiel."""

from __future__ import annotations

import re
from dataclasses import dataclass

from payroll.law import encode
from payroll.masterdata import numbers
from payroll.masterdata.arbeitstage import lesen
from payroll.masterdata.imports.values import Parser, cents, day, days, name, number, one_of, pattern, text, whole, yes
from payroll.masterdata.models.person import GESCHLECHTER, SCHWERBEHINDERUNG, VERHAELTNISSE

BEZUEGE = 6
ZEILE, HINWEIS = "korrektur_zeile", "korrektur_hinweis"


@dataclass(frozen=True)
class Spalte:
    """Eine Spalte: Name, Leser, Erklärung, Beispiel; `pflicht`: jede Zeile braucht einen Wert.

    `feld`: Feld der Tatsache, wo es anders heißt als die Spalte.
    """

    name: str
    lesen: Parser
    erklaerung: str
    beispiel: str
    pflicht: bool = False
    schuetzenswert: bool = False
    feld: str = ""

    @property
    def ziel(self) -> str:
        """Feld der Tatsache, in das der Wert kommt."""
        return self.feld or self.name


_GROUP = pattern("[0-9]{4}", "ist keine Beitragsgruppe (4 Ziffern KV RV AV PV)", "zum Beispiel 1111")
_MAIL = pattern(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,}", "ist keine Mailadresse", "so schreiben: name@kreis.de")
_PLZ = pattern("[0-9]{5}", "ist keine Postleitzahl (5 Ziffern)", "führende Null nicht weglassen")
_NUMBER = pattern(
    "[0-9A-Za-z][0-9A-Za-z/._-]{0,19}", "ist keine Personalnummer", "bis 20 Ziffern und Buchstaben, ohne Leerzeichen"
)
_FACTOR = number("0.001", "0.999", 3)

PERSONALNUMMER = Spalte("personalnummer", _NUMBER, "eindeutig beim Mandanten", "4711", pflicht=True)

SPALTEN: tuple[Spalte, ...] = (
    Spalte("mandant", text(20), "Nummer des Mandanten; ist sie gefüllt, muss sie zum Ziel passen", "001"),
    PERSONALNUMMER,
    Spalte("nachname", name, "Nachname", "Müller", pflicht=True),
    Spalte("vorname", name, "Vorname", "Jörg", pflicht=True),
    Spalte("geburtsdatum", day, "TT.MM.JJJJ", "15.06.1985", pflicht=True),
    Spalte("strasse", text(), "Straße und Hausnummer", "Am Markt 1"),
    Spalte("plz", _PLZ, "Postleitzahl, 5 Ziffern als Text", "01234"),
    Spalte("ort", text(), "Wohnort", "Musterstadt"),
    Spalte("email", _MAIL, "Adresse für das Portal", "joerg.mueller@kreis.example"),
    Spalte(
        "steuer_id",
        numbers.steuer_id,
        "Steuer-Identifikationsnummer, 11 Ziffern, Prüfziffer wird geprüft",
        "36574261809",
        schuetzenswert=True,
    ),
    Spalte(
        "sv_nummer",
        numbers.sv_nummer,
        "Versicherungsnummer, 12 Stellen, Prüfziffer wird geprüft",
        "65150685M000",
        schuetzenswert=True,
    ),
    Spalte("geschlecht", one_of(*GESCHLECHTER), f"Eintrag im Personenstand: {', '.join(GESCHLECHTER)}", "weiblich",
           schuetzenswert=True),
    Spalte("schwerbehinderung", one_of(*SCHWERBEHINDERUNG), f"nur mit Nachweis: {', '.join(SCHWERBEHINDERUNG)}", "",
           schuetzenswert=True),
    Spalte("staatsangehoerigkeit", numbers.staatsangehoerigkeit, "drei Ziffern des Statistischen Bundesamts, 000 = "
           "deutsch", "000", schuetzenswert=True),
    Spalte("art", one_of(*encode.STATUS), "Art der Beschäftigung", "tarif", pflicht=True),
    Spalte("eintritt", day, "erster Tag der Beschäftigung", "01.01.2026", pflicht=True),
    Spalte("austritt", day, "letzter Tag der Beschäftigung, leer = unbefristet", ""),
    Spalte("verstorbene", _NUMBER, "nur bei art hinterbliebene: Personalnummer der verstorbenen Person", ""),
    Spalte("verhaeltnis", one_of(*VERHAELTNISSE), f"dazu das Verhältnis: {', '.join(VERHAELTNISSE)}", ""),
    Spalte("gueltig_ab", day, "Tag, ab dem die Angaben der Zeile gelten; leer = Eintritt", ""),
    Spalte("kostenstelle", text(40), "Kostenstelle", "1100"),
    Spalte("taetigkeitsschluessel", numbers.taetigkeitsschluessel, "9 Ziffern der Bundesagentur für Arbeit, Stellen "
           "werden geprüft", "714021211"),
    Spalte("gefahrtarifstelle", numbers.gefahrtarifstelle, "nur wenn anders als beim Arbeitgeber, bis 8 Ziffern", ""),
    Spalte("tarifwerk", one_of(*encode.TARIFWERKE), "Tarifwerk oder Besoldungsordnung", "TVoeD-VKA"),
    Spalte("entgeltgruppe", text(60), "Gruppe der Tabelle", "E9b"),
    Spalte("stufe", text(4), "Stufe, bei Auszubildenden das Ausbildungsjahr", "4"),
    Spalte("stufe_seit", day, "in der Stufe seit", "01.03.2024"),
    Spalte("erfahrung_monate", whole(0, 600), "erste Ernennung in A: anerkannte Monate, ohne Stufe", ""),
    Spalte("wochenstunden", number("0.01", "60"), "vereinbarte Wochenstunden", "19,5"),
    Spalte("vollzeitstunden", number("1", "60"), "Wochenstunden einer Vollzeitkraft", "39"),
    Spalte("arbeitstage_woche", lesen, "Wochentage mit Arbeit; leer = Mo-Fr; Fr/2 = jeden zweiten Freitag", "Mo-Mi"),
    Spalte("steuerklasse", whole(1, 6), "Lohnsteuerklasse 1 bis 6", "1"),
    Spalte("faktor", _FACTOR, "Faktor zur Steuerklasse 4", ""),
    Spalte("kinderfreibetraege", number("0", "20", 1), "Zahl der Kinderfreibeträge", "0,5"),
    Spalte("konfession", one_of(*encode.KONFESSIONEN), "Kirchensteuermerkmal", "keine", schuetzenswert=True),
    Spalte("freibetrag_monat", cents(), "Freibetrag laut ELStAM im Monat, Euro", ""),
    Spalte("hinzurechnung_monat", cents(), "Hinzurechnungsbetrag im Monat, Euro", ""),
    Spalte("freibetrag_jahr", cents(), "Freibetrag im Jahr, Euro", ""),
    Spalte("hinzurechnung_jahr", cents(), "Hinzurechnungsbetrag im Jahr, Euro", ""),
    Spalte("pkv_basis_monat", cents(), "Beitrag zur Basisabsicherung laut ELStAM im Monat, Euro", ""),
    Spalte("kv_art", one_of(*encode.KV_ARTEN), "Art der Krankenversicherung", "gesetzlich"),
    Spalte("krankenkasse", text(), "Kürzel, Name oder Betriebsnummer der Kasse", "TK"),
    Spalte("beitragsgruppe", _GROUP, "vier Ziffern KV RV AV PV; leer bei Beamten", "1111"),
    Spalte("personengruppe", whole(101, 999), "Personengruppenschlüssel; leer bei Beamten", "101"),
    Spalte("pkv_beitrag_monat", cents(), "Beitrag zur privaten Krankenversicherung, Euro", ""),
    Spalte("ppv_beitrag_monat", cents(), "Beitrag zur privaten Pflegeversicherung, Euro", ""),
    Spalte("regelmaessiges_entgelt", cents(), "regelmäßiges Monatsentgelt für den Übergangsbereich, Euro", ""),
    Spalte("sachsen", yes, "ja, wenn der Beschäftigungsort in Sachsen liegt", "nein"),
    Spalte("pkv_ohne_krankengeld", yes, "ja, wenn privat ohne Krankengeld versichert", "nein"),
    Spalte("anderweitig_rentenversichert", yes, "ja, wenn sonst rentenversicherungspflichtig (Minijob)", "nein"),
    Spalte("individuell_besteuert", yes, "ja, wenn ein Minijob nach Merkmalen versteuert wird", "nein"),
    Spalte("dienst_nach_beschaeftigung", yes, "ja bei Freiwilligendienst kurz nach einer Beschäftigung", "nein"),
    Spalte("befreiung_eingang", day, "Minijob: Antrag auf Befreiung von der Rentenversicherung eingegangen am", ""),
    Spalte("befreiung_gemeldet", day, "Befreiung gemeldet am; leer = mit der nächsten Abrechnung", ""),
    Spalte("befreiung_widerruf", day, "Widerruf der Befreiung eingegangen am (§ 6 Abs. 6 SGB VI)", ""),
    Spalte("kurzfristig_arbeitstage", whole(1, 366), "kurzfristig Beschäftigte: vereinbarte Arbeitstage", ""),
    Spalte("kurzfristig_stunden", number("0.01", "9999"), "kurzfristig Beschäftigte: vereinbarte Stunden", ""),
    Spalte("kurzfristig_pauschal", yes, "ja bei pauschaler Lohnsteuer von 25 % (§ 40a Abs. 1 EStG)", "nein"),
    Spalte("berufsmaessig", yes, "ja, wenn berufsmäßig kurzfristig beschäftigt (§ 8 SGB IV)", "nein"),
    Spalte("pauschal_20", yes, "ja bei pauschaler Lohnsteuer von 20 % (§ 40a Abs. 2a EStG)", "nein"),
    Spalte("weiteres_entgelt", cents(), "versichertes Monatsentgelt bei einem anderen Arbeitgeber, Euro", ""),
    Spalte("vortrag_jahr", whole(2000, 2099), "Kalenderjahr der Vortragswerte", ""),
    Spalte("vortrag_sv_tage", whole(0, 360), "SV-Tage des Jahres vor der ersten Abrechnung hier", ""),
    Spalte("vortrag_sv_brutto_kv", cents(), "bis dahin beitragspflichtig in KV und PV, Euro", ""),
    Spalte("vortrag_sv_brutto_rv", cents(), "bis dahin beitragspflichtig in RV und AV, Euro", ""),
    Spalte("vortrag_steuerbrutto", cents(), "bis dahin steuerpflichtiger Arbeitslohn, Euro", ""),
    Spalte("vortrag_zv_steuerfrei", cents(), "bis dahin steuerfreie Umlage der Zusatzversorgung, Euro", ""),
    Spalte("elterneigenschaft", yes, "ja, wenn nachgewiesen (auch ohne Kinder in der nächsten Spalte)", "nein"),
    Spalte("kinder", days, "Geburtsdaten der Kinder, durch Leerzeichen getrennt", "03.04.2015 20.11.2019"),
    Spalte("zusatzversorgung", one_of(*encode.ZUSATZVERSORGUNGEN), "Zusatzversorgungskasse", "rzvk"),
    Spalte("iban", numbers.iban, "IBAN, Prüfziffer wird geprüft", "DE02120300000000202051", schuetzenswert=True),
    Spalte("kontoinhaber", name, "falls das Konto auf einen anderen Namen lautet", ""),
    *(
        spalte
        for n in range(1, BEZUEGE + 1)
        for spalte in (
            Spalte(
                f"lohnart_{n}", whole(1, 9999), f"{n}. wiederkehrender Bezug: Nummer der Lohnart", "1111" * (n == 1)
            ),
            Spalte(
                f"betrag_{n}", cents("-999999.99"), f"{n}. Bezug: voller Betrag im Monat, Euro", "120,50" * (n == 1)
            ),
        )
    ),
)
NACH_NAME = {spalte.name: spalte for spalte in SPALTEN}


UMLAUTE: dict[int, str] = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


def normal(header: str) -> str:
    """Spaltenname in einer Schreibweise: klein, ohne Umlaute, mit Unterstrichen."""
    low = header.strip().lower().translate(UMLAUTE)
    return re.sub(r"[^a-z0-9]+", "_", low.rstrip("*")).strip("_")
