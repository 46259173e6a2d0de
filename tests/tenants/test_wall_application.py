"""Die Mauer in der Anwendung allein: die Datenbank hält hier niemanden auf, jeder Weg wird versucht."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, column, delete, exists, func, insert, literal_column, select, table, text, update
from sqlalchemy.orm import DeclarativeBase, Session, aliased, joinedload, relationship, selectinload

from tenants import service
from tenants.db import bulk, engine, passwords
from tenants.db.base import TenantRow
from tenants.db.engine import Dsns
from tenants.db.errors import BorderError, RawStatementRefused, TenantMismatch, TenantMissing
from tenants.db.server import Server
from tenants.db.session import TenantSession, platform_session
from tenants.models.tenant import Tenant, TenantKey, TenantSetting
from tenants.models.user import SigninToken, User

Build = Callable[..., TenantSetting]
Row = TenantSetting
CORE = TenantSetting.__table__
Twin = aliased(TenantSetting)


class OwnRegistry(DeclarativeBase):
    """Eigene Abbildung, damit die Beziehung dieses Tests nirgends sonst gilt."""


class Room(TenantRow, OwnRegistry):
    __table__ = TenantKey.__table__


class Door(TenantRow, OwnRegistry):
    """Die Beziehung zeigt absichtlich über die Grenze: gleiche Version, gleich welcher Mandant."""

    __table__ = TenantKey.__table__
    rooms = relationship(Room, primaryjoin="Door.version == remote(foreign(Room.version))", viewonly=True, uselist=True)


def everything(bind: Engine) -> list[tuple[int, str]]:
    with bind.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT tenant_id, area FROM tenant_setting ORDER BY 1"))]


@pytest.fixture
def session(settings: tuple[int, int], only_application: TenantSession) -> TenantSession:
    return only_application


@pytest.fixture(scope="module")
def shared(fresh_database: Callable[[], AbstractContextManager[Dsns]], postgres: Server) -> Iterator[Engine]:
    """Eine Datenbank für alle Versuche, die nichts hinterlassen; die Mauer der Datenbank steht hier nicht."""
    with fresh_database() as dsns:
        with platform_session(actor="test") as session:
            tenants = [service.create_tenant(session, n, "Ort", "gemeinde").id for n in ("001", "002")]
        built = engine.build(postgres.dsn(passwords.SUPERUSER, str(engine.normalise(dsns.owner).database)))
        with Session(built) as plain:
            for tenant, area in zip(tenants, ("eigenes", "fremdes"), strict=True):
                values = {"content": {}, "valid_from": date(2026, 1, 1), "recorded_by": "anna"}
                plain.add(TenantSetting(tenant_id=tenant, area=area, **values))
            plain.commit()
        yield built
        built.dispose()


@pytest.fixture
def visitor(shared: Engine) -> Iterator[TenantSession]:
    """Sitzung des ersten Mandanten darin."""
    with TenantSession(shared) as session:
        session.info.update(tenant=1, actor="anna")
        yield session
        session.rollback()


READS: list[Any] = [
    select(Row.area),
    select(Row.area).where(Row.area == "fremdes").union_all(select(Row.area)),
    select(Twin.area),
    select(CORE.c.area).where(Row.id > 0),
    select(Row.area).join(Twin, Twin.valid_from == Row.valid_from),
    select(Twin.area).select_from(Row).join(Twin, Twin.valid_from == Row.valid_from),
    select(select(Row.area).subquery().c.area),
    select(select(Row.area).cte().c.area),
    select(aliased(Row, select(Row).subquery()).area),
    select(Row.area).where(Row.id.in_(select(Twin.id))),
    select(Row.area).where(Twin.area == "fremdes", Twin.valid_from == Row.valid_from),
    select(Row.area).where(Twin.area == "fremdes", TenantKey.id > Twin.id, TenantKey.id > Row.id),
    select(select(func.max(Twin.area)).scalar_subquery().label("area")).select_from(Row),
]


@pytest.mark.parametrize("statement", READS)
def test_reading_stays_inside(visitor: TenantSession, statement: Any) -> None:
    assert set(visitor.scalars(statement)) <= {"eigenes"}


def test_counting_existence_and_legacy_query_stay_inside(session: TenantSession) -> None:
    assert session.scalar(select(func.count()).select_from(Row)) == 1
    assert session.query(Row).count() == 1
    assert session.query(Row.area).all() == [("eigenes",)]
    foreign = exists().where(Row.area == "fremdes")
    assert session.scalars(select(TenantKey.id).where(foreign)).all() == []


def test_get_and_refresh_do_not_reach_over(
    session: TenantSession, two_tenants: tuple[int, int], settings: tuple[int, int]
) -> None:
    assert session.get(Row, (two_tenants[0], settings[0])) is not None
    assert session.get(Row, (two_tenants[1], settings[1])) is None
    assert [t.number for t in session.scalars(select(Tenant))] == ["001"]
    assert session.get(Tenant, two_tenants[1]) is None


@pytest.mark.parametrize("load", [None, joinedload, selectinload], ids=["lazy", "joined", "selectin"])
def test_relationship_across_the_border_loads_own_rows_only(session: TenantSession, load: Any) -> None:
    query = select(Door) if load is None else select(Door).options(load(Door.rooms))
    doors = session.scalars(query).unique().all()
    assert len(doors) == 2
    own = session.info["tenant"]
    assert {(room.tenant_id, room.purpose) for door in doors for room in door.rooms} == {(own, "data"), (own, "lookup")}


def test_update_and_delete_hit_own_rows_only(session: TenantSession, without_row_security: Engine) -> None:
    assert session.execute(update(Row).values(reason="x")).rowcount == 1
    assert session.execute(update(Row).where(Row.area == "fremdes").values(reason="x")).rowcount == 0
    assert session.execute(update(Row).where(Row.id.in_(select(Twin.id))).values(reason="y")).rowcount == 1
    assert session.execute(delete(Row)).rowcount == 1
    session.commit()
    assert [area for _, area in everything(without_row_security)] == ["fremdes"]


def test_tenant_of_a_row_does_not_change(session: TenantSession, two_tenants: tuple[int, int]) -> None:
    for values in ({"tenant_id": two_tenants[1]}, {Row.tenant_id: two_tenants[1]}):
        with pytest.raises(TenantMismatch):
            session.execute(update(Row).values(values))
    with pytest.raises(TenantMismatch):
        session.execute(update(Row).ordered_values((Row.tenant_id, two_tenants[1])))
    row = session.scalars(select(Row)).one()
    row.tenant_id = two_tenants[1]
    with pytest.raises(TenantMismatch):
        session.flush()


def test_insert_for_another_tenant_is_refused(
    session: TenantSession, two_tenants: tuple[int, int], setting: Build
) -> None:
    with pytest.raises(TenantMismatch):
        session.add(setting("geschmuggelt", tenant_id=two_tenants[1]))
    late = setting("geschmuggelt")
    session.add(late)
    late.tenant_id = two_tenants[1]
    with pytest.raises(TenantMismatch):
        session.flush()


def foreign_row(bind: Engine, identity: tuple[int, int]) -> TenantSetting:
    with Session(bind, expire_on_commit=False) as other:
        row = other.get_one(Row, identity)
        other.expunge(row)
        return row


def test_a_row_of_another_tenant_does_not_enter_the_session(
    session: TenantSession, without_row_security: Engine, two_tenants: tuple[int, int], settings: tuple[int, int]
) -> None:
    session.rollback()
    foreign = foreign_row(without_row_security, (two_tenants[1], settings[1]))
    for road in (session.add, session.delete):
        with pytest.raises(TenantMismatch):
            road(foreign)
    session.merge(foreign)
    with pytest.raises(TenantMismatch):
        session.flush()
    session.rollback()
    assert [area for _, area in everything(without_row_security)] == ["eigenes", "fremdes"]


RAW: list[tuple[str, Any]] = [
    ("text", text("SELECT area FROM tenant_setting")),
    ("text columns", text("SELECT area FROM tenant_setting").columns(Row.area)),
    ("from_statement", select(Row).from_statement(text("SELECT * FROM tenant_setting"))),
    ("core select", select(CORE.c.area)),
    ("core beside alias", select(Twin.area, CORE.c.area.label("b"))),
    ("update from", update(Row).where(Row.valid_from == Twin.valid_from).values(reason="x")),
    ("delete using", delete(Row).where(Row.id > TenantKey.id)),
    ("core in where", select(Row.area).where(Row.id == CORE.alias().c.id)),
    ("core subquery", select(Row.area).where(Row.id.in_(select(CORE.c.id)))),
    ("core cte", select(Row.area, select(CORE.c.area).cte().c.area.label("b"))),
    ("uncorrelated", select(Row.area, select(func.max(CORE.c.area)).correlate(None).scalar_subquery())),
    ("core join", select(Row.area).join(CORE, Row.id == Row.id)),
    ("class joined with core", select(Row.area).select_from(CORE.join(TenantKey.__table__, CORE.c.id > 0))),
    ("core insert", insert(CORE).values(area="x")),
    ("core update", update(CORE).values(area="x")),
    ("core delete", delete(CORE)),
    ("orm insert", insert(Row).values(area="x")),
    ("lightweight table", select(Row.area, column("area", _selectable=table("tenant_setting", column("area"))))),
    ("lightweight from", select(Row.id).select_from(table("tenant_setting"))),
    ("text in where", select(Row.area).where(text("true"))),
    ("text in order", select(Row.area).order_by(text("(SELECT 1)"))),
    ("literal column", select(Row.area, literal_column("(SELECT max(area) FROM tenant_setting)"))),
    ("literal in where", select(Row.area).where(literal_column("true OR true"))),
    ("prefix", select(Row.area).prefix_with("/* x */")),
    ("suffix", select(Row.area).suffix_with("UNION SELECT area FROM tenant_setting")),
    ("hint", select(Row.area).with_statement_hint("UNION SELECT area FROM tenant_setting")),
    ("set_config", select(Row.area, func.set_config("app.tenant", "2", True))),
    ("query_to_xml", select(Row.area, func.query_to_xml("SELECT 1", True, True, ""))),
    ("no class at all", select(func.now())),
    ("platform class", select(User)),
    ("platform class in subquery", select(Row).where(exists().where(SigninToken.id == Row.id))),
]


@pytest.mark.parametrize("statement", [s for _, s in RAW], ids=[name for name, _ in RAW])
def test_raw_statements_are_refused_in_every_dress(visitor: TenantSession, statement: Any) -> None:
    with pytest.raises(RawStatementRefused):
        visitor.execute(statement)


def test_the_wall_of_the_database_is_really_off_here(shared: Engine) -> None:
    assert [area for _, area in everything(shared)] == ["eigenes", "fremdes"]


def test_raw_roads_of_the_session_are_refused(session: TenantSession, setting: Build) -> None:
    with pytest.raises(RawStatementRefused):
        session.connection()
    with pytest.raises(RawStatementRefused):
        session.bulk_save_objects([setting("x")])
    with pytest.raises(RawStatementRefused):
        session.bulk_insert_mappings(Row, [{"area": "x"}])
    with pytest.raises(RawStatementRefused):
        session.bulk_update_mappings(Row, [{"area": "x"}])
    with pytest.raises(RawStatementRefused):
        session.execute(update(Row), [{"tenant_id": 1, "id": 1, "area": "x"}])
    with pytest.raises(RawStatementRefused):
        session.execute(insert(Row), [{"area": "x"}])


def test_platform_rows_are_not_written(session: TenantSession) -> None:
    session.add(User(login="x", display_name="x"))
    with pytest.raises(RawStatementRefused, match="schreibt nur die Plattform"):
        session.flush()


def test_bulk_door_sets_the_tenant_itself(
    session: TenantSession, without_row_security: Engine, two_tenants: tuple[int, int]
) -> None:
    columns = ("area", "content", "valid_from", "recorded_by", "reason")
    row = ("masse", {}, "2026-01-01", "anna", "")
    with pytest.raises(TenantMismatch):
        bulk.copy_rows(session, Row, ("tenant_id", *columns), [(two_tenants[1], *row)])
    with pytest.raises(ValueError, match="hat keine Spalte"):
        bulk.copy_rows(session, Row, ("area; DROP TABLE tenant",), [("x",)])
    with pytest.raises(TypeError):
        bulk.copy_rows(session, User, ("login",), [("x",)])  # type: ignore[type-var]  # wrong on purpose
    assert bulk.read_columns(session, select(Row.area)) == {"area": ["eigenes"]}
    with pytest.raises(RawStatementRefused):
        bulk.read_columns(session, select(CORE.c.area))


def test_no_tenant_no_session(without_row_security: Engine) -> None:
    for tenant in (None, 0, -1, True, "1"):
        with TenantSession(without_row_security) as session:
            session.info.update(tenant=tenant, actor="anna")
            with pytest.raises(TenantMissing):
                session.scalars(select(Row)).all()
            with pytest.raises(TenantMissing):
                session.bulk_connection()


def test_a_session_does_not_change_its_tenant(session: TenantSession, two_tenants: tuple[int, int]) -> None:
    session.scalars(select(Row)).all()
    session.info["tenant"] = two_tenants[1]
    with pytest.raises(BorderError, match="wechselt den Mandanten nicht"):
        session.scalars(select(Row)).all()
    session.info["tenant"] = two_tenants[0]


def test_cached_statements_do_not_remember_a_tenant(
    session: TenantSession, without_row_security: Engine, two_tenants: tuple[int, int]
) -> None:
    session.rollback()
    for tenant, area in zip(two_tenants * 2, ("eigenes", "fremdes") * 2, strict=True):
        with TenantSession(without_row_security) as other:
            other.info.update(tenant=tenant, actor="anna")
            assert other.scalars(select(Row.area)).all() == [area]
