"""Datenbank einrichten: Rollen, Datenbank und Umbauten, beliebig oft wiederholbar.

connect() ist der gewöhnliche Eingang. Er nimmt, was gegeben ist, in dieser Reihenfolge:
KREISLOHN_DATABASE_URL_APP, _PLATFORM und _OWNER (fertig eingerichtete Rollen), KREISLOHN_DATABASE_URL (eine Rolle, die
Rollen und Datenbanken anlegen darf), sonst den eingebetteten Server im Datenverzeichnis.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from migrations import runner
from tenants.db import engine, passwords, server
from tenants.db.binaries import ServerError
from tenants.db.engine import APP, OWNER, PLATFORM, Dsns
from tenants.db.server import Server

ENV_URL = "KREISLOHN_DATABASE_URL"
DATABASE = "kreislohn"
OLDEST = 15


@dataclass
class Connected:
    """Adressen der fertigen Datenbank; server ist der eingebettete, falls es einer ist."""

    dsns: Dsns
    server: Server | None = None

    def stop(self) -> None:
        """Schließt die Verbindungen und beendet den Server, wenn dieser Prozess ihn gestartet hat."""
        engine.dispose()
        if self.server is not None:
            self.server.stop()


def connect(
    data_dir: Path | str, *, settings: Mapping[str, str] | None = None, longest: timedelta = engine.LONGEST_STATEMENT
) -> Connected:
    """Findet oder startet die Datenbank, bringt sie auf Stand und richtet die Verbindungen des Prozesses ein."""
    given = [os.environ.get(f"{ENV_URL}_{part}") for part in ("OWNER", "APP", "PLATFORM")]
    url = os.environ.get(ENV_URL)
    running = None
    if all(given):
        dsns = Dsns(*(str(dsn) for dsn in given))
        runner.upgrade(dsns.owner)
    elif any(given):
        raise ServerError(f"{ENV_URL}_OWNER, {ENV_URL}_APP und {ENV_URL}_PLATFORM nur zusammen angeben.")
    elif url:
        dsns = prepare(url, state_dir=data_dir)
    else:
        running = server.start(data_dir, settings=settings)
        dsns = prepare(running)
    engine.configure(dsns.app, dsns.platform, longest=longest)
    return Connected(dsns, running)


def prepare(
    where: Server | str, *, database: str | None = None, state_dir: Path | str | None = None, migrate: bool = True
) -> Dsns:
    """Legt Rollen und Datenbank an, soweit sie fehlen, und führt die Umbauten aus.

    where ist ein laufender Server oder die Adresse einer Rolle, die Rollen und Datenbanken anlegen darf; dann liegen
    die vergebenen Kennwörter in state_dir.
    """
    if isinstance(where, Server):
        name = database or DATABASE
        secrets, admin = where.secrets, where.dsn(passwords.SUPERUSER, "postgres")
        dsns = Dsns(*(where.dsn(role, name) for role in (OWNER, APP, PLATFORM)))
        known = True
    else:
        if state_dir is None:
            raise ServerError("Für eine fremde Datenbank braucht es ein Verzeichnis für die Kennwörter (state_dir).")
        file = Path(state_dir) / "passwords.json"
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        known = passwords.exist(file)
        secrets, admin = passwords.load_or_create(file), _plain(where)
        name = database or make_url(admin).database or DATABASE
        dsns = Dsns(*(_with(admin, role, secrets[role], name) for role in (OWNER, APP, PLATFORM)))
    with _entrance(admin) as connection:
        _require_version(connection)
        _roles(connection, secrets, known=known)
        _database(connection, name)
    grant_database(_with_database(admin, name), name)
    if migrate:
        runner.upgrade(dsns.owner)
    return dsns


def grant_database(admin: str, name: str) -> None:
    """Rechte an der Datenbank selbst; eine Kopie aus einer Vorlage erbt sie nicht."""
    database = sql.Identifier(name)
    with _admin(admin) as connection:
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}, {}, {}").format(
                database, sql.Identifier(OWNER), sql.Identifier(APP), sql.Identifier(PLATFORM)
            )
        )
        connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(database, sql.Identifier(OWNER)))
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        connection.execute(
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}, {}").format(sql.Identifier(APP), sql.Identifier(PLATFORM))
        )
        connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))


def _entrance(admin: str) -> psycopg.Connection[tuple[object, ...]]:
    """Verbindung zum Anlegen der Datenbank: über „postgres“, denn die genannte gibt es vielleicht noch nicht."""
    try:
        return psycopg.connect(_with_database(admin, "postgres"), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError:
        return _admin(admin)


def _admin(dsn: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(dsn, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        cause = " ".join(str(error).split()).rstrip("?.")
        raise ServerError(f"Die Datenbank ist nicht erreichbar: {cause}. {ENV_URL} prüfen.") from error


def _require_version(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    major = connection.info.server_version // 10000
    if major < OLDEST:
        raise ServerError(f"PostgreSQL {major} ist zu alt: mindestens Version {OLDEST} bereitstellen.")


def _roles(connection: psycopg.Connection[tuple[object, ...]], secrets: Mapping[str, str], *, known: bool) -> None:
    for role in (OWNER, APP, PLATFORM):
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        if exists and not known:
            raise ServerError(
                f"Die Rolle {role} gibt es schon, ihr Kennwort ist hier nicht bekannt. Die Datei passwords.json der "
                f"ersten Maschine übernehmen oder {ENV_URL}_OWNER, _APP und _PLATFORM angeben."
            )
        if not exists:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(secrets[role])
                )
            )


def _database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        return
    connection.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name)))


def _plain(dsn: str) -> str:
    return engine.normalise(dsn).set(drivername="postgresql").render_as_string(hide_password=False)


def _with(admin: str, role: str, password: str, database: str) -> str:
    url = make_url(admin).set(username=role, password=password, database=database)
    return url.render_as_string(hide_password=False)


def _with_database(admin: str, database: str) -> str:
    return make_url(admin).set(database=database).render_as_string(hide_password=False)
