"""Was an der Grenze steht: jede Klasse, jeder Weg, jede Verbindung des Vorrats."""

from __future__ import annotations

import re
import runpy
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from psycopg import sql
from realm import Realm
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.routing import IntegerConverter, Rule

from migrations import models
from payroll.masterdata.models import Person, PersonAngaben
from tenants.db import engine
from tenants.db.base import Base, PublicId, TenantRow, tenant_classes
from tenants.db.errors import TenantMissing
from tenants.db.session import TenantSession, tenant_session

REASONS = Path(__file__).parents[1] / "migrations" / "test_walls.py"
COUNTED = {"jahr": "Kalenderjahr",
           "zeile": "Stelle in der Liste der Zeilen eines Ergebnisses, keine Nummer aus der Datenbank"}


def test_every_class_carries_the_tenant_or_has_its_reason() -> None:
    """Die Liste der Ausnahmen mit ihren Gründen steht bei den Prüfungen der Tabellen; Klassen haben keine andere."""
    models.load()
    mapped = [mapper.class_ for mapper in Base.registry.mappers]
    outside = {model.__table__.name for model in mapped if not issubclass(model, TenantRow)}
    reasons = runpy.run_path(str(REASONS))["WITHOUT_TENANT"]
    assert outside - set(reasons) == set()
    assert all(len(reason) > 15 for reason in reasons.values())
    assert len(tenant_classes()) > 25


def test_missing_tenant_raises_before_anything_is_asked(realm: Realm) -> None:
    for tenant in (None, 0, -1, "1", True, 1.0):
        with pytest.raises(TenantMissing), tenant_session(tenant, actor="test"):  # type: ignore[arg-type]  # on purpose
            raise AssertionError
    with TenantSession(engine.current().app) as session, pytest.raises(TenantMissing):
        session.scalars(select(Person)).all()


def test_without_a_tenant_no_row_of_any_table_is_seen(realm: Realm) -> None:
    """Auch die Kette der Plattform (Mandant 0) nicht: den nimmt keine Sitzung an, siehe oben."""
    seen = {}
    with engine.current().app.connect() as connection:
        for tenant in ("", "2147483647"):
            connection.execute(select(func.set_config("app.tenant", tenant, False)))
            for model in tenant_classes():
                with connection.begin_nested() as point:
                    try:
                        count = connection.scalar(select(func.count()).select_from(model.__table__))
                    except DBAPIError as refused:
                        count = 0 if "permission denied" in str(refused) else 1
                        point.rollback()
                    seen[tenant, model.__name__] = count
        connection.rollback()
    assert len(seen) > 60
    assert {key: count for key, count in seen.items() if count} == {}


def test_no_address_carries_a_number_of_the_database(realm: Realm) -> None:
    counted = {}
    for rule in _rules(realm.app):
        counted |= {
            name: rule.rule
            for name, converter in rule._converters.items()
            if isinstance(converter, IntegerConverter) and name not in COUNTED
        }
        assert re.findall(r"<(?!uuid:)[a-z]*:?(mandant|person|ergebnis|dokument|befund)>", rule.rule) == [], rule.rule
    assert counted == {}


def test_public_ids_are_random(realm: Realm) -> None:
    """Fassung 4 der UUID: 122 Bit Zufall, keine Zeit, keine Maschine; keine zwei sind Nachbarn."""
    models.load()
    public = {m.class_.__tablename__ for m in Base.registry.mappers if issubclass(m.class_, PublicId)}
    found = {}
    with realm.superuser() as admin:
        for name in public:
            query = sql.SQL("SELECT public_id AS one FROM {} LIMIT 200").format(sql.Identifier(name))
            found[name] = [UUID(str(row["one"])) for row in admin.execute(query)]
    ids = sorted(one.int for held in found.values() for one in held)
    assert {one.version for held in found.values() for one in held} == {4}
    assert min(second - first for first, second in pairwise(ids)) > 2**64


def test_threads_and_broken_transactions_carry_no_tenant_over(realm: Realm) -> None:
    """Acht Fäden, zwei Verbindungen, jede dritte Transaktion bricht mittendrin ab."""
    shared = engine.build(realm.dsns.app, pool_size=2, max_overflow=0)
    sides, wrong, lock = (realm.own.tenant.id, realm.foreign.tenant.id), [], threading.Lock()

    def work(number: int) -> int:
        tenant = sides[number % 2]
        try:
            with tenant_session(tenant, actor="test", engine=shared) as session:
                seen = set(session.scalars(select(PersonAngaben.tenant_id)))
                if number % 3 == 0:
                    session.scalars(select(1 / (Person.id - Person.id))).all()
                if number % 5 == 0:
                    raise ZeroDivisionError
        except (DBAPIError, ZeroDivisionError):
            seen = {tenant}
        with shared.connect() as plain:
            left = plain.scalar(text("SELECT coalesce(current_setting('app.tenant', true), '')"))
            rows = plain.scalar(text("SELECT count(*) FROM person_angaben"))
        if seen != {tenant} or left or rows:
            with lock:
                wrong.append((number, seen, left, rows))
        return 1

    with ThreadPoolExecutor(8) as pool:
        done = sum(pool.map(work, range(400)))
    shared.dispose()
    assert (done, wrong) == (400, [])


def _rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())
