"""Der Stand der Umbauten ist der Stand der Klassen, in jedem Raum."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from migrations import models, runner
from tenants.db import engine
from tenants.db.engine import Dsns

Connect = Callable[[Dsns], psycopg.Connection[dict[str, Any]]]

CONSTRAINTS = """
SELECT conrelid::regclass::text AS tab, conname AS name, pg_get_constraintdef(oid) AS text FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'p', 'u', 'f') AND conrelid <> 0
"""
COLUMNS = """
SELECT attrelid::regclass::text AS tab, attname AS name, concat_ws(' ', format_type(atttypid, atttypmod),
       CASE WHEN attnotnull THEN 'NOT NULL' END, nullif(attidentity, ''), nullif(attgenerated, ''),
       pg_get_expr(adbin, adrelid)) AS text
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
"""
INDEXES = """
SELECT tablename AS tab, indexname AS name, indexdef AS text FROM pg_indexes WHERE schemaname = 'public'
AND NOT EXISTS (SELECT FROM pg_constraint WHERE contype = 'x' AND conname = indexname)
"""


def shape(admin: psycopg.Connection[dict[str, Any]]) -> dict[tuple[str, str, str], str]:
    """Alles, was die Klassen von einer Tabelle sagen, in der Schreibweise der Datenbank."""
    return {
        (kind, row["tab"], row["name"]): row["text"]
        for kind, query in (("constraint", CONSTRAINTS), ("column", COLUMNS), ("index", INDEXES))
        for row in admin.execute(query)
        if row["tab"] != "alembic_version"
    }


def created(connection: Connection) -> None:
    models.load().create_all(connection)


def test_alembic_finds_no_difference(database: Dsns) -> None:
    with engine.connecting(database.owner) as connection:
        options = {"compare_type": True, "compare_server_default": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), models.load())
    assert differences == []


def test_columns_checks_keys_and_indexes_read_the_same(database: Dsns, empty_database: Dsns, admin_of: Connect) -> None:
    with engine.connecting(empty_database.owner) as connection, connection.begin():
        created(connection)
    migrated, declared = shape(admin_of(database)), shape(admin_of(empty_database))
    assert sorted(declared.keys() - migrated.keys()) == [], "in den Klassen, aber in keinem Umbau"
    assert sorted(migrated.keys() - declared.keys()) == [], "in einem Umbau, aber in keiner Klasse"
    assert {key: (migrated[key], text) for key, text in declared.items() if migrated[key] != text} == {}


def test_chain_has_one_head_and_files_carry_their_number() -> None:
    scripts = ScriptDirectory.from_config(runner.config())
    chain = list(scripts.walk_revisions())
    assert scripts.get_heads() == [runner.head()]
    assert [script.revision for script in reversed(chain)] == [f"{n:04d}" for n in range(1, len(chain) + 1)]
    for script in chain:
        assert Path(script.path).name.startswith(f"{script.revision}_")


def test_every_room_with_models_is_listed() -> None:
    root = Path(models.__file__).parent.parent
    found = {
        ".".join((*path.relative_to(root).parent.parts, "models"))
        for pattern in ("*/models.py", "*/models/__init__.py", "payroll/*/models.py", "payroll/*/models/__init__.py")
        for path in root.glob(pattern)
        for path in [path.parent if path.name == "__init__.py" else path]
        if not path.is_relative_to(root / "migrations") and "__tablename__" in text_of(path)
    }
    assert found - set(models.ROOMS) == {"tenants.audit.models"} & found, "in migrations/models.py eintragen"


def text_of(path: Path) -> str:
    files = path.rglob("*.py") if path.is_dir() else [path]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_newer_database_is_refused_with_the_remedy(database: Dsns) -> None:
    with engine.connecting(database.owner) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(runner.NewerDatabase, match=r"Stand 9999.*das neuere Programm benutzen"):
        runner.upgrade(database.owner)


def test_repeating_changes_nothing(database: Dsns) -> None:
    assert runner.upgrade(database.owner) == runner.head()
    assert runner.upgrade(database.owner) == runner.head()
