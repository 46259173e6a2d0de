"""Profile: neue Aufbauten ohne Programm; Fehler im Profil werden beim Namen genannt."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from timekeeping.imports import profile, reader
from timekeeping.imports.problems import ImportFehler

PIPE = """
name = "haus"
titel = "Eigenes Format"
typ = "csv"
art = "menge"
trennzeichen = "|"
anfuehrung = ""
kopf = false
kommentar = "#"
datum = "JJMMTT"
dezimal = "."
felder = { personalnummer = 1, datum = 2, schluessel = 3, stunden = 4 }

[[schluessel]]
fremd = "N"
eigen = "1201"
bis = 2026-06-30
[[schluessel]]
fremd = "N"
eigen = "1202"
von = 2026-07-01
"""
FIXED_41 = """
name = "fest41"
titel = "Fester Satz 41"
typ = "fest"
art = "menge"
zeichensatz = "cp850"
datum = "TTMMJJ"
laenge = 41
[felder]
personalnummer = { von = 1, bis = 8 }
datum = { von = 9, bis = 14 }
schluessel = { von = 15, bis = 20 }
stunden = { von = 21, bis = 30 }
"""


def test_a_new_layout_needs_no_code() -> None:
    made = profile.parse(PIPE)
    (entry,) = reader.read(b"# Kommentar\n0012|261103|N|1,234.50|rest\n", made).eintraege
    assert (entry.menge, entry.von) == (Decimal("1234.50"), date(2026, 11, 3))
    assert made.lohnart("N", date(2026, 6, 30)) == "1201"
    assert made.lohnart("N", date(2026, 7, 1)) == "1202"
    assert made.lohnart("X", date(2026, 7, 1)) is None


def test_fixed_41_in_code_page_850() -> None:
    data = "00010234031126ÜBER      7,50-".ljust(41).encode("cp850") + b"\r\n"
    (entry,) = reader.read(data, profile.parse(FIXED_41)).eintraege
    assert (entry.schluessel, entry.menge, entry.stand) == ("ÜBER", Decimal("-7.50"), "zurueckgestellt")


@pytest.mark.parametrize("name", profile.bundled())
def test_bundled_profiles_are_valid_and_called_by_their_name(name: str) -> None:
    made = profile.parse(profile.bundled_text(name))
    assert made.name == name
    assert not made.schluessel_gleich


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('typ = "csv"', 'typ = "dbf"', "typ"),
        ('titel = "Eigenes Format"', "", "titel"),
        ("kopf = false", "kopff = false", "Meinten Sie „kopf“"),
        ("kopf = false", 'kopf = "nein"', "bool"),
        ("personalnummer = 1", "personalnummer = 0", "Ort nicht verständlich"),
        ("personalnummer = 1,", "", "personalnummer"),
        ('datum = "JJMMTT"', 'datum = "TT"', "datum"),
        ('datum = "JJMMTT"', 'datum = "TTTTMMJJ"', "zweimal"),
        ('eigen = "1201"', "eigen = 1201", "Texte"),
        ('dezimal = "."', 'dezimal = "x"', "dezimal"),
        ('name = "haus"', 'name = "haus', "TOML"),
        ("stunden = 4 }", "stunden = 4, stundenn = 5 }", "stunden"),
    ],
)
def test_a_wrong_profile_names_the_place(old: str, new: str, words: str) -> None:
    assert old in PIPE
    with pytest.raises(ImportFehler, match=words):
        profile.parse(PIPE.replace(old, new, 1))


def test_an_unknown_format_names_the_near_one() -> None:
    with pytest.raises(ImportFehler, match="Meinten Sie lodas"):
        profile.bundled_text("lodass")
