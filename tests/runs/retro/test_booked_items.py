"""Posten einer Buchung, dicht gehalten: was hineingeht, kommt heraus, und Gleiches teilt sich seine Gestalt."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import numpy as np
import orjson

from payroll.runs.pruefwert import Pruefwert
from payroll.runs.retro.book import content_of
from payroll.runs.retro.booking import NAMES, Buchung, Posten, Postenfolge, value
from payroll.runs.retro.differing import line_changes, values_changed

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)
NETTO, LINE = value("netto", 100, 140, 40), Posten("bezug", "1300", "Zulage", "LLJ", 0, 60, 60)


def test_items_come_out_as_they_went_in() -> None:
    held = Postenfolge([NETTO, LINE])
    assert list(held) == [NETTO, LINE] == held
    assert (len(held), held[1], held[-2:], bool(Postenfolge())) == (2, LINE, [NETTO, LINE], False)
    assert held.gestalt is Postenfolge([value("netto", 7, 5, -2), LINE._replace(neu=9, betrag=9)]).gestalt
    assert held != Postenfolge([LINE, NETTO])
    booking = Buchung(1, JAN, "entstehung", [NETTO, LINE])
    assert (booking.betrag("netto"), booking.wert("netto"), booking.differenz("netto")) == (40, (100, 140), 40)
    assert (booking.betrag("soli"), booking.wert("soli"), booking.differenz("soli")) == (0, (0, 0), 0)
    assert replace(booking, art="offen").posten == [NETTO, LINE]


def test_one_comparison_finds_every_change_of_every_person() -> None:
    old, new = np.zeros((3, len(NAMES)), dtype=np.int64), np.zeros((3, len(NAMES)), dtype=np.int64)
    old[0, NAMES.index("netto")], new[0, NAMES.index("netto")] = 100, 140
    new[2, NAMES.index("sv_tage")], new[2, NAMES.index("tabellenentgelt")] = 30, 5
    found = values_changed(NAMES, old, new)
    assert [list(found.of(row)) for row in range(3)] == [
        [NETTO], [], [value("tabellenentgelt", 0, 5, 5), value("sv_tage", 0, 30, 30)]]
    assert found.of(0, [LINE]) == [NETTO, LINE]
    before, after = {("bezug", "1000", "LLJ"): ("Alt", 5)}, {("bezug", "1300", "LLJ"): ("Zulage", 60)}
    assert line_changes(before, after) == [Posten("bezug", "1000", "Alt", "LLJ", 5, 0, -5), LINE]
    assert line_changes(before, dict(before)) == []


def test_the_hash_of_what_is_shown_is_that_of_the_whole_text() -> None:
    bookings = [Buchung(3, JAN, "offen", grund="Rückfrage"), Buchung(9, JAN, "entstehung", [NETTO, LINE]),
                Buchung(9, FEB, "zufluss")]
    rows = [[3, "2026-01-01", "offen", "Rückfrage", []],
            [9, "2026-01-01", "entstehung", None, [list(NETTO), list(LINE)]], [9, "2026-02-01", "zufluss", None, []]]
    back = orjson.dumps([rows, [[3, [5, 4, 3, 2, 1]], [9, [1, 2, 3, 4, 5]]]])
    given = b"2026-02-01|regeln" + b"bogen"
    held, plain = Pruefwert(FEB, "regeln"), Pruefwert(FEB, "regeln")
    for one in (held, plain):
        one.sheet(9, b"bogen")
    for booking in bookings:
        held.booking(booking.beschaeftigung_id, content_of(booking))
    for payouts in ({9: (1, 2, 3, 4, 5)}, {3: (5, 4, 3, 2, 1)}):
        held.balance(payouts)
    assert held.hexdigest() == hashlib.sha256(given + hashlib.sha256(back).digest()).hexdigest()
    plain.balance({})
    assert plain.hexdigest() == hashlib.sha256(given).hexdigest()
