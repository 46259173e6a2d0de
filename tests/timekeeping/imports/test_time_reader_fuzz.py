"""Beliebige und verdorbene Dateien: nie ein Absturz, nie ein Hänger, jede Zeile mit Stand, jede Ablehnung mit Grund."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timekeeping.imports import profile, reader
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.rows import STAENDE

SEEDS = {
    "lodas": b"[Allgemein]\nZiel=LODAS\nDatumsformat=TT.MM.JJJJ\n[Satzbeschreibung]\n10;u_lod_bwd_buchung_standard;"
    b"abrechnung_zeitraum#bwd;pnr#bwd;la_eigene#bwd;bs_nr#bwd;bs_wert_butab#bwd;\n[Bewegungsdaten]\n"
    b"10;01.11.2026;10234;1300;1;7,50;\n10;01.11.2026;10511;1420;4;45,00;\n",
    "ivl": b" 1023430112026" + b"1200".ljust(66) + b"7,50".rjust(17) + b"45,00".rjust(17) + b" " * 14 + b"\r\n",
    "stunden-pro-tag": b"PNR;Tag;Monat;Jahr;Lohnart;Stunden;Betrag\n1;3;11;2026;1300;2,50;\n1;4;11;2026;1;;45,00\n",
    "kommen-gehen": b"PNR;Datum;Kommen;Gehen;Pause\n1;25.10.2026;01:30;06:00;0:30\n1;2.11.2026;22:00;24:00;\n",
    "stempel": b"PNR;Datum;Uhrzeit;Richtung\n1;2.11.2026;08:00;K\n1;2.11.2026;12:00;G\n2;2.11.2026;12:00;G\n",
    "abwesenheiten": b"PNR;Von;Bis;Art;Status\n1;2.11.2026;4.11.2026;U;genehmigt\n",
    "loga": b"Mandant;PNR;Zeitraum;Lohnart;Stunden\n1;000123;11.2026;4711;7,5\n",
    "kimai": b'Date,From,To,Duration,Break,Account,Description\n2026-11-02,08:02,16:41,8:09,0:30,1,"a\nb"\n',
    "kimai-json": b'[{"begin":"2026-10-25T02:30:00+0200","end":"2026-10-25T02:30:00+0100",'
    b'"user":{"accountNumber":"1"}}]',
    "icalendar": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261116\nDTEND;VALUE=DATE:20261121\n"
    b"CATEGORIES:URLAUB\nX-PERSONALNUMMER:1\nEND:VEVENT\nEND:VCALENDAR\n",
    "icalendar+series": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20261116\nCATEGORIES:U\n"
    b"X-PERSONALNUMMER:1\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=5\nEXDATE;VALUE=DATE:20261118\n"
    b"RDATE;VALUE=DATE:20261201\nEND:VEVENT\nBEGIN:VEVENT\nUID:a\nRECURRENCE-ID;VALUE=DATE:20261123\n"
    b"DTSTART:20261124T080000Z\nCATEGORIES:U\nX-PERSONALNUMMER:1\nEND:VEVENT\nEND:VCALENDAR\n",
}
SLOW = settings(max_examples=120, deadline=timedelta(seconds=2), suppress_health_check=[HealthCheck.too_slow])
EDIT = st.tuples(st.floats(0, 1), st.integers(0, 12), st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b";", b"\n", b'"', b"\r", b"0", b"-", b"=", b"9" * 30, b"\xc3", b"T", b":", b",,"]),
))


def assert_clean(name: str, data: bytes) -> None:
    made = profile.parse(profile.bundled_text(name.partition("+")[0]))
    try:
        found = reader.read(data, made)
    except ImportFehler:
        return  # the only way out for a whole file; anything else is a crash
    assert found.eintraege
    for entry in found.eintraege:
        assert entry.stand in STAENDE
        assert bool(entry.grund) == bool(entry.abhilfe) == (not entry.gut)
        assert entry.zeile >= 1
        for text in (entry.personalnummer, entry.schluessel, entry.kostenstelle, entry.grund, entry.abhilfe):
            assert text.isprintable()
            assert len(text) < 600
        if entry.gut:
            assert entry.personalnummer
            assert entry.schluessel
            assert entry.von is not None
            assert entry.bis is not None
            assert entry.von <= entry.bis
            assert entry.art == "abwesenheit" or entry.menge is not None or entry.betrag is not None


@pytest.mark.parametrize("name", sorted(SEEDS))
@SLOW
@given(edits=st.lists(EDIT, min_size=1, max_size=6))
def test_spoiled_files(name: str, edits: list[tuple[float, int, bytes]]) -> None:
    data = SEEDS[name]
    for place, length, put in edits:
        at = int(place * len(data))
        data = data[:at] + put + data[at + length :]
    assert_clean(name, data)


@pytest.mark.parametrize("name", profile.bundled())
@settings(max_examples=60, deadline=timedelta(seconds=2))
@given(data=st.one_of(st.binary(max_size=400), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes(name: str, data: bytes) -> None:
    assert_clean(name, data)


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_every_cut_of_a_file(name: str) -> None:
    for end in range(len(SEEDS[name])):
        assert_clean(name, SEEDS[name][:end])


@settings(max_examples=150, deadline=timedelta(seconds=2))
@given(text=st.one_of(st.text(max_size=300), st.builds(
    "{}\n{} = {}".format, st.just('name = "x"\ntitel = "x"\ntyp = "csv"\nart = "menge"'),
    st.sampled_from(sorted(profile.Profil.__dataclass_fields__)),
    st.sampled_from(["1", "-1", "true", '"x"', "[]", "[1]", "{}", "{ a = 1 }", "2026-01-01", '["a"]', "1.5", '""'])
)))
def test_any_profile(text: str) -> None:
    try:
        made = profile.parse(text)
    except ImportFehler:
        return
    assert made.name
