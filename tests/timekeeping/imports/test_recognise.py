"""Der Aufbau wird am Inhalt erkannt, auch mit Kennung, anderem Zeichensatz und anderen Trennzeichen."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from timekeeping.imports import profile
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.profile import Zuordnung
from timekeeping.imports.recognise import recognise
from timekeeping.imports.rewriting import remapped

ALL = [profile.parse(profile.bundled_text(name)) for name in profile.bundled()]
IVL = " 10234301120261300501200" + " " * 44 + " " + "111100 20101" + " " * 13 + "7,50" + " " * 31
SAMPLES = {
    "lodas": "[Allgemein]\r\nZiel=LODAS\r\n",
    "icalendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
    "kimai-json": '[{"begin": "2026-11-02T08:02:00+0100"}]',
    "kimai": "Date,From,To,Duration,Break,User,Username,Account\n2026-11-02,08:02,16:41,8:09,0:30,A,a,10234\n",
    "stunden-pro-tag": "Pers.-Nr;Tag;Monat;Jahr;Lohnart;Kostenstelle;Stunden;Betrag\n1;3;11;2026;1300;;2,5;\n",
    "kommen-gehen": "Personalnummer\tDatum\tKommen\tGehen\n1\t02.11.2026\t07:00\t15:00\n",
    "stempel": "PNR;Datum;Uhrzeit;K/G\n1;02.11.2026;07:00;K\n",
    "abwesenheiten": "PersNr;Von;Bis;Grund\n1;02.11.2026;06.11.2026;U\n",
    "loga": "Mandant;Personalnummer;Abrechnungszeitraum;Lohnart;Stunden;Tage;Betrag\n1;2;11.2026;3;4,5;;\n",
    "ivl": f"{IVL[:128]:<128}\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_right_layout_comes_first(name: str, charset: str) -> None:
    found = recognise(SAMPLES[name].encode(charset), ALL)
    assert found, name
    assert found[0].name == name
    assert len(found) == 1 or found[0].gewicht > found[1].gewicht
    assert found[0].grund


def test_workbooks_are_told_apart_by_their_header() -> None:
    for header, name in ((("PNR", "Datum", "Lohnart", "Stunden"), "stunden-xlsx"),
                         (("Date", "From", "To", "Account"), "kimai-xlsx")):
        book, target = Workbook(), io.BytesIO()
        assert book.active is not None
        book.active.append(list(header))
        book.save(target)
        assert [hit.name for hit in recognise(target.getvalue(), ALL)] == [name]


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"Hallo", b"PK\x03\x04kaputt", b"[1, 2]", b"a;b;c\n1;2;3\n",
                                  b"\xff\xfe", b"x" * 30_000], ids=range(8))
def test_what_fits_nothing_fits_nothing(data: bytes) -> None:
    assert recognise(data, ALL) == []


def test_large_files_are_recognised_by_their_beginning() -> None:
    body = "PNR;Datum;Kommen;Gehen;Bemerkung\n" + "1;02.11.2026;07:00;15:00;Überstunde\n" * 20_000
    assert recognise(body.encode(), ALL)[0].name == "kommen-gehen"


def test_new_mapping_keeps_the_layout() -> None:
    text = profile.bundled_text("lodas")
    made = profile.parse(remapped(text, schluessel=[Zuordnung('a"\\ü', "1300")], personen={"9": "10001"},
                                  einheiten={"3": "stueck"}, mandant="100"))
    before = profile.parse(text)
    assert made.lohnart('a"\\ü', date(2026, 1, 1)) == "1300"
    assert (made.personen, made.einheiten, made.mandant) == ({"9": "10001"}, {"3": "stueck"}, "100")
    assert (made.saetze, made.typ, made.titel) == (before.saetze, before.typ, before.titel)


def test_a_key_means_one_thing_a_day() -> None:
    day = date(2026, 6, 1)
    later, until = Zuordnung("1", "1300", von=day), Zuordnung("1", "1301", bis=date(2026, 5, 31))
    remapped(profile.bundled_text("loga"), schluessel=[later, until], personen={}, einheiten={}, mandant="")
    for wrong in ([later, Zuordnung("1", "1301", bis=day)], [Zuordnung("1", "2", von=day, bis=until.bis)]):
        with pytest.raises(ImportFehler):
            remapped(profile.bundled_text("loga"), schluessel=wrong, personen={}, einheiten={}, mandant="")
