"""Die Muster in docs/beispiele sind, was der Befehl schreibt; die Kennnummern darin bestehen ihre Prüfziffer."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from payroll.cli import kreislohn
from payroll.filings import examples
from payroll.masterdata import numbers

SHOWN = Path(__file__).parents[2] / "docs" / "beispiele"
# Official key numbers: BMF announcement of the form for 2026; 21 to 91 as listed in the reference of the project.
PROVED = {"86", "42", "41", "44", "49", "61", "62"}


@pytest.mark.parametrize("name", sorted(examples.files()))
def test_shown_examples_are_what_the_command_writes(name: str) -> None:
    assert (SHOWN / name).read_bytes() == examples.files()[name]


def test_the_command_writes_all_and_never_over(tmp_path: Path) -> None:
    for expected in ("lsta.csv: ", "lsta.csv: gibt es schon"):
        answer = CliRunner().invoke(kreislohn, ["filings", "examples", str(tmp_path)])
        assert answer.exit_code == 0
        assert expected in answer.output
    assert {path.name for path in tmp_path.iterdir()} == set(examples.files())


def test_numbers_in_the_examples_are_possible() -> None:
    assert numbers.sv_nummer(examples.NUMBER) == examples.NUMBER
    assert numbers.betriebsnummer(examples.EMPLOYER) == examples.EMPLOYER
    assert numbers.betriebsnummer(examples.FUND) == examples.FUND


def test_totals_of_the_registration_add_up_and_unproved_keys_say_so() -> None:
    rows = list(csv.reader(io.StringIO(examples.files()["lsta.csv"].decode("utf-8-sig")), delimiter=";"))
    table = {row[0]: row for row in rows if len(row) == 4 and row[0].isdigit()}
    cents = {key: int(row[2].replace(",", "")) for key, row in table.items()}
    assert cents["48"] == cents["42"] + cents["41"]
    assert cents["83"] == sum(cents[key] for key in ("48", "49", "47", "61", "62"))
    assert {key for key, row in table.items() if row[3] == "belegt"} <= PROVED
    assert table["83"][3] == "nicht belegt"
