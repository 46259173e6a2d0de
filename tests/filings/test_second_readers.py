"""Dateien, die das Haus verlassen, von zweiter Seite gelesen: anderer Prüfer des Schemas, Feldliste von DATEV.

`datev_extf_*.csv`: Kopf 700 und 125 Felder der Formatversion 13 nach datev-lint und ledermann/datev (MIT), hier in
Abschrift.
"""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import xmlschema

from payroll.filings import examples as filed
from payroll.filings.sepa import orders, schema
from payroll.filings.sepa.composing import KIND
from payroll.filings.sepa.examples import example
from payroll.filings.sepa.writing import written
from payroll.postings import exporting

HERE = Path(__file__).parent
SHAPES = {"decimal": r"-?\d{1,10},\d{2}", "integer": r"\d+", "date": r"\d{4}|\d{8}", "boolean": r"[01]",
          "string": r".*", "int": r"\d+", "text": r".*", "timestamp": r"\d{17}", "bool": r"[01]"}


@pytest.fixture(scope="module")
def official() -> Any:
    """Das Schema der ISO in einem Prüfer, der mit lxml nichts teilt."""
    package, path = schema.SHIPPED[KIND]
    return xmlschema.XMLSchema(str(files(package) / path))


def test_payment_files_pass_a_second_validator_and_wrong_ones_do_not(official: Any, fresh_town: Any) -> None:
    with fresh_town.session("klara") as session:
        order = orders.create(session, fresh_town.month, today=fresh_town.today, now=fresh_town.now).auftrag
        number, digest = order.public_id, order.sha256.hex()
    with fresh_town.session("kurt") as session:
        orders.release(session, number, sha256=digest, today=fresh_town.today)
        content, _name = orders.download(session, number)
    for good in (content, written(example()), (HERE.parents[1] / "docs" / "beispiele" / f"{KIND}.xml").read_bytes()):
        assert [str(one.reason) for one in official.iter_errors(good.decode())] == []
    for before, after in ((b"<PmtMtd>TRF", b"<PmtMtd>XXX"), (b'Ccy="EUR"', b'Ccy="euro"'),
                          (b"<NbOfTxs>", b"<NbOfTxs>x"), (b"<ReqdExctnDt>", b"<Fremd/><ReqdExctnDt>")):
        assert before in content
        assert not official.is_valid(content.replace(before, after, 1).decode()), before


def _listed(name: str, *keys: str) -> list[tuple[str, ...]]:
    with (HERE / name).open(encoding="utf-8") as source:
        return [tuple(row[key] for key in keys) for row in csv.DictReader(source, delimiter=";")]


def test_extf_head_and_columns_are_those_of_the_field_list() -> None:
    """Jedes Feld des Musters hat Art und Länge der Liste; verlangte Felder sind gefüllt, Worte stehen in Anführung."""
    columns = _listed("datev_extf_buchungsstapel_columns.csv", "name", "type", "max_or_format", "required")
    assert [one[:3] for one in columns] == list(exporting.columns())
    raw = filed.files()["EXTF_Buchungsstapel.csv"].decode("cp1252")
    head, names, *lines = csv.reader(StringIO(raw, newline=""), delimiter=";")
    assert names == [one[0] for one in columns]
    about = _listed("datev_extf_header_700.csv", "name", "type", "max_len")
    assert len(head) == len(about) == 31
    for value, (name, kind, most) in zip(head, about, strict=True):
        assert not value or (re.fullmatch(SHAPES.get(kind or "text", ".*"), value)
                             and len(value) <= int(most or 999)), name
    assert len(lines) == 7
    for line in lines:
        for value, (name, kind, most, required) in zip(line, columns, strict=True):
            assert value or not required, name
            if value and name == "Belegdatum":
                assert datetime.strptime(value, "%d%m").replace(tzinfo=UTC).date().replace(year=2026) == date(
                    2026, 11, 30)
            elif value:
                assert re.fullmatch(SHAPES[kind], value), name
                assert kind not in ("string", "integer") or len(value) <= int(most or 999), name
    cells = raw.splitlines()[2].split(";")
    assert all(cell.startswith('"') == (kind == "string") for cell, (_, kind, *_) in zip(cells, columns, strict=True))
