"""Muster jeder Datei mit erfundenen Menschen, immer dieselben Bytes: Meldungen, Journal, Pflichtenkalender."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from payroll.filings.meldungen.datei import Eintrag, written
from payroll.filings.meldungen.entwurf import VERSION, unproved
from payroll.filings.pflichten.ics import calendar_file
from payroll.filings.pflichten.kalender import by_law
from payroll.law.schwerbehindert import Monat, jahresbild
from payroll.postings.exporting import Beleg, as_csv, as_extf
from payroll.postings.models import Journal
from payroll.postings.zeilen import Zeile

MONTH, MADE = date(2026, 11, 1), datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PERSON: Mapping[str, Any] = {"nachname": "Müller-Groß", "vorname": "Erika", "geburtsdatum": "1949-06-07",
                             "personalnummer": "100017"}
NUMBER, EMPLOYER, FUND = "15070649C103", "09912342", "15027365"  # specimens of the insurers


def files() -> dict[str, bytes]:
    """Name und Inhalt aller Muster."""
    return {**_sums(), **_insured(), **_asked(), **_leaver(), **_people(), **_books(),
            "pflichten.ics": calendar_file(by_law(2026), "Gemeinde Beispielhausen", MADE)}


def _sums() -> dict[str, bytes]:
    wage_tax = {"86": 412, "42": 16_482_311, "41": 41_280, "48": 16_523_591, "49": 88_410, "47": 2_889,
                "61": 512_207, "62": 498_114, "83": 17_625_211}
    statement = {"1000": 4_218_800, "ZBP": 742_200, "0100": 5_392_640, "0010": 753_800, "0001": 1_044_210,
                 "U2": 112_320}
    pension = {"zv_entgelt": 92_118_400, "zv_umlage": 3_915_032, "zv_sanierungsgeld": 3_224_144}
    about = {"steuernummer": "133/8150/8159", "betriebsstaette": "Gemeinde Beispielhausen", "zeitraum": "2026-11"}
    return {
        "lsta.csv": _filing("lsta", ("Auenstedt", "Finanzamt Auenstedt"), 17_625_211, wage_tax, about),
        "beitragsnachweis.csv": _filing("beitragsnachweis", (FUND, "Techniker Krankenkasse"), sum(statement.values()),
                                        statement, {"zeitraum": "2026-11", "zahlung_am": "2026-11-26"}),
        "zv_monat.csv": _filing("zv_monat", ("rzvk", "Rheinische Zusatzversorgungskasse"), 7_139_176, pension,
                                {"zeitraum": "2026-11"})}


def _insured() -> dict[str, bytes]:
    """Meldungen zur Sozialversicherung, je Mensch."""
    leaving = {**PERSON, "grund": "30", "vsnr": NUMBER, "betriebsnummer": EMPLOYER, "kasse": FUND,
               "staatsangehoerigkeit": "000", "taetigkeitsschluessel": "714021211",
               "personengruppe": 101, "beitragsgruppe": "1111", "von": "2026-01-01", "bis": "2026-11-30",
               "entgelt": 48_213, "uebergangsbereich": 0, "frist": "2027-01-11"}
    corrected = {**leaving, "entgelt": 48_731}
    pension = {**leaving, "grund": "57", "bis": "2026-06-30", "entgelt": 26_718, "frist": "2026-07-31"}
    monthly = {**leaving, "grund": "58", "von": "2026-10-01", "bis": "2026-10-31", "entgelt": 4_452,
               "entgelt_kv": 4_452, "frist": "2026-12-14"}
    minijob = {**leaving, "grund": "50", "kasse": "98000006", "personengruppe": 109, "beitragsgruppe": "6100",
               "bis": "2026-12-31", "entgelt": 6_240, "steuernummer": "133/8150/8159", "steuer_id": "12345678903",
               "art_besteuerung": 1, "frist": "2027-02-15"}
    accident = {**PERSON, "grund": "92", "vsnr": NUMBER, "betriebsnummer": EMPLOYER, "kasse": FUND,
                "personengruppe": 101, "von": "2026-01-01", "bis": "2026-12-31", "unternehmernummer": "123456789012001",
                "uv_traeger": EMPLOYER, "gefahrtarif_traeger": EMPLOYER, "gefahrtarifstelle": "21", "uv_grund": "",
                "entgelt": 53_420, "arbeitsstunden": 2_035, "frist": "2027-02-16"}
    offices = ("annahmestelle", "Annahmestellen der Krankenkassen")
    rows = [("storno", _entry(2), _entry(1), leaving)]
    rows += [("neu", _entry(number), "", one) for number, one in enumerate((corrected, pension, monthly, minijob), 3)]
    return {"deuev.csv": _filing("deuev", offices, 0, {}, {}, rows),
            "uv.csv": _filing("uv", offices, 0, {}, {"jahr": "2026"}, [("neu", _entry(1), "", accident)])}


def _asked() -> dict[str, bytes]:
    """Bescheinigungen und Anträge, die auf Anforderung gehen."""
    benefit = {**PERSON, "grund": "01", "leistung": "krankheit", "vsnr": NUMBER, "betriebsnummer": EMPLOYER,
               "kasse": FUND, "ausfall_ab": "2026-09-21", "letzter_tag_mit_entgelt": "2026-11-01",
               "leistung_ab": "2026-11-02", "monat_1": "2026-08", "brutto_1": 445_168, "netto_1": 287_041,
               "einmal_1": 0, "einmal_12_monate": 337_640, "wochenstunden": "39,00", "frist": "2026-11-02"}
    abroad = {**PERSON, "nachricht": "A1-Antrag Beamte/Beschäftigte im Öffentlichen Dienst", "vsnr": NUMBER,
              "staatsangehoerigkeit": "000", "strasse": "Am Markt 1", "plz": "12345", "ort": "Beispielhausen",
              "land": "DE", "beamter": "nein", "betriebsnummer": EMPLOYER, "arbeitgeber": "Gemeinde Beispielhausen",
              "arbeitgeber_anschrift": "Rathausplatz 1, 12345 Beispielhausen", "staat": "NL", "von": "2026-11-09",
              "bis": "2026-11-11", "einsatzort": "Venlo", "beschaeftigungsstelle": "Gemeente Venlo, Hanzeplaats 1"}
    ill = {**PERSON, "vsnr": NUMBER, "betriebsnummer": EMPLOYER, "kasse": FUND, "arbeitsunfaehig_ab": "2026-11-09"}
    return {
        "eel.csv": _filing("eel", ("krankenkasse", "Krankenkassen (Annahmestellen)"), 0, {}, {},
                           [("neu", _entry(1), "", benefit)]),
        "eau.csv": _filing("eau", (FUND, "Techniker Krankenkasse"), 0, {}, {}, [("neu", _entry(1), "", ill)]),
        "a1.csv": _filing("a1", (FUND, "Techniker Krankenkasse"), 0, {}, {}, [("neu", _entry(1), "", abroad)])}


def _people() -> dict[str, bytes]:
    """Lohnsteuer, Zusatzversorgung, Statistik, je Mensch."""
    certificate = {**PERSON, "steuer_id": "12345678903", "merkmale": "ab 01.01.2026: Steuerklasse 1, Kirche rk",
                   "1_von": "2026-01-01", "1_bis": "2026-11-30", "2": 0, "3": 4_896_846, "4": 662_292, "6": 59_599,
                   "22a": 455_407, "23a": 455_407, "25": 421_861, "26": 88_143, "27": 63_659}
    joined = {**PERSON, "grund": "anmeldung", "kasse": "rzvk", "mitgliedsnummer": "4711 0815", "tag": "2026-11-01"}
    section = {"personalnummer": "100017", "name": "Müller-Groß, Erika", "kasse": "Rheinische Zusatzversorgungskasse",
               "mitgliedsnummer": "4711 0815", "von": "2026-01-01", "bis": "2026-11-30", "schluessel": "011010",
               "entgelt": 4_896_846, "umlage": 208_116, "punkte": 489}
    census = {"ordnungsnummer": "100017", "geburtsmonat": "1949-06", "geschlecht": "weiblich", "art": "tarif",
              "dauer": "unbefristet", "eintritt": "1991-04", "wochenstunden": "39,00", "vollzeitstunden": "39,00",
              "tarifwerk": "TVoeD-VKA", "einstufung": "E9b", "stufe": "4", "brutto": 449_168,
              "brutto_regelmaessig": 445_168, "brutto_zuschlaege": 4_000, "brutto_ueberstunden": 0,
              "brutto_sonstige": 0, "brutto_uebrige": 0, "dienstort": "Beispielhausen", "aufgabenbereich": "010101"}
    fund = ("rzvk", "Rheinische Zusatzversorgungskasse")
    return {
        "lstb.csv": _filing("lstb", ("elster", "Finanzverwaltung"), 0, {}, {"jahr": "2026"},
                            [("neu", _entry(1), "", certificate)]),
        "personalstand.csv": _filing("personalstand", ("landesamt", "Statistisches Landesamt (IT.NRW)"), 0, {},
                                     {"stichtag": "2026-06-30"}, [("neu", _entry(1), "", census)]),
        "sb.csv": _disabled(_entry(1)),
        "zv_ereignis.csv": _filing("zv_ereignis", fund, 0, {}, {}, [("neu", _entry(1), "", joined)]),
        "zv_jahr.csv": _filing("zv_jahr", fund, 0, {}, {}, [("neu", _entry(1), "", section)])}


def _leaver() -> dict[str, bytes]:
    left = {**PERSON, "vsnr": NUMBER, "strasse": "Am Markt 1", "plz": "12345", "ort": "Beispielhausen", "land": "DE",
            "betriebsnummer": EMPLOYER, "arbeitgeber": "Gemeinde Beispielhausen",
            "arbeitgeber_anschrift": "Rathausplatz 1, 12345 Beispielhausen", "art": "tarif",
            "taetigkeitsschluessel": "714021211", "eintritt": "1991-04-01", "austritt": "2026-11-30",
            "beendet_durch": "Aufhebungsvertrag", "erklaert_am": "2026-08-31", "beendigungsgrund": "Umzug",
            "vertragswidrig": "nein", "kuendigungsfrist": "sechs Monate zum Schluss eines Kalendervierteljahres",
            "arbeitslosenversicherung": "01.04.1991–30.11.2026 pflichtig (Personengruppe 101, Beitragsgruppe 1111)",
            "arbeitszeit": "ab 01.04.1991 39,00 von 39,00 Stunden; ab 01.07.2026 19,50 von 39,00 Stunden",
            "ohne_entgelt": "01.04.2026–30.04.2026 sonderurlaub", "monat_1": "2026-11", "entgelt_1": 453_000,
            "einmal_1": 230_416, "monat_2": "2026-10", "entgelt_2": 222_584, "einmal_2": 0, "abfindung": 1_000_000,
            "urlaubsabgeltung": 0}
    return {"bea.csv": _filing("bea", ("bundesagentur", "Bundesagentur für Arbeit (BEA)"), 0, {}, {},
                               [("neu", _entry(1), "", left)])}


def _entry(number: int) -> str:
    return str(uuid.UUID(int=number))


def _disabled(entry: str) -> bytes:
    """Eine Gemeinde mit 100 Arbeitsplätzen und drei angerechneten Menschen: fünf Pflichtplätze im Monat."""
    view = jahresbild(2026, [Monat(100, 3)] * 12)
    values = {f"{name}_{month:02d}": number for month in range(1, 13)
              for name, number in (("plaetze", 100), ("pflicht", 5), ("besetzt", 3))}
    values |= {"plaetze": view.plaetze, "pflicht": sum(view.pflicht), "besetzt": view.besetzt,
               "unbesetzt": view.unbesetzt, "satz": view.satz, "abgabe": view.abgabe}
    listed = {**PERSON, "art": "tarif", "merkmal": "schwerbehindert", "stunden": "39,00", "monate": 12,
              "angerechnet": 12}
    return _filing("sb", ("arbeitsagentur", "Agentur für Arbeit"), view.abgabe, values,
                   {"jahr": "2026", "quote_prozent": "3,00"}, [("neu", entry, "", listed)])


def _filing(kind: str, receiver: tuple[str, str], amount: int, values: dict[str, int], about: dict[str, Any],
            entries: list[Eintrag] | None = None) -> bytes:
    content = {"art": kind, "unterart": "laufend", "fassung": f"{kind}-{VERSION}", "fuer": MONTH.isoformat(),
               "kennung": f"{kind}-0100-202611-beispiel", "empfaenger": list(receiver), "betrag": amount,
               "werte": values, "angaben": about, "berichtigt": False, "nicht_belegt": list(unproved(kind))}
    return written(content, entries or [])


def _books() -> dict[str, bytes]:
    journal = Journal(monat=MONTH, soll=612_400, haben=612_400, anzahl=6, aufwand=612_400, netto=278_011,
                      erstellt_von="karla.kern", erstellt_am=MADE)
    rows = [_posting(*one) for one in (
        ("3790", "netto", "H", 278_011, "", ""), ("3791", "steuer", "H", 67_189, "", ""),
        ("3792", "sv", "H", 230_000, "", ""), ("3793", "zv", "H", 37_200, "", ""),
        ("5012", "5012", "S", 480_000, "1110", "010101"), ("5022", "5022", "S", 37_200, "1110", "010101"),
        ("5032", "5032", "S", 95_200, "1110", "010101"))]
    voucher = Beleg("0100", "3700")
    return {"journal.csv": as_csv(journal, rows, voucher), "EXTF_Buchungsstapel.csv": as_extf(journal, rows, voucher)}


def _posting(account: str, key: str, side: str, amount: int, centre: str, product: str) -> Zeile:
    return Zeile(MONTH, account, key, centre, product, "T", side, amount, 1)
