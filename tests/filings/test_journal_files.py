"""Ausgabe der Buchungen: DATEV EXTF Feld für Feld, neutrale CSV mit Prüfsumme, keine Person, nur wenn alles aufgeht.

Aufbau: Kopf 700 (31 Felder), 125 Spalten der Formatversion 13 (Feldliste aus datev-lint und ledermann/datev, MIT).
"""

from __future__ import annotations

import csv
import hashlib
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest

from payroll.filings import handover
from payroll.filings.errors import FilingRefused
from payroll.filings.sepa import orders
from payroll.masterdata.sheets import RISKY
from payroll.postings import exporting, service
from payroll.postings.errors import PostingRefused
from payroll.postings.exporting import Beleg, Profil
from payroll.postings.models import Journal
from payroll.postings.zeilen import Zeile


@pytest.fixture(scope="module")
def booked(town: Any) -> Any:
    with town.session("klara") as session:
        service.create(session, town.month)
        with pytest.raises(FilingRefused, match="noch keinen Zahlungsauftrag"):
            handover.hand_over(session, town.month, "csv")
        orders.create(session, town.month, today=town.today, now=town.now)
    return town


def _file(town: Any, kind: str, **more: Any) -> bytes:
    with town.session("kurt") as session:
        return handover.hand_over(session, town.month, kind, **more)[0]


def test_extf_field_by_field(booked: Any) -> None:
    raw = _file(booked, "extf", berater=29_098, mandant=55_003)
    assert raw == _file(booked, "extf", berater=29_098, mandant=55_003)
    head, names, *lines = list(csv.reader(StringIO(raw.decode("cp1252"), newline=""), delimiter=";"))
    assert (head[:5], head[10:16], len(head)) == (
        ["EXTF", "700", "21", "Buchungsstapel", "13"],
        ["29098", "55003", "20260101", "4", "20260501", "20260531"], 31)
    assert names == [name for name, *_ in exporting.columns()]
    assert len(names) == 125
    signed = 0
    for line in lines:
        assert len(line) == 125
        for value, (_, kind, most) in zip(line, exporting.columns(), strict=True):
            if value and kind == "string":
                assert len(value) <= int(most)
        assert line[6].isdigit()
        assert (line[7], line[9], line[13].endswith("05/2026")) == ("3700", "3105", True)
        cents = int(line[0].replace(",", ""))
        assert cents > 0
        signed += cents if line[1] == "S" else -cents
    assert signed == 0
    assert raw.endswith(b"\r\n")
    assert b'"1110"' in raw


def test_neutral_file_ties_and_names_nobody(booked: Any) -> None:
    raw = _file(booked, "csv").decode("utf-8-sig")
    names, *lines = list(csv.reader(StringIO(raw, newline=""), delimiter=";"))
    assert (len(names), names[0], names[-1]) == (24, "Mandant", "Pruefsumme")
    at = {name: number for number, name in enumerate(names)}
    signed = sum(int(line[at["Betrag"]].replace(",", "")) * (1 if line[at["S/H"]] == "S" else -1) for line in lines)
    assert signed == 0
    with booked.session() as session:
        journal = service.find(session, booked.month)
    expense = sum(int(line[at["Betrag"]].replace(",", "")) for line in lines if line[at["Satzart"]] == "E")
    assert expense == journal.aufwand
    for line in lines:
        assert line[-1] == hashlib.sha256(";".join(line[:-1]).encode()).hexdigest()
    assert not any(name in raw for name in ("TARIF", "SPARERIN", "Ada", "DE02"))


def test_own_way_of_writing(booked: Any) -> None:
    raw = _file(booked, "csv", profile=Profil("|", "windows-1252", ".", False))
    first = raw.decode("cp1252").split("\r\n")[0].split("|")
    assert len(first) == 24
    assert first[17].count(".") == 1
    for wrong in (("x",), (";", "utf-16"), (";", "utf-8", "'"), (",", "utf-8", ",")):
        with pytest.raises(PostingRefused, match="Schreibweise"):
            Profil(*wrong)


def test_numbers_datev_does_not_know_are_refused(booked: Any) -> None:
    with pytest.raises(FilingRefused, match="Berater ab 1001"):
        _file(booked, "extf", berater=1)


def test_a_cost_centre_is_never_a_formula_and_never_a_line() -> None:
    day, typed = date(2026, 5, 1), "=1+1\r\n7"
    journal = Journal(monat=day, erstellt_von="kurt", erstellt_am=datetime(2026, 6, 1, tzinfo=UTC))
    rows = [Zeile(day, key, key, typed, "\t@SUM", "", side, 100, 1) for key, side in (("5012", "S"), ("5011", "H"))]
    voucher = Beleg("001", "3105")
    table = list(csv.reader(StringIO(exporting.as_csv(journal, rows, voucher).decode("utf-8-sig"), newline=""),
                            delimiter=";"))
    cells = [cell for line in table for cell in line]
    assert [len(line) for line in table] == [24] * 3
    assert [cell for cell in cells if cell.startswith(RISKY)] == []
    assert "'=1+1 7" in cells
    assert len(exporting.as_extf(journal, rows, voucher).decode("cp1252").splitlines()) == 4
