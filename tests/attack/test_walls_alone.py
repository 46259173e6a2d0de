"""Jede Mauer hält allein; ohne beide läuft alles aus, sonst bewiese der Sturm nichts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from markers import TABLES, state
from psycopg import sql
from queries import Walk, Walker
from realm import Realm
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from storm import Report, Storm, short

from payroll.masterdata.models import Person
from tenants.db import guard
from tenants.db.base import TenantRow
from tenants.db.session import TenantSession, tenant_session

REQUESTS, ROUNDS = 500, 2
WATCHED = (
    ("do_orm_execute", guard._criterion),
    ("before_flush", guard._own_rows_only),
    ("before_attach", guard._no_foreign_row),
)


@pytest.fixture(scope="module")
def storm(realm: Realm) -> Storm:
    """Angreifer mit dem, was sie bei stehenden Mauern gesehen haben."""
    return Storm(realm, seed="mauern")


@contextmanager
def database_wall_down(realm: Realm) -> Iterator[None]:
    """Zeilensicherheit aller Tabellen aus."""
    change = sql.SQL("ALTER TABLE {} {} ROW LEVEL SECURITY")
    with realm.superuser() as admin:
        tables = [sql.Identifier(str(row["name"])) for row in admin.execute(TABLES)] + [sql.Identifier("tenant")]
        for table in tables:
            admin.execute(change.format(table, sql.SQL("DISABLE")))
        try:
            yield
        finally:
            for table in tables:
                admin.execute(change.format(table, sql.SQL("ENABLE")))


@contextmanager
def application_wall_down() -> Iterator[None]:
    """Kein Wächter an den Sitzungen; nur der Mandant der Transaktion wird noch gesetzt."""
    for name, listener in WATCHED:
        event.remove(TenantSession, name, listener)
    event.listen(TenantSession, "before_flush", _stamped)
    try:
        yield
    finally:
        event.remove(TenantSession, "before_flush", _stamped)
        for name, listener in WATCHED:
            event.listen(TenantSession, name, listener)


def _stamped(session: Session, _: object, __: object) -> None:
    """Neue Zeilen tragen den Mandanten der Sitzung, sonst scheiterte schon das Anlegen und prüfte keine Mauer."""
    for row in session.new:
        if isinstance(row, TenantRow) and row.tenant_id is None:
            row.tenant_id = guard.tenant_of(session)


def everyone(realm: Realm) -> set[int]:
    """Mandanten, deren Personen eine Sitzung des eigenen sieht."""
    with tenant_session(realm.own.tenant.id, actor="eig.clerk") as session:
        return set(session.scalars(select(Person.tenant_id)))


def attacked(storm: Storm, requests: int = REQUESTS) -> tuple[Report, Walk]:
    """Sturm auf die Wege und Gang durch alle Abfragen."""
    storm.report = Report()
    return storm.run(requests), Walker(storm.realm, storm.markers, storm.seed).walk(ROUNDS)


def test_the_application_alone_holds(realm: Realm, storm: Storm) -> None:
    before = state(realm)
    with database_wall_down(realm):
        report, walk = attacked(storm)
    assert (short(report.complaints), walk.leaks) == ("", [])
    assert report.requests == REQUESTS
    assert state(realm) == before


def test_the_database_alone_holds(realm: Realm, storm: Storm) -> None:
    before = state(realm)
    with application_wall_down():
        assert everyone(realm) == {realm.own.tenant.id}
        report, walk = attacked(storm)
    assert (short(report.complaints), walk.leaks) == ("", [])
    assert report.requests == REQUESTS
    assert state(realm) == before


def test_every_query_stays_inside(realm: Realm, storm: Storm) -> None:
    before = state(realm)
    walk = Walker(realm, storm.markers, "abfragen").walk(rounds=8)
    assert walk.leaks == []
    assert len(walk.returned) > 60, sorted(walk.unbuilt)
    assert walk.calls > 600
    assert state(realm) == before


def test_without_both_walls_everything_leaks(realm: Realm, storm: Storm) -> None:
    """Zuletzt: was hier ausläuft, steht danach auch in den Zeilen des eigenen Mandanten."""
    with database_wall_down(realm), application_wall_down():
        assert everyone(realm) == {realm.own.tenant.id, realm.foreign.tenant.id}
        report, walk = attacked(storm)
        storm.look()
    shown = {text.split(" ")[3] for text in report.complaints if ": Zeichen " in text}
    # A page that meets a foreign row of a person breaks on its seal: the third wall, which stays up here.
    broken = {text.split(" ")[3] for text in report.complaints if ": Fehler 500" in text}
    assert "tenantdata.wage_type_list" in shown, "a page without anybody's facts has no third wall"
    assert len(shown | broken) > 20
    assert len(walk.leaks) > 20
