"""Parameters: exact numbers with source and status, and what a file may not say."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from payroll.law.engine import Count, Days, Money, Parameter, ParameterError, Rate, read_toml
from payroll.law.engine.functions import Lookup

HEAD = '[x]\ntitel = "X"\nparagraf = "§ 1"\n'


def read(folder: Path, text: str) -> Parameter:
    path = folder / "zahlen.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_toml(path, "steuer")[0]


def value(unit: str, wert: str, more: str = "") -> str:
    return f'einheit = "{unit}"\n{more}\nwerte = [ {{ ab = 2026-01-01, wert = {wert}, quelle = "Blatt" }} ]\n'


@pytest.mark.parametrize(("unit", "wert", "kind", "expected"), [
    ("euro/monat", "8450", Money, Fraction(845000)),
    ("euro/jahr", "0.07", Money, Fraction(7)),
    ("prozent", "14.6", Rate, Fraction(146, 1000)),
    ("prozent", "0.1", Rate, Fraction(1, 1000)),
    ("anteil", '"7/1200"', Rate, Fraction(7, 1200)),
    ("zahl", "0.6619", Rate, Fraction(6619, 10000)),
    ("anzahl", "3", Count, Fraction(3)),
    ("tage", "30", Days, Fraction(30)),
])
def test_numbers_are_exact(tmp_path: Path, unit: str, wert: str, kind: type, expected: Fraction) -> None:
    argument = read(tmp_path, value(unit, wert)).argument(date(2026, 5, 1))
    assert type(argument) is kind
    assert argument.value == expected


def test_table_over_the_smallest_common_denominator(tmp_path: Path) -> None:
    table = read(tmp_path, value("tabelle", '["7/1200", 0.25, 1]', 'je = "anteil"\nerster = 2005')).argument(date.max)
    assert isinstance(table, Lookup)
    found = table[Count(np.array([2005, 2006, 2007]))]
    assert [Fraction(int(n), found.den) for n in found.num] == [Fraction(7, 1200), Fraction(1, 4), 1]


def test_zones_are_records_of_fractions(tmp_path: Path) -> None:
    text = value("zonen", '[ { bis = 100, satz = 0.14 }, { bis = 200, satz = "1/3" } ]')
    zones = read(tmp_path, text).argument(date.max)
    assert zones == ({"bis": Fraction(100), "satz": Fraction(7, 50)}, {"bis": Fraction(200), "satz": Fraction(1, 3)})


def test_the_value_of_a_day(tmp_path: Path) -> None:
    one = read(tmp_path, 'einheit = "euro"\nwerte = [ { ab = 2025-01-01, wert = 1, quelle = "A" }, '
                         '{ ab = 2026-01-01, bis = 2026-06-30, wert = 2, quelle = "B", status = "entwurf" } ]\n')
    found = [one.on(day) for day in (date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 6, 30))]
    assert [v and (v.quelle, v.status) for v in found] == [None, ("A", "gesetz"), ("A", "gesetz"), ("B", "entwurf")]


def test_an_ended_value_leaves_a_gap_and_does_not_revive_its_predecessor(tmp_path: Path) -> None:
    one = read(tmp_path, 'einheit = "euro"\nwerte = [ { ab = 2025-01-01, wert = 1, quelle = "A" }, '
                         '{ ab = 2026-01-01, bis = 2026-06-30, wert = 2, quelle = "B" } ]\n')
    assert one.on(date(2026, 7, 1)) is None


@pytest.mark.parametrize(("text", "message"), [
    ('einheit = "euro"\nwerte = [ { ab = 2026-01-01, wert = 1 } ]', "Wert ab 2026-01-01 ohne Quelle"),
    ('einheit = "euro"\nwerte = [ { ab = 2026-01-01, wert = 1, quelle = " " } ]', "ohne Quelle"),
    ('einheit = "euro"\nwerte = [ { ab = "2026-01-01", wert = 1, quelle = "A" } ]', "ein Datum"),
    ('einheit = "euro"\nwerte = [ { ab = 2026-01-01, quelle = "A" } ]', "wert"),
    ('einheit = "euro"\nwerte = [ { ab = 2026-01-01, wert = 1, quelle = "A", status = "wohl" } ]',
     "unbekannter Status 'wohl'; erlaubt: gesetz"),
    ('einheit = "euro"\nwerte = [ { ab = 2026-02-01, wert = 1, quelle = "A" }, '
     '{ ab = 2026-01-01, wert = 1, quelle = "A" } ]', "nicht aufsteigend"),
    ('einheit = "euro"\nwerte = []', "werte fehlt"),
    ('werte = [ { ab = 2026-01-01, wert = 1, quelle = "A" } ]', "einheit fehlt"),
    (value("taler", "1"), "unbekannte Einheit 'taler'"),
    (value("euro", "1.005"), r"Decimal\('1.005'\) Euro sind keine ganzen Cent"),
    (value("anzahl", "1.5"), "keine ganze Zahl"),
    (value("tage", "0.5"), "keine ganze Zahl"),
    (value("prozent", '"viel"'), "keine exakte Zahl"),
    (value("prozent", "inf"), "keine exakte Zahl"),
    (value("prozent", "true"), "keine exakte Zahl"),
    (value("tabelle", "[1, 2]"), "je"),
])
def test_wrong_entries_name_file_and_entry(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=rf"zahlen.toml \[x\].*{message}"):
        read(tmp_path, text)


def test_a_float_is_no_number_of_law() -> None:
    from payroll.law.engine.parameters import quantity

    with pytest.raises(ParameterError, match="keine exakte Zahl"):
        quantity("prozent", 0.1)
