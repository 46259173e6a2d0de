"""Umbauten ausführen: hinauf zum Stand des Programms oder hinab, ohne Einstellungsdatei."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text

from tenants.db import engine

LOCK = 0x4B524D  # "KRM": one process migrates at a time
# A temporary table is found before a real one of the same name: without a path of their own the functions behind
# the triggers would ask a table that the caller made up a moment ago.
FIXED_PATHS = """
DO $$ DECLARE funktion regprocedure; BEGIN
    FOR funktion IN SELECT oid FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND pg_get_userbyid(proowner) = current_user AND prokind = 'f'
          AND NOT coalesce(proconfig, '{}') @> ARRAY['search_path=pg_catalog, public, pg_temp']
    LOOP EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', funktion); END LOOP;
END $$
"""


class NewerDatabase(RuntimeError):
    """Die Datenbank ist neuer als das Programm."""


def config(connection: Connection | None = None) -> Config:
    """Einstellungen von Alembic im Code; connection ist die Verbindung, auf der umgebaut wird."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


def head() -> str:
    """Stand, den das Programm erwartet."""
    return str(ScriptDirectory.from_config(config()).get_current_head())


def upgrade(dsn: str, revision: str = "head") -> str:
    """Baut die Datenbank auf den Stand des Programms um und nennt den erreichten Stand."""
    return _run(dsn, "upgrade", revision)


def downgrade(dsn: str, revision: str) -> str:
    """Baut die Datenbank auf einen früheren Stand zurück; „base“ entfernt alles."""
    return _run(dsn, "downgrade", revision)


def current(connection: Connection) -> str | None:
    """Stand der Datenbank."""
    return MigrationContext.configure(connection).get_current_revision()


def _run(dsn: str, direction: str, revision: str) -> str:
    with engine.connecting(dsn) as connection, connection.begin():
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        now = current(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
        if now is not None and now not in known:
            raise NewerDatabase(
                f"Die Datenbank hat den Stand {now}, das Programm kennt ihn nicht: das neuere Programm benutzen "
                "oder die Sicherung vor dem Umbau zurückspielen."
            )
        run = command.upgrade if direction == "upgrade" else command.downgrade
        run(config(connection), revision)
        connection.execute(text(FIXED_PATHS))
        return current(connection) or "base"
