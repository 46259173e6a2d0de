"""Die Vorschau eines Menschen berührt nur ihn: Abfragen und gelesene Zeilen wachsen nicht mit dem Haus."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from payroll.masterdata.models import Kind
from payroll.masterdata.service import record_fact
from payroll.runs import retro
from tenants.db import engine

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

MONTHS = [date(2025, month, 1) for month in (10, 11, 12)] + [date(2026, month, 1) for month in (1, 2)]
MARCH = date(2026, 3, 1)


@contextmanager
def read() -> Iterator[list[int]]:
    """Gelesene Zeilen je Abfrage."""
    rows: list[int] = []

    def note(_connection: object, cursor: Any, *_: object) -> None:
        rows.append(max(cursor.rowcount, 0))

    event.listen(engine.current().app, "after_cursor_execute", note)
    try:
        yield rows
    finally:
        event.remove(engine.current().app, "after_cursor_execute", note)


def _house(new_desk: Callable[[], Desk], people: int) -> Desk:
    """Fünf abgeschlossene Monate über den Jahreswechsel; zwei bekommen danach mehr, ein drittes Kind ändert nichts."""
    desk = new_desk()
    desk.hire(*(desk.person(f"{n}", 380_000, pension=True) for n in range(people)))
    desk.close_all(MONTHS)
    desk.pay("0", 1300, 10_000, MONTHS[0])
    desk.pay("1", 1300, 20_000, MONTHS[-1])
    with desk.session() as session:
        record_fact(session, Kind, valid_from=date(2025, 11, 3), reason="Geburt", person_id=desk.people["2"], nummer=1,
                    geburtsdatum=date(2025, 11, 3))
    desk.preview(MARCH)
    return desk


def test_rows_and_statements_do_not_grow_with_the_house(new_desk: Callable[[], Desk]) -> None:
    whole, single = [], []
    for people in (4, 24):
        desk = _house(new_desk, people)
        with read() as rows:
            found = desk.preview(MARCH)
        assert list(found) == ["0", "1"]
        whole.append((len(rows), sum(rows)))
        with read() as rows, desk.session() as session:
            plan = retro.compute(session, MARCH, only=[desk.jobs["0"]])
        assert list(plan.bookings) == [desk.jobs["0"]]
        single.append((len(rows), sum(rows)))
    assert whole[0] == whole[1]
    assert single[0] == single[1]
    assert single[0][1] < whole[0][1]
