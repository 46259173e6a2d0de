"""Dateien anderer Häuser: andere Zeichensätze, Zahlen, Tage, Uhrzeiten, Kalender, Mappen; richtige Summen oder eine
klare Ablehnung, die Grund und Abhilfe nennt. Jede Zeile ist von Hand gerechnet."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from timekeeping.imports import profile, reader
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.rows import Eintrag

HOURS = "PNR;Datum;Lohnart;Stunden"
STAMPS = "PNR;Datum;Kommen;Gehen;Pause"
KIMAI = "Date,From,To,Duration,Break,User,Account"
FIXED = """
name = "fest-56"
titel = "feste 56"
typ = "fest"
art = "menge"
datum = "JJJJMMTT"
laenge = 56
stellen = 2
[felder]
personalnummer = { von = 1, bis = 8 }
datum = { von = 9, bis = 16 }
schluessel = { von = 17, bis = 20 }
stunden = { von = 21, bis = 28 }
betrag = { von = 29, bis = 38 }
"""


def read(name: str, data: str | bytes, **change: Any) -> list[Eintrag]:
    text = FIXED if name == "fest-56" else profile.bundled_text(name)
    for key, value in change.items():
        text = f"{key} = {json.dumps(value)}\n{text}"
    return reader.read(data.encode() if isinstance(data, str) else data, profile.parse(text)).eintraege


def book(*rows: Sequence[Any], dates: str = "") -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    if dates:
        for cell in made.active[dates]:
            cell.number_format = "General"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def hours(*lines: str, head: str = HOURS) -> str:
    return "\r\n".join((head, *lines, ""))


def stamps(*lines: str, head: str = STAMPS) -> str:
    return "\n".join((head, *lines))


def calendar(*more: str, start: str = ";VALUE=DATE:20261116", end: str = "DTEND;VALUE=DATE:20261121",
             top: str = "") -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *filter(None, (top,)), "BEGIN:VEVENT", f"DTSTART{start}",
                        *filter(None, (end,)), "CATEGORIES:URLAUB", "X-PERSONALNUMMER:10234", *more, "END:VEVENT",
                        "END:VCALENDAR"))


ONE = {"stunden": Decimal("7.5")}
DAY = Decimal(8 * 3600)
GOOD: dict[str, tuple[str, str | bytes, dict[str, Decimal | int]]] = {
    "utf8-bom": ("stunden-pro-tag", b"\xef\xbb\xbf" + hours("1;03.11.2026;1300;7,5").encode(), ONE),
    "utf16-no-mark": ("stunden-pro-tag", hours("1;03.11.2026;1300;7,5").encode("utf-16-le"), ONE),
    "utf16-big-end": ("stunden-pro-tag", hours("1;03.11.2026;1300;7,5").encode("utf-16-be"), ONE),
    "cp850": ("stunden-pro-tag", hours("1;03.11.2026;Überst;7,5").encode("cp850"), ONE),
    "latin-euro": ("stunden-pro-tag", hours("1;03.11.2026;13;12,50 €", head="PNR;Datum;LA;Betrag").encode("cp1252"),
                   {"betrag": 1250}),
    "sep-line": ("stunden-pro-tag", "sep=;\r\n" + hours("1;03.11.2026;1300;7,5"), ONE),
    "sep-comma": ("stunden-pro-tag", 'sep=,\r\nPNR,Datum,Lohnart,Stunden\r\n1,03.11.2026,1300,"7,5"\r\n', ONE),
    "only-cr": ("stunden-pro-tag", hours("1;03.11.2026;1300;7,5").replace("\r\n", "\r"), ONE),
    "blank-tail": ("stunden-pro-tag", hours("1;03.11.2026;1300;7,5", ";;;", "   ", "\x1a"), ONE),
    "spaces": ("stunden-pro-tag", hours(" 1 ; 03.11.2026 ;1300 ;  7,5  "), ONE),
    "quoted": ("stunden-pro-tag", hours('"1";"03.11.2026";"1300";"7,5"'), ONE),
    "iso-day": ("stunden-pro-tag", hours("1;2026-11-03;1300;7,5"), ONE),
    "short-year": ("stunden-pro-tag", hours("1;3.11.26;1300;7,5"), ONE),
    "weekday": ("stunden-pro-tag", hours("1;Di, 03.11.2026;1300;7,5", "1;Mi 04.11.2026;1300;0"), ONE),
    "clock-hours": ("stunden-pro-tag", hours("1;03.11.2026;1300;7:30"), ONE),
    "clock-thirds": ("stunden-pro-tag", hours("1;03.11.2026;1300;0:20"), {"stunden": Decimal("0.3333")}),
    "unit-hours": ("stunden-pro-tag", hours("1;03.11.2026;1300;7,5 h", "1;04.11.2026;1300;0,00 Std."), ONE),
    "minus-behind": ("stunden-pro-tag", hours("1;03.11.2026;1300;8,00", "1;04.11.2026;1300;0,50-"), ONE),
    "minus-clock": ("stunden-pro-tag", hours("1;03.11.2026;1300;8:00", "1;04.11.2026;1300;-0:30"), ONE),
    "thousands": ("stunden-pro-tag", hours("1;03.11.2026;13;1.234,56", head="PNR;Datum;LA;Betrag"), {"betrag": 123456}),
    "thin-space": ("stunden-pro-tag", hours("1;03.11.2026;13;1\u202f234,56", head="PNR;Datum;LA;Betrag"),
                   {"betrag": 123456}),
    "extra-columns": ("stunden-pro-tag", hours("Meier;1;03.11.2026;1300;7,5;gut", head=f"Name;{HOURS};Bemerkung"), ONE),
    "loga-month": ("loga", hours("1;00123;01.11.2026;4711;7,5", "1;00123;2026-11;4711;0,5",
                                 head="Mandant;PNR;Periode;LOA;Std"), {"stunden": Decimal(8)}),
    "fixed-thought-comma": ("fest-56", f"{'00010234202611031300':<20}{'00000750':>8}{'0000001250':>10}{'':18}\r\n",
                            {"stunden": Decimal("7.50"), "betrag": 1250}),
    "twelve-hours": ("kommen-gehen", stamps("1;02.11.2026;8:00 AM;4:30 PM;0:30"), {"sekunden": DAY}),
    "midnight-noon": ("kommen-gehen", stamps("1;02.11.2026;12:00 AM;12:00 p.m.;"), {"sekunden": Decimal(12 * 3600)}),
    "seconds": ("kommen-gehen", stamps("1;02.11.2026;08:00:15;16:30:15;0:30"), {"sekunden": DAY}),
    "four-digits": ("kommen-gehen", stamps("1;02.11.2026;0800;1630;0:30"), {"sekunden": DAY}),
    "dots-and-uhr": ("kommen-gehen", stamps("1;02.11.2026;8.00 Uhr;16.30 Uhr;0:30"), {"sekunden": DAY}),
    "break-minutes": ("kommen-gehen", stamps("1;02.11.2026;08:00;16:30;30"), {"sekunden": DAY}),
    "break-column-minutes": ("kommen-gehen", stamps("1;02.11.2026;08:00;16:05;5", head=STAMPS + " (min)"),
                             {"sekunden": DAY}),
    "break-hours-by-unit": ("kommen-gehen", stamps("1;02.11.2026;08:00;17:00;1 h"), {"sekunden": DAY}),
    "break-hours": ("kommen-gehen", stamps("1;02.11.2026;08:00;16:30;0,5"), {"sekunden": DAY}),
    "past-midnight": ("kommen-gehen", stamps("1;30.11.2026;22:00;06:00;"), {"sekunden": DAY}),
    "until-24": ("kommen-gehen", stamps("1;02.11.2026;16:00;24:00;", "1;03.11.2026;00:00;08:00;"),
                 {"sekunden": 2 * DAY}),
    "date-in-the-clock": ("kommen-gehen", stamps("1;02.11.2026 22:00;03.11.2026 06:00", head="PNR;Kommen;Gehen"),
                          {"sekunden": DAY}),
    "iso-stamps": ("stempel", stamps("1;2026-11-02T08:00:00;K", "1;2026-11-02T16:00;G", head="PNR;Uhrzeit;Richtung"),
                   {"sekunden": DAY}),
    "autumn-night": ("kommen-gehen", stamps("1;24.10.2026;22:00;06:00;"), {"sekunden": DAY + 3600}),
    "spring-night": ("kommen-gehen", stamps("1;28.03.2026;22:00;06:00;"), {"sekunden": DAY - 3600}),
    "kimai-decimal-rounded": ("kimai", f"{KIMAI}\n2026-11-02,08:00,16:10,8.17,0:00,A,1", {"sekunden": DAY + 600}),
    "kimai-german": ("kimai", 'Datum,Von,Bis,Dauer,Pause,Konto\n02.11.2026,08:00,16:30,"8,00",0:30,1',
                     {"sekunden": DAY}),
    "kimai-twelve": ("kimai", f"{KIMAI}\n2026-11-02,8:00 AM,4:00 PM,8:00,0:00,A,1", {"sekunden": DAY}),
    "xlsx-day-number": ("stunden-xlsx", book(HOURS.split(";"), [1, 46329, 1300, 7.5]), ONE),
    "xlsx-day-text": ("stunden-xlsx", book(HOURS.split(";"), ["1", "03.11.2026", "1300", "7,5"]), ONE),
    "xlsx-day-cell": ("stunden-xlsx", book(HOURS.split(";"), [1.0, datetime(2026, 11, 3), 1300.0, 7.5]), ONE),
    "xlsx-hours-as-clock": ("stunden-xlsx", book(HOURS.split(";"), [1, datetime(2026, 11, 3), 1300, time(7, 30)]), ONE),
    "xlsx-hours-as-length": ("stunden-xlsx", book(HOURS.split(";"), [1, datetime(2026, 11, 3), 1300,
                                                                      timedelta(hours=7, minutes=30)]), ONE),
    "xlsx-clock-number": ("kimai-xlsx", book(["Datum", "Von", "Bis", "Konto"], [46328, 1 / 3, 2 / 3, 1]),
                          {"sekunden": DAY}),
}


@pytest.mark.parametrize("case", GOOD)
def test_other_layouts_give_the_right_sums(case: str) -> None:
    name, data, expected = GOOD[case]
    found = read(name, data, **({"negativ": True} if case.startswith("minus") else {}))
    assert reader.sums(found) == expected
    assert {(one.stand, one.grund) for one in found} == {("angenommen", "")}


ICS_GOOD = {
    "all-day": (calendar(), "2026-11-16", "2026-11-20"),
    "one-day-without-end": (calendar(end=""), "2026-11-16", "2026-11-16"),
    "duration-days": (calendar(end="DURATION:P5D"), "2026-11-16", "2026-11-20"),
    "outlook-zone": (calendar(start=';TZID="W. Europe Standard Time":20261116T080000',
                              end='DTEND;TZID="W. Europe Standard Time":20261116T120000'), "2026-11-16", "2026-11-16"),
    "zone-with-colon": (calendar(start=';TZID="(UTC+01:00) Amsterdam, Berlin, Bern":20261116T080000',
                                 end='DTEND;TZID="(UTC+01:00) Amsterdam, Berlin, Bern":20261116T120000'),
                        "2026-11-16", "2026-11-16"),
    "utc-past-midnight": (calendar(start=":20261116T230000Z", end="DTEND:20261117T030000Z"),
                          "2026-11-17", "2026-11-17"),
    "month-end": (calendar(start=";VALUE=DATE:20261130", end="DTEND;VALUE=DATE:20261201"), "2026-11-30", "2026-11-30"),
    "folded": (calendar("DESCRIPTION:lang", " er Text", "\tund noch mehr"), "2026-11-16", "2026-11-20"),
}


@pytest.mark.parametrize("case", ICS_GOOD)
def test_calendars_of_other_programs(case: str) -> None:
    text, first, last = ICS_GOOD[case]
    (entry,) = read("icalendar", text)
    assert (entry.stand, f"{entry.von}", f"{entry.bis}") == ("angenommen", first, last)


BAD: dict[str, tuple[str, str | bytes, str, str]] = {
    "november-31": ("stunden-pro-tag", hours("1;31.11.2026;1300;7,5"), "abgelehnt", "31. November 2026"),
    "february-29": ("stunden-pro-tag", hours("1;29.02.2026;1300;7,5"), "abgelehnt", "29. Februar 2026"),
    "slashes": ("stunden-pro-tag", hours("1;11/03/2026;1300;7,5"), "abgelehnt", "Muster TT.MM.JJJJ"),
    "english-number": ("stunden-pro-tag", hours("1;03.11.2026;1300;7.5"), "abgelehnt", "keine Zahl"),
    "formula": ("stunden-pro-tag", hours("1;03.11.2026;1300;=7,5+1"), "abgelehnt", "keine Zahl"),
    "minutes-60": ("stunden-pro-tag", hours("1;03.11.2026;1300;7:60"), "abgelehnt", "keine Zahl"),
    "day-of-30-hours": ("stunden-pro-tag", hours("1;03.11.2026;1300;30:00"), "zurueckgestellt", "größer"),
    "sum-line": ("stunden-pro-tag", hours("Summe;;;7,5"), "abgelehnt", "Schlüssel"),
    "no-number": ("stunden-pro-tag", hours(";03.11.2026;1300;7,5"), "abgelehnt", "Personalnummer fehlt"),
    "other-client": ("loga", hours("2;1;11.2026;1;1", head="Mandant;PNR;Zeitraum;LOA;Std"), "abgelehnt", "Mandant „2“"),
    "13-pm": ("kommen-gehen", stamps("1;02.11.2026;8:00 AM;13:30 PM;"), "abgelehnt", "keine Uhrzeit"),
    "25-hours": ("kommen-gehen", stamps("1;02.11.2026;08:00;25:30;"), "abgelehnt", "25:30"),
    "end-before-begin": ("kommen-gehen", stamps("1;02.11.2026 08:00;01.11.2026 16:00", head="PNR;Kommen;Gehen"),
                         "abgelehnt", "nicht nach dem Kommen"),
    "twice-in-october": ("kommen-gehen", stamps("1;25.10.2026;02:30;08:00;"), "zurueckgestellt", "zweimal"),
    "never-in-march": ("kommen-gehen", stamps("1;29.03.2026;02:30;08:00;"), "abgelehnt", "gibt es am 29.03.2026 nicht"),
    "no-go": ("kommen-gehen", stamps("1;02.11.2026;08:00;;"), "zurueckgestellt", "Gehen fehlt"),
    "break-too-long": ("kommen-gehen", stamps("1;02.11.2026;08:00;08:30;45"), "abgelehnt", "Pause ist so lang"),
    "break-one-digit": ("kommen-gehen", stamps("1;02.11.2026;08:00;16:30;5"), "abgelehnt", "Stunden oder Minuten"),
    "kimai-other-length": ("kimai", f"{KIMAI}\n2026-11-02,08:00,16:10,8.25,0:00,A,1", "zurueckgestellt",
                           "Dauer passt nicht"),
    "short-record": ("ivl", f"{' 1023430112026':<100}\r\n", "abgelehnt", "100 statt 128"),
    "long-record": ("ivl", f"{' 1023430112026':<128}X\r\n", "abgelehnt", "länger als 128"),
    "rrule-endless": ("icalendar", calendar("RRULE:FREQ=WEEKLY"), "abgelehnt", "wiederholt sich ohne Ende"),
    "exrule": ("icalendar", calendar("EXRULE:FREQ=WEEKLY"), "abgelehnt", "mehreren Regeln"),
    "cancelling-file": ("icalendar", calendar(top="METHOD:CANCEL"), "abgelehnt", "sagt einen Termin ab"),
    "other-zone": ("icalendar", calendar(start=";TZID=America/New_York:20261116T080000",
                                         end="DTEND;TZID=America/New_York:20261116T120000"), "abgelehnt", "Zeitzone"),
    "end-on-begin": ("icalendar", calendar(end="DTEND;VALUE=DATE:20261116"), "abgelehnt", "endet vor"),
    "mixed-begin-end": ("icalendar", calendar(end="DTEND:20261121T080000Z"), "abgelehnt", "nicht beide"),
    "cut-event": ("icalendar", calendar().split("END:VEVENT")[0], "abgelehnt", "abgeschnitten"),
    "xlsx-formula": ("stunden-xlsx", book(HOURS.split(";"), [1, "03.11.2026", 1300, "=3+4"]), "abgelehnt",
                     "D2 ist eine Formel"),
    "xlsx-error": ("stunden-xlsx", book(HOURS.split(";"), [1, "03.11.2026", 1300, "#REF!"]), "abgelehnt", "Fehlerwert"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_said(case: str) -> None:
    name, data, stand, words = BAD[case]
    (entry,) = read(name, data, **({"mandant": "1"} if case == "other-client" else {}))
    assert (entry.stand, words in entry.grund) == (stand, True), entry.grund
    assert entry.abhilfe
    assert entry.zeile >= 1


WHOLE: dict[str, tuple[str, str | bytes, str]] = {
    "second-pair": ("kommen-gehen", stamps("1;02.11.2026;08:00;12:00;;13:00;17:00", head=f"{STAMPS};Kommen 2;Gehen 2"),
                    "„Kommen 2“ kennt das Profil nicht"),
    "second-hours": ("stunden-pro-tag", hours("1;03.11.2026;1300;7,5;1", head=f"{HOURS};Stunden2"), "gingen verloren"),
    "column-twice": ("kommen-gehen", stamps("1;02.11.2026;08:00;12:00;;", head=f"{STAMPS};Kommen"), "mehrmals"),
    "no-header": ("stunden-pro-tag", "1;03.11.2026;1300;7,5\n", "Kopfzeile"),
    "title-first": ("stunden-pro-tag", "Zeiten November\n" + hours("1;03.11.2026;1300;7,5"), "Kopfzeile"),
    "header-only": ("stunden-pro-tag", HOURS, "keine Angaben"),
    "binary": ("stunden-pro-tag", b"\x00\x01\x02\x03\xff", "keine Textdatei"),
    "lodas-elsewhere": ("lodas", "[Allgemein]\nZiel=LOHN\n", "Ziel=LODAS"),
    "lodas-other-client": ("lodas", "[Allgemein]\nZiel=LODAS\nMandantenNr=200\n[Bewegungsdaten]\n10;1;\n",
                           "Mandant „200“"),
    "xlsx-broken": ("stunden-xlsx", b"PK\x03\x04kaputt", "XLSX"),
    "old-xls": ("stunden-xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS oder"),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_file_that_is_none_is_refused_as_a_whole(case: str) -> None:
    name, data, words = WHOLE[case]
    with pytest.raises(ImportFehler) as refused:
        read(name, data, **({"mandant": "100"} if case == "lodas-other-client" else {}))
    assert words in refused.value.grund
    assert refused.value.abhilfe
