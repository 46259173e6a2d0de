"""Ein Programm, das für abgeschlossene Monate andere Tabellenwerte mitbringt: sie kommen von selbst, einmal, mit Grund.

Die ältere Fassung des Programms wird nachgestellt: eine Zelle der Tabelle (E6 Stufe 3 ab Mai 2026) ist 50,00 Euro
niedriger.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from payroll.law import calculate as law
from payroll.law import parameters
from payroll.law.parameters.editions import differing
from payroll.law.parameters.editions import editions as now
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.runs import books
from payroll.runs.retro import tafeln

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

APRIL, MAY, JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (4, 5, 6, 7, 8))
LESS = 50_00


def _forget() -> None:
    for cached in (parameters._parameters, law.plain_book, law._with_values, *(one for one in vars(books).values()
                                                      if hasattr(one, "cache_clear"))):
        cached.cache_clear()


@contextmanager
def older_program() -> Iterator[None]:
    """Für eine Weile gilt die Tabelle, wie sie eine ältere Fassung mitbrachte."""
    tables = load_pay_tables()
    cells = tuple(replace(cell, cent=cell.cent - LESS) if cell.key == ("TVoeD-VKA", "E6", "3") and cell.ab == MAY
                  else cell for cell in tables.cells)
    old = replace(tables, cells=cells)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("editions", "pay_table_parameters"):
            patch.setattr(import_module(f"payroll.law.parameters.{name}"), "load_pay_tables", lambda: old)
        _forget()
        yield
    _forget()


def _causes(found: Any) -> set[tuple[str, date]]:
    return {(cause.tabelle, cause.ab) for cause in found.ursachen}


def test_other_cells_of_a_closed_month_are_found_paid_and_not_found_again(desk: Desk) -> None:
    desk.hire(desk.person("A", ("E6", "3")), desk.person("B", ("E6", "4")), desk.person("fest"))
    with older_program():
        desk.close_all([APRIL, MAY, JUNE])
    found = desk.preview(JULY)
    assert {number for number, one in found.items() if one.brutto} == {"A"}
    assert {one.monat: one.differenz("gesamtbrutto") for one in found["A"].monate} == {MAY: LESS, JUNE: LESS}
    assert _causes(found["A"]) == {(tafeln.TABLE, MAY), (tafeln.TABLE, JUNE)}
    desk.close(JULY)
    assert desk.booked(JULY)["A"].brutto == 2 * LESS
    assert desk.preview(AUGUST) == {}


def test_what_was_held_back_comes_again(desk: Desk) -> None:
    """Eine offene Rückrechnung (länger als zwölf Monate her) sieht der nächste Lauf wieder, auch wenn er die Tabellen
    schon kennt."""
    desk.hire(desk.person("A", ("E6", "3")))
    with older_program():
        desk.close_all([MAY, date(2027, 6, 1)])
    (held,) = desk.preview(date(2027, 7, 1)).values()
    assert held.rueckfrage
    desk.close(date(2027, 7, 1))
    (again,) = desk.preview(date(2027, 8, 1)).values()
    assert again.rueckfrage
    assert tafeln.TABLE in {cause.tabelle for cause in again.ursachen}


def test_marks_compare_only_what_held_up_to_the_month() -> None:
    before = {"T": {"2026-05-01": "a", "2027-01-01": "b"}}
    assert differing(before, {"T": {"2026-05-01": "a", "2027-01-01": "c"}}, date(2026, 12, 31)) == frozenset()
    assert differing(before, {"T": {"2026-05-01": "a", "2027-01-01": "c"}}, date(2027, 1, 31)) == {"T"}
    assert differing(before, {"T": {"2026-05-01": "a"}, "N": {"2026-04-01": "d"}}, date(2026, 12, 31)) == {"N"}
    assert differing({}, {}, MAY) == frozenset()


def test_drafts_have_no_mark_until_they_are_law() -> None:
    """Der Entwurf der Besoldung ab 1. April 2026 ist kein geltendes Recht."""
    assert "2026-04-01" not in now(date(2026, 12, 31))["NRW-A"]
    assert "2026-05-01" in now(date(2026, 12, 31))["TVoeD-VKA"]
    assert "2026-05-01" not in now(date(2026, 4, 30))["TVoeD-VKA"]
