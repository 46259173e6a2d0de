"""Die Tür für Massendaten: schreibt und liest spaltenweise für den Mandanten der Sitzung, ganz oder gar nicht."""

from __future__ import annotations

import tracemalloc
from contextlib import ExitStack
from datetime import date

import numpy as np
import psycopg
import pytest
from sqlalchemy import func, select

from tenants.db import bulk
from tenants.db.session import current_session, tenant_session
from tenants.models.tenant import TenantSetting

COLUMNS = ("area", "content", "valid_from", "recorded_by", "reason")


def rows(count: int) -> list[tuple[object, ...]]:
    return [(f"g{n}", {"n": n}, date(2026, 1, 1), "anna", "") for n in range(count)]


def test_rows_arrive_under_the_tenant_of_the_session(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[1], actor="anna") as session:
        assert bulk.copy_rows(session, TenantSetting, COLUMNS, rows(500)) == 500
    with tenant_session(two_tenants[0], actor="anna") as session:
        assert session.scalar(select(func.count(TenantSetting.id))) == 0
    with tenant_session(two_tenants[1], actor="anna") as session:
        read = bulk.read_columns(
            session, select(TenantSetting.area, TenantSetting.content).order_by(TenantSetting.id).limit(2)
        )
    assert read == {"area": ["g0", "g1"], "content": [{"n": 0}, {"n": 1}]}


def test_columns_may_come_as_lists_and_arrays_with_reserved_numbers(two_tenants: tuple[int, int]) -> None:
    columns = dict(zip(COLUMNS, map(list, zip(*rows(3), strict=True)), strict=True))
    with tenant_session(two_tenants[0], actor="anna") as session:
        ids = bulk.reserve_ids(session, TenantSetting, 3)
        assert len(set(ids)) == 3
        bulk.copy_rows(session, TenantSetting, ("id", *COLUMNS), {"id": np.array(ids), **columns})
        stored = session.scalars(select(TenantSetting.id).order_by(TenantSetting.id)).all()
        assert stored == sorted(ids)
        session.add(TenantSetting(**dict(zip(COLUMNS, rows(1)[0], strict=True))))
        session.flush()
        assert session.scalar(select(func.count(TenantSetting.id))) == 4


def test_one_bad_row_leaves_nothing(two_tenants: tuple[int, int]) -> None:
    bad = [*rows(10), ("doppelt", {}, None, "anna", "")]
    refusal = pytest.raises(psycopg.IntegrityError, match="valid_from")
    with refusal, tenant_session(two_tenants[0], actor="anna") as session:
        bulk.copy_rows(session, TenantSetting, COLUMNS, bad)
    with tenant_session(two_tenants[0], actor="anna") as session:
        assert session.scalar(select(func.count(TenantSetting.id))) == 0


def test_lists_of_different_length_and_doubled_names_are_refused(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        with pytest.raises(ValueError, match="doppelt benannt"):
            bulk.read_columns(session, select(TenantSetting.area, TenantSetting.reason.label("area")))
        assert bulk.read_columns(session, select(TenantSetting.area)) == {"area": []}
    columns = dict(zip(COLUMNS, map(list, zip(*rows(3), strict=True)), strict=True))
    with pytest.raises(ValueError, match="longer"), tenant_session(two_tenants[0], actor="anna") as session:
        bulk.copy_rows(session, TenantSetting, COLUMNS, {**columns, "area": ["a"]})


def test_what_is_copied_from_other_rows_lies_in_memory_portion_by_portion(two_tenants: tuple[int, int]) -> None:
    long, count = 200_000, 100
    with tenant_session(two_tenants[1], actor="anna") as session:
        bulk.copy_rows(session, TenantSetting, COLUMNS, [("fremd", {}, date(2026, 1, 1), "anna", "")])
    with tenant_session(two_tenants[0], actor="anna") as session:
        bulk.copy_rows(session, TenantSetting, COLUMNS, [(*one[:4], "x" * long) for one in rows(count)])
    with tenant_session(two_tenants[0], actor="anna") as session:
        chosen = select(TenantSetting.content, TenantSetting.valid_from, TenantSetting.recorded_by,
                        TenantSetting.reason).order_by(TenantSetting.id)
        tracemalloc.start()
        try:
            written = bulk.copy_selected(session, TenantSetting, COLUMNS[1:], chosen, 5, area="kopie")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert written == count
        assert peak < long * count / 3, "nie alles auf einmal"
        copies = select(TenantSetting.content, TenantSetting.reason).where(TenantSetting.area == "kopie")
        found = session.execute(copies.order_by(TenantSetting.id)).all()
    assert [row.content for row in found] == [{"n": n} for n in range(count)]
    assert {len(row.reason) for row in found} == {long}


def test_foreign_row_numbers_do_not_overwrite(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[1], actor="anna") as session:
        bulk.copy_rows(session, TenantSetting, ("id", *COLUMNS), [(7, *rows(1)[0])])
    with tenant_session(two_tenants[0], actor="anna") as session:
        bulk.copy_rows(session, TenantSetting, ("id", *COLUMNS), [(7, "eigenes", *rows(1)[0][1:])])
    with tenant_session(two_tenants[1], actor="anna") as session:
        assert session.scalars(select(TenantSetting.area)).all() == ["g0"]
    with pytest.raises(psycopg.IntegrityError, match="pk_"), tenant_session(two_tenants[1], actor="anna") as session:
        bulk.copy_rows(session, TenantSetting, ("id", *COLUMNS), [(7, *rows(1)[0])])


def test_the_current_session_is_the_newest_that_is_still_open(two_tenants: tuple[int, int]) -> None:
    assert current_session() is None
    first, second = ExitStack(), ExitStack()
    one = first.enter_context(tenant_session(two_tenants[0], actor="test"))
    other = second.enter_context(tenant_session(two_tenants[1], actor="test"))
    assert current_session() is other
    first.close()  # not in the order they began
    assert current_session() is other
    second.close()
    assert current_session() is None
    assert one is not other
