"""Leser: die Muster der Formate, andere Spielarten, kaputte Dateien; richtige Summen oder eine klare Ablehnung."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from timekeeping.imports import profile, reader
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.rows import Eintrag, Gelesen

LODAS = """[Allgemein]
Ziel=LODAS
MandantenNr=100
Feldtrennzeichen=;
Zahlenkomma=,
Datumsformat=TT.MM.JJJJ
Stringbegrenzer="
Kommentarzeichen=*

* Bewegungsdaten
[Satzbeschreibung]
10;u_lod_bwd_buchung_standard;abrechnung_zeitraum#bwd;pnr#bwd;la_eigene#bwd;bs_nr#bwd;bs_wert_butab#bwd;kostenstelle#bwd;

[Bewegungsdaten]
10;01.11.2026;10234;1300;1;7,50;111100;
10;01.11.2026;10511;1420;4;45,00;365010;
"""
DAYS = "Pers.-Nr;Tag;Monat;Jahr;Lohnart;Kostenstelle;Kostenart;Stunden;Betrag\r\n"
ICS = """BEGIN:VCALENDAR
BEGIN:VEVENT
DTSTART;VALUE=DATE:20261116
DTEND;VALUE=DATE:20261121
SUMMARY:Url
 aub
CATEGORIES:URLAUB
X-PERSONALNUMMER:10234
STATUS:CONFIRMED
BEGIN:VALARM
DTSTART:20200101T000000Z
END:VALARM
END:VEVENT
END:VCALENDAR
"""
KIMAI = "Date,From,To,Duration,Break,User,Account,Description\n"


def read(name: str, data: str | bytes, **change: Any) -> Gelesen:
    text = profile.bundled_text(name)
    for key, value in change.items():
        assert f"\n{key} =" not in text.split("\n[")[0]
        text = f"{key} = {json.dumps(value)}\n{text}"
    return reader.read(data.encode() if isinstance(data, str) else data, profile.parse(text))


def one(name: str, data: str | bytes, **change: Any) -> Eintrag:
    (entry,) = read(name, data, **change).eintraege
    return entry


def fixed(hours: str = "7,50", money: str = "", number: str = " 10234", day: str = "30112026") -> str:
    return f"{number:<6}{day}1200{'':50}111100 20101{'':1}{hours:>16}{money:>17}".ljust(128) + "\r\n"


def test_lodas_reads_by_its_own_description() -> None:
    found = read("lodas", LODAS)
    assert reader.sums(found.eintraege) == {"stunden": Decimal("7.50"), "betrag": 4500}
    first = found.eintraege[0]
    assert (first.zeile, first.personalnummer, first.schluessel) == (15, "10234", "1300")
    assert (first.von, first.bis, first.monat) == (date(2026, 11, 1), date(2026, 11, 30), True)
    turned = LODAS.replace("pnr#bwd;la_eigene#bwd", "la_eigene#bwd;pnr#bwd").replace("10234;1300", "1300;10234")
    assert read("lodas", turned).eintraege[0].personalnummer == "10234"
    assert "Mandant 100" in found.hinweise[0]


def test_lodas_refuses_the_wrong_client_and_another_program() -> None:
    assert read("lodas", LODAS, mandant="100").hinweise == []
    with pytest.raises(ImportFehler, match="Mandant „100“"):
        read("lodas", LODAS, mandant="101")
    with pytest.raises(ImportFehler, match="Ziel=LODAS"):
        read("lodas", LODAS.replace("Ziel=LODAS", "Ziel=SONST"))


@pytest.mark.parametrize(
    ("line", "stand", "words"),
    [
        ("10;01.11.2026;10234;1300;1;7,50", "abgelehnt", "Werte"),
        ("10;31.11.2026;10234;1300;1;7,50;1;", "abgelehnt", "31. November 2026"),
        ("10;01.13.2026;10234;1300;1;7,50;1;", "abgelehnt", "Monat 13"),
        ("11;01.11.2026;10234;1300;1;7,50;1;", "abgelehnt", "Satzbeschreibung"),
        ("10;01.11.2026;10234;1300;3;7,50;1;", "zurueckgestellt", "Buchungsschlüssel „3“"),
        ("10;01.11.2026;10234;1300;1;7.50;1;", "abgelehnt", "keine Zahl"),
        ("10;01.11.2026;10234;1300;1;=1+1;1;", "abgelehnt", "keine Zahl"),
        ("10;01.11.2026;NULL;1300;1;7,50;1;", "abgelehnt", "Personalnummer fehlt"),
        ("10;01.11.2026;10234;1300;1;-7,50;1;", "zurueckgestellt", "negativ"),
        ("10;01.11.2026;10234;1300;1;1.000,00;1;", "zurueckgestellt", "größer"),
        ('10;01.11.2026;"10234;1300;1;7,50;1;', "abgelehnt", "Anführungszeichen"),
    ],
)
def test_lodas_broken_lines(line: str, stand: str, words: str) -> None:
    entry = read("lodas", LODAS + line + "\n").eintraege[-1]
    assert (entry.stand, entry.zeile) == (stand, 17)
    assert words in entry.grund
    assert entry.abhilfe


def test_fixed_width_and_truncated_records() -> None:
    found = read("ivl", fixed() + fixed(hours="12,00", money="45,00") + fixed()[:90] + "\r\n\x1a")
    assert [entry.stand for entry in found.eintraege] == ["angenommen", "angenommen", "abgelehnt"]
    assert found.eintraege[2].grund == "Satz hat 90 statt 128 Stellen"
    assert reader.sums(found.eintraege) == {"stunden": Decimal("19.50"), "betrag": 4500}
    assert (found.eintraege[0].personalnummer, found.eintraege[0].kostenstelle) == ("10234", "111100")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_hours_per_day_in_every_encoding(encoding: str, mark: str) -> None:
    text = (DAYS + "10234;03;11;2026;Über;1;;1.234,50;\r\n10234;3;11;26;1300;1;;;1.234,50\r\n").replace(";", mark)
    big, money = read("stunden-pro-tag", text.encode(encoding)).eintraege
    assert (big.schluessel, big.menge, big.stand) == ("Über", Decimal("1234.50"), "zurueckgestellt")
    assert (money.betrag, money.stand, money.von) == (123_450, "angenommen", date(2026, 11, 3))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("10234;31;11;2026;1300;1;;2,50;", "31. November 2026 gibt es nicht"),
        ("10234;3;11;2026;1300;1;;;", "weder Menge noch Betrag"),
        ("10234;3;11;2026;1300;1;;zwei;", "keine Zahl"),
        ("10234;3;11;2026;1300;1", "6 Spalten"),
        ("10234;3;11;2026;1300;1;;2,50;;5", "10 Spalten"),
        ("10234;3;11;2026;;1;;2,50;", "Schlüssel"),
        (";3;11;2026;1300;1;;2,50;", "Personalnummer fehlt"),
        ("10234;3;11;2026;1300;1;;2,50001;", "Nachkommastellen"),
        ("10234;-3;11;2026;1300;1;;2,5;", "kein Tag"),
    ],
)
def test_refused_lines_name_the_reason(line: str, words: str) -> None:
    entry = one("stunden-pro-tag", DAYS + line + "\r\n")
    assert (entry.stand, entry.zeile) == ("abgelehnt", 2)
    assert words in entry.grund


def test_year_first_variant_and_missing_header() -> None:
    entry = one("stunden-pro-tag", "Jahr;Monat;Tag;PNR;Betrieb;Kostenstelle;Projekt;Std\n2026;11;3;7;1;9;1300;2,5\n")
    assert (entry.von, entry.menge, entry.schluessel) == (date(2026, 11, 3), Decimal("2.5"), "1300")
    assert one("stunden-pro-tag", "Jahr;Monat;Tag;PNR;Betrieb;Projekt;Std\n2026;11;3;7;1;1300;2,5\n",
               mandant="2").stand == "abgelehnt"
    with pytest.raises(ImportFehler, match="Kopfzeile"):
        read("stunden-pro-tag", "10234;03;11;2026;1300\n")


def test_come_and_go_over_midnight_and_the_change_of_clocks() -> None:
    text = "PNR;Datum;Kommen;Gehen;Pause\n1;24.10.2026;22:00;06:00;0:30\n1;28.03.2026;22:00;06:00;0:30\n"
    autumn, spring = read("kommen-gehen", text).eintraege
    assert (autumn.menge, spring.menge) == (8.5 * 3600, 6.5 * 3600)
    assert (autumn.von, autumn.bis) == (date(2026, 10, 24), date(2026, 10, 25))
    twice, never = read(
        "kommen-gehen", "PNR;Datum;Kommen;Gehen\n1;25.10.2026;02:30;06:00\n1;29.03.2026;02:30;06:00\n"
    ).eintraege
    assert (twice.stand, "zweimal" in twice.grund) == ("zurueckgestellt", True)
    assert (never.stand, "gibt es am 29.03.2026 nicht" in never.grund) == ("abgelehnt", True)


def test_single_stamps_are_paired_and_lonely_ones_wait() -> None:
    text = ("PNR;Datum;Uhrzeit;Richtung\n1;2.11.2026;08:00;K\n2;2.11.2026;0800;K\n1;2.11.2026;12:00;G\n"
            "1;2.11.2026;12:30;K\n1;2.11.2026;16:30;G\n2;3.11.2026;16:00;G\n3;3.11.2026;16:00;X\n")
    found = read("stempel", text)
    assert found.zeilen == 7
    good = [entry for entry in found.eintraege if entry.gut]
    assert [(entry.zeile, entry.menge, entry.quellzeilen) for entry in good] == [(2, 14400, 2), (5, 14400, 2)]
    assert [entry.stand for entry in found.eintraege if not entry.gut] == ["zurueckgestellt"] * 2 + ["abgelehnt"]


def test_kimai_in_two_languages_checks_the_duration() -> None:
    text = KIMAI + '2026-11-02,08:02,16:41,8:09,0:30,"Beispiel, Anna",10234,"zwei\nZeilen"\n'
    assert one("kimai", text).menge == 29_340
    assert one("kimai", text.replace("8:09", "9:09")).stand == "zurueckgestellt"
    german = "Datum,Von,Bis,Dauer,Pause,Konto\n2026-11-02,08:02,16:41,8.15,0:30,10234\n"
    assert one("kimai", german).menge == 29_340
    assert one("kimai", german.replace("10234", "")).grund == "Die Personalnummer fehlt"


def test_kimai_interface_keeps_the_offset() -> None:
    sheet = {"begin": "2026-10-25T02:30:00+0200", "end": "2026-10-25T02:30:00+0100", "duration": 3600, "break": 0,
             "user": {"accountNumber": "10234"}}
    entry = one("kimai-json", json.dumps([sheet]))
    assert (entry.menge, entry.personalnummer, entry.stand) == (3600, "10234", "angenommen")
    assert one("kimai-json", json.dumps([sheet | {"end": None}])).stand == "abgelehnt"
    assert one("kimai-json", json.dumps(["x"])).stand == "abgelehnt"
    with pytest.raises(ImportFehler, match="Liste"):
        read("kimai-json", json.dumps(sheet))


def test_calendar_end_is_exclusive_and_requests_wait() -> None:
    entry = one("icalendar", ICS)
    assert (entry.von, entry.bis, entry.schluessel) == (date(2026, 11, 16), date(2026, 11, 20), "URLAUB")
    assert (entry.stand, entry.zeile, entry.personalnummer) == ("angenommen", 2, "10234")
    assert one("icalendar", ICS.replace("CONFIRMED", "TENTATIVE")).stand == "zurueckgestellt"
    assert one("icalendar", ICS.replace("CONFIRMED", "CANCELLED")).stand == "abgelehnt"
    part = ICS.replace(";VALUE=DATE:20261116", ":20261116T070000Z").replace(";VALUE=DATE:20261121", ":20261116T110000Z")
    timed = one("icalendar", part)
    assert (timed.beginn and timed.beginn.hour, timed.von, timed.bis) == (8, date(2026, 11, 16), date(2026, 11, 16))
    for change, words in (("20261121", "endet vor"), ("20261131", "31. November")):
        swapped = ICS.replace("DTSTART;VALUE=DATE:20261116", f"DTSTART;VALUE=DATE:{change}")
        ended = swapped.replace("DTEND;VALUE=DATE:20261121", "DTEND;VALUE=DATE:20261115")
        assert words in one("icalendar", ended).grund
    assert "wiederholt sich ohne Ende" in one("icalendar", ICS.replace("STATUS:", "RRULE:FREQ=DAILY\nSTATUS:")).grund
    cut = ICS.split("STATUS")[0]
    assert "abgeschnitten" in one("icalendar", cut).grund


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_workbook_with_typed_cells_and_formulas() -> None:
    head = ["Personalnummer", "Datum", "Lohnart", "Stunden"]
    good, formula = read("stunden-xlsx", workbook(
        head, [10234, datetime(2026, 11, 3), 1300, 2.5], [10234, "03.11.2026", "1300", "=1+1"])).eintraege
    assert (good.menge, good.von, good.stand) == (Decimal("2.5"), date(2026, 11, 3), "angenommen")
    assert (formula.stand, formula.grund) == ("abgelehnt", "Zelle D3 ist eine Formel")
    for data in (b"PK\x03\x04kaputt", b"\xd0\xcf\x11\xe0", b"Text"):
        with pytest.raises(ImportFehler):
            read("stunden-xlsx", data)


@pytest.mark.parametrize("data", [b"", b"  \r\n", b"\x00\x01\x02", b"\xff\xfe\x00"])
def test_files_that_are_none(data: bytes) -> None:
    with pytest.raises(ImportFehler):
        read("stunden-pro-tag", data)


def test_absences_with_status() -> None:
    text = ("PNR;Von;Bis;Schlüssel;Status\n1;2.11.2026;4.11.2026;U;genehmigt\n1;9.11.2026;;K;beantragt\n"
            "1;9.11.2026;1.11.2026;K;\n")
    good, asked, wrong = read("abwesenheiten", text.encode("cp1252")).eintraege
    assert (good.von, good.bis, good.stand) == (date(2026, 11, 2), date(2026, 11, 4), "angenommen")
    assert (asked.stand, wrong.stand) == ("zurueckgestellt", "abgelehnt")


def test_loga_months_and_client() -> None:
    text = ("Mandant;Personalnummer;Zeitraum;Lohnart;Stunden;Tage;Betrag\n1;000123;11.2026;4711;7,5;0;\n"
            "2;000123;11.2026;1;1;;\n")
    good, foreign = read("loga", text, mandant="1").eintraege
    assert (good.menge, good.monat, good.bis, good.einheit) == (Decimal("7.5"), True, date(2026, 11, 30), "stunden")
    assert (foreign.stand, "Mandant „2“" in foreign.grund) == ("abgelehnt", True)


def test_control_characters_never_travel_on() -> None:
    user = {"accountNumber": "1\x002"}
    sheet = {"begin": "2026-11-02T08:00:00+0100", "end": "2026-11-02T09:00:00+0100", "user": user}
    assert one("kimai-json", json.dumps([sheet])).stand == "abgelehnt"
    assert "fehlt" in one("kimai-json", json.dumps([sheet | {"user": None}])).grund
    assert one("icalendar", ICS.replace("10234", "1" * 50)).stand == "abgelehnt"
    assert "Schlüssel" in one("icalendar", ICS.replace("CATEGORIES", "X-CATEGORIES")).grund


@pytest.mark.parametrize(("text", "charset", "key"), [
    ("Überstd", "cp850", "Überstd"), ("Mehrstunden-Fußgänger", "cp850", "Mehrstunden-Fußgänger"),
    ("Überstd", "cp1252", "Überstd"), ("Zuschläge „Nacht“", "cp1252", "Zuschläge „Nacht“"),
    ("Nacht–Dienst", "cp1252", "Nacht–Dienst"),
])
def test_umlauts_of_old_systems_are_told_apart(text: str, charset: str, key: str) -> None:
    data = f"PNR;Tag;Monat;Jahr;Lohnart;Stunden\n10234;10;6;2026;{text};7,5\n".encode(charset)
    entry = one("stunden-pro-tag", data)
    assert (entry.schluessel, entry.menge) == (key, Decimal("7.5"))
