"""Sichern und Zurückspielen: eine Datei hinaus, eine geprüfte Datenbank hinein."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import select

from migrations import runner
from tenants import audit, service
from tenants.audit.export import verify_database
from tenants.backup import container, tools
from tenants.backup import manifest as manifests
from tenants.backup.container import BackupError, SealedWriter
from tenants.backup.manifest import Manifest
from tenants.db import engine
from tenants.db.engine import Dsns, normalise
from tenants.db.session import platform_session, tenant_session
from tenants.models.tenant import TenantKey
from tenants.security import masterkey
from tenants.security.keys import unwrap

ENV_BACKUP = "KREISLOHN_DATABASE_URL_BACKUP"


@dataclass(frozen=True)
class Restored:
    """Ergebnis einer geprüften Rückkehr; rows_checked: Zeilen je Tabelle wurden mit dem Verzeichnis verglichen."""

    manifest: Manifest
    tenants: int
    entries: int
    rows_checked: bool


def backup(dsn: str, target: Path, *, actor: str) -> Manifest:
    """Sichert die Datenbank in eine neue Datei (Modus 0600); dsn ist eine Rolle, die alle Zeilen sieht."""
    if target.exists():
        raise BackupError(f"{target} gibt es schon: einen anderen Namen wählen, Sicherungen werden nie überschrieben.")
    with _connected(dsn) as connection:
        if not manifests.sees_everything(connection):
            raise BackupError(
                f"Die Rolle {connection.info.user} sieht nicht alle Zeilen, die Sicherung wäre lückenhaft. Abhilfe: "
                "„CREATE ROLE sicherung LOGIN BYPASSRLS IN ROLE pg_read_all_data“ ausführen und ihre Adresse mit "
                f"{ENV_BACKUP} angeben."
            )
        with platform_session(actor=actor) as session:
            audit.record(session, "sicherung.erstellt", target.name, {"hauptschluessel": masterkey.current().key_id})
        return _written(connection, dsn, target)


def _written(connection: manifests.Connection, dsn: str, target: Path) -> Manifest:
    major = connection.info.server_version // 10000
    tool = tools.version_for(major)
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    row = connection.execute("SELECT pg_export_snapshot()").fetchone()
    made = manifests.taken(connection, tool)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.teil")
    unfinished.unlink(missing_ok=True)
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            writer = SealedWriter(file, masterkey.current())
            writer.write(made.pack())
            for chunk in tools.dump(dsn, major, str(row[0]) if row else ""):
                writer.write(chunk)
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    except OSError as error:
        raise BackupError(
            f"{target} lässt sich nicht schreiben ({error.strerror}): Platz und Rechte prüfen und noch einmal sichern. "
            "Eine halbe Sicherung bleibt nicht liegen."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return made


def inspect(source: Path) -> Manifest:
    """Öffnet die ganze Sicherung, prüft jedes Stück und gibt das Verzeichnis; die Datenbank bleibt unberührt."""
    try:
        with source.open("rb") as file:
            made, content = manifests.split(container.opened(file, masterkey.current()))
            for _ in content:
                pass
    except OSError as error:
        raise BackupError(f"{source} lässt sich nicht lesen ({error.strerror}): Pfad und Rechte prüfen.") from error
    if made.revision > runner.head():
        raise BackupError(
            f"Die Sicherung hat den Stand {made.revision}, das Programm kennt nur {runner.head()}: das neuere Programm "
            "benutzen."
        )
    return made


def restore(source: Path, dsns: Dsns, *, actor: str, observer: str | None = None) -> Restored:
    """Spielt eine geprüfte Sicherung in eine leere, vorbereitete Datenbank ein und prüft das Ergebnis.

    observer ist eine Rolle, die alle Zeilen sieht; ohne sie werden die Zeilen je Tabelle nicht nachgezählt.
    """
    made = inspect(source)
    with _connected(dsns.owner) as connection:
        major = connection.info.server_version // 10000
        if manifests.counted(connection):
            raise BackupError("Die Datenbank ist nicht leer: ein neues Verzeichnis oder eine leere Datenbank angeben.")
    if major < made.postgres:
        raise BackupError(f"Die Sicherung stammt von PostgreSQL {made.postgres}, hier läuft {major}: neueres nehmen.")
    with source.open("rb") as file:
        _, content = manifests.split(container.opened(file, masterkey.current()))
        tools.restore(dsns.owner, max(major, made.tool), content)
    checked = _rows_agree(observer, made) if observer else False
    runner.upgrade(dsns.owner)
    engine.configure(dsns.app, dsns.platform)
    tenants, entries = _chains_agree(made, actor)
    with platform_session(actor=actor) as session:
        audit.record(session, "sicherung.eingespielt", source.name, {"stand": made.created, "zeilen": made.rows})
    return Restored(made, tenants, entries, checked)


def _rows_agree(observer: str, made: Manifest) -> bool:
    with _connected(observer) as connection:
        if not manifests.sees_everything(connection):
            return False
        found = manifests.counted(connection)
    wrong = sorted(name for name in made.tables.keys() | found.keys() if made.tables.get(name) != found.get(name))
    if wrong:
        raise BackupError(f"Nicht alle Zeilen sind angekommen ({', '.join(wrong)}): nicht in Betrieb nehmen.")
    return True


def _chains_agree(made: Manifest, actor: str) -> tuple[int, int]:
    """Jede Kette hält und endet, wo sie bei der Sicherung endete; jeder Schlüssel lässt sich auswickeln.

    Gibt die Zahl der Mandanten und der Einträge.
    """
    with platform_session(actor=actor) as session:
        verdicts = {"0": verify_database(session)}
        tenants = [t.id for t in service.list_tenants(session, state=None)]
    for tenant in tenants:
        with tenant_session(tenant, actor=actor) as session:
            verdicts[str(tenant)] = verify_database(session)
            for row in session.scalars(select(TenantKey)):
                unwrap(row, masterkey.current())
    broken = [
        tenant
        for tenant, verdict in verdicts.items()
        if verdict.breaks or (verdict.entries and (verdict.entries, verdict.last_hash) != made.chains.get(tenant))
    ]
    if broken or made.chains.keys() - verdicts.keys():
        raise BackupError(f"Das Protokoll stimmt nicht mit der Sicherung überein (Mandant {', '.join(broken)}).")
    return len(tenants), sum(verdict.entries for verdict in verdicts.values())


@contextmanager
def _connected(dsn: str) -> Iterator[manifests.Connection]:
    plain = normalise(dsn).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = psycopg.connect(plain, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        cause = " ".join(str(error).split()).rstrip("?.")
        raise BackupError(f"Die Datenbank ist nicht erreichbar: {cause}. Adresse und Kennwort prüfen.") from error
    try:
        yield connection
    finally:
        connection.close()
