"""Die Mauer in der Datenbank allein: ohne Wächter, mit freiem SQL unter der Rolle der Anwendung."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, delete, func, insert, literal, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from tenants.db import engine
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.models.tenant import Tenant, TenantKey, TenantSetting
from tenants.models.user import Mandate, User
from tenants.users import service as users

Build = Callable[..., TenantSetting]
Row = TenantSetting


@pytest.fixture
def session(settings: tuple[int, int], only_database: Session) -> Session:
    return only_database


def test_reading_shows_own_rows_only(session: Session, two_tenants: tuple[int, int], settings: tuple[int, int]) -> None:
    assert session.scalars(select(Row.area)).all() == ["eigenes"]
    assert session.scalars(text("SELECT area FROM tenant_setting")).all() == ["eigenes"]
    assert session.get(Row, (two_tenants[1], settings[1])) is None
    assert session.scalars(select(Tenant.number)).all() == ["001"]
    assert session.scalars(select(TenantKey.tenant_id).distinct()).all() == [two_tenants[0]]
    assert session.scalar(text("SELECT count(*) FROM (TABLE tenant_setting) t")) == 1


def test_writing_hits_own_rows_only(session: Session) -> None:
    assert session.execute(update(Row).values(reason="x")).rowcount == 1
    assert session.execute(text("UPDATE tenant_setting SET reason = 'y' WHERE area = 'fremdes'")).rowcount == 0
    assert session.execute(delete(Row).where(Row.area == "fremdes")).rowcount == 0
    assert session.execute(text("DELETE FROM tenant_setting")).rowcount == 1


def test_inserting_for_another_tenant_is_refused(
    session: Session, two_tenants: tuple[int, int], setting: Build
) -> None:
    session.add(setting("geschmuggelt", tenant_id=two_tenants[1]))
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.flush()


def test_merging_and_upserting_a_foreign_row_is_refused(
    session: Session, two_tenants: tuple[int, int], settings: tuple[int, int], setting: Build
) -> None:
    session.merge(setting("geschmuggelt", tenant_id=two_tenants[1], id=settings[1]))
    with pytest.raises(DBAPIError):
        session.flush()


def test_trigger_keeps_the_tenant_even_where_the_policy_would_not(
    without_row_security: Engine, settings: tuple[int, int], two_tenants: tuple[int, int]
) -> None:
    with without_row_security.connect() as connection:
        move = text("UPDATE tenant_setting SET tenant_id = :t WHERE area = 'eigenes'")
        with pytest.raises(IntegrityError, match="lässt sich nicht ändern"):
            connection.execute(move, {"t": two_tenants[1]})
        connection.rollback()
        assert connection.execute(move, {"t": two_tenants[0]}).rowcount == 1


@pytest.mark.parametrize("tenant", [None, "", "0", "999"])
def test_without_tenant_nothing_is_seen_and_nothing_written(
    app_engine: Engine, settings: tuple[int, int], setting: Build, tenant: str | None
) -> None:
    with Session(app_engine) as session:
        if tenant is not None:
            session.execute(select(func.set_config("app.tenant", tenant, True)))
        assert session.scalars(select(Row)).all() == []
        assert session.scalars(select(Tenant)).all() == []
        session.add(setting("verwaist", tenant_id=1))
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.flush()


def test_a_tenant_that_is_no_number_is_an_error(app_engine: Engine, settings: tuple[int, int]) -> None:
    with Session(app_engine) as session:
        session.execute(select(func.set_config("app.tenant", "1 OR true", True)))
        with pytest.raises(DBAPIError, match="invalid input syntax"):
            session.scalars(select(Row)).all()


ESCAPES = [
    "ALTER TABLE tenant_setting DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE tenant_setting NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE tenant_setting DISABLE TRIGGER mandant_bleibt",
    "DROP POLICY mandant ON tenant_setting",
    "CREATE POLICY alles ON tenant_setting USING (true)",
    "DROP TABLE tenant_setting",
    "TRUNCATE tenant_setting",
    "SET ROLE kreislohn_owner",
    "SET SESSION AUTHORIZATION kreislohn_owner",
    "SET ROLE kreislohn_platform",
    "ALTER ROLE kreislohn_app BYPASSRLS",
    "CREATE ROLE hintertuer SUPERUSER",
    "SET session_replication_role = replica",
    "CREATE TABLE public.nebenan (id int)",
    "CREATE VIEW public.nebenan AS SELECT * FROM tenant_setting",
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "COPY tenant_setting TO '/tmp/x'",
    "COPY tenant_setting TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
    "SET LOCAL row_security = off; SELECT * FROM tenant_setting",
    "SELECT * FROM user_account",
    "SELECT * FROM signin_token",
    "SELECT * FROM signin_attempt",
    "SELECT * FROM alembic_version",
    "SELECT rolpassword FROM pg_authid",
    "INSERT INTO tenant (number, name, kind) VALUES ('x', 'x', 'kreis')",
    "UPDATE tenant SET name = 'x'",
    "DELETE FROM tenant_key",
    "UPDATE tenant_key SET wrapped = ''",
    "INSERT INTO mandate (tenant_id, user_id, role, valid_from, created_by) VALUES (1, 1, 'head', now(), 'x')",
    "UPDATE audit_entry SET actor = 'x'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
]


def test_the_application_has_no_way_out(session: Session) -> None:
    came_through = []
    for statement in ESCAPES:
        point = session.begin_nested()
        try:
            session.execute(text(statement))
        except DBAPIError:
            point.rollback()
        else:
            came_through.append(statement)
            point.rollback()
    assert came_through == []


def test_bulk_insert_select_between_tenants_is_refused(session: Session, two_tenants: tuple[int, int]) -> None:
    copy = insert(Row).from_select(
        ["tenant_id", "area", "content", "valid_from", "recorded_by"],
        select(literal(two_tenants[1]), Row.area, Row.content, Row.valid_from, Row.recorded_by),
    )
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(copy)


def test_the_pool_does_not_carry_a_tenant_over(
    app_engine: Engine, settings: tuple[int, int], two_tenants: tuple[int, int]
) -> None:
    """Ein Vorrat mit einer einzigen Verbindung: was die erste Sitzung hinterlässt, fände die zweite."""
    seen: list[int] = []

    def look() -> tuple[str, int]:
        with app_engine.connect() as connection:
            seen.append(connection.scalar(text("SELECT pg_backend_pid()")) or 0)
            left = connection.scalar(text("SELECT coalesce(current_setting('app.tenant', true), '')"))
            return left, connection.scalar(text("SELECT count(*) FROM tenant_setting")) or 0

    with tenant_session(two_tenants[0], actor="anna", engine=app_engine) as session:
        assert session.scalars(select(Row.area)).all() == ["eigenes"]
    assert look() == ("", 0)
    with pytest.raises(DBAPIError), tenant_session(two_tenants[0], actor="anna", engine=app_engine) as session:
        session.scalars(select(Row).order_by(1 / (Row.id - Row.id))).all()
    assert look() == ("", 0)
    with tenant_session(two_tenants[1], actor="anna", engine=app_engine) as session:
        assert session.scalars(select(Row.area)).all() == ["fremdes"]
        session.commit()
        assert session.scalars(select(Row.area)).all() == ["fremdes"]
        session.rollback()
        with session.begin_nested():
            assert session.scalars(select(Row.area)).all() == ["fremdes"]
    assert look() == ("", 0)
    assert len(set(seen)) == 1


def test_platform_reads_no_pay_data_and_writes_no_foreign_chain(
    two_tenants: tuple[int, int], settings: tuple[int, int]
) -> None:
    refused = (
        "SELECT * FROM tenant_setting",
        "DELETE FROM tenant",
        "UPDATE audit_entry SET actor = 'x'",
    )
    for statement in refused:
        with platform_session(actor="test") as session, pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(statement))
    with platform_session(actor="test") as session:
        chains = session.scalars(text("SELECT DISTINCT tenant_id FROM audit_entry")).all()
    assert chains == [0]


def test_platform_deletes_no_account_without_an_order_of_two(two_tenants: tuple[int, int]) -> None:
    with platform_session(actor="test") as session:
        users.create_user(session, "bleibt", "Bleibt")
    with platform_session(actor="test") as session, pytest.raises(IntegrityError, match="zwei Menschen"):
        session.execute(text("DELETE FROM user_account"))


def test_a_mandate_names_a_tenant_that_exists(two_tenants: tuple[int, int]) -> None:
    with platform_session(actor="test") as session:
        user: User = users.create_user(session, "anna", "Anna")
    with pytest.raises(IntegrityError, match="fk_mandate_tenant_id"), platform_session(actor="test") as session:
        session.add(Mandate(tenant_id=4711, user_id=user.id, role="clerk", valid_from=date(2026, 1, 1), created_by="x"))


def test_a_made_up_table_does_not_answer_for_a_real_one(two_tenants: tuple[int, int]) -> None:
    """Vorläufige Tabellen stehen im Suchpfad vor den echten; die Auslöser fragen trotzdem die echten.

    Quelle: PostgreSQL, „CREATE FUNCTION“, Abschnitt über sichere Funktionen: pg_temp ausdrücklich ans Ende.
    """
    with platform_session(actor="verwaltung") as session:
        users.create_user(session, "anna", "Anna")
    with platform_session(actor="anna") as session:
        user = session.scalars(select(User).where(User.login == "anna")).one()
        session.execute(text("CREATE TEMP TABLE user_account (id bigint, login text) ON COMMIT DROP"))
        row = {"tenant_id": two_tenants[0], "user_id": user.id, "role": "head", "valid_from": date(2026, 1, 1)}
        with pytest.raises(IntegrityError, match="niemand erteilt sich selbst"):
            session.execute(insert(Mandate).values(**row, created_by="anna"))
        session.rollback()


def test_the_database_ends_a_statement_that_takes_too_long(database: Dsns) -> None:
    short = engine.build(database.app, pool_size=1, max_overflow=0, longest=timedelta(milliseconds=50))
    with short.connect() as connection:
        for _again in range(2):  # the limit outlives the transaction that it ended
            with pytest.raises(OperationalError, match="statement timeout"):
                connection.execute(text("SELECT pg_sleep(20)"))
            connection.rollback()
    short.dispose()


@pytest.mark.parametrize("pool", ["app", "platform"])
def test_every_connection_of_the_process_has_the_limit(database: Dsns, pool: str) -> None:
    engine.configure(database.app, database.platform, longest=timedelta(minutes=1))
    with getattr(engine.current(), pool).connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "1min"
