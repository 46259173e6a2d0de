"""Hinab und wieder hinauf mit Zeilen in jeder Tabelle: Älteres bleibt unberührt, am Ende bleibt nichts zurück."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import psycopg
from alembic.script import ScriptDirectory

from migrations import runner
from tenants.db.engine import Dsns

Admin = psycopg.Connection[dict[str, Any]]
ROWS_ONLY = {"0071"}  # says something about rows that older versions read as well, and adds nothing


def rows(admin: Admin) -> dict[str, list[Any]]:
    names = admin.execute(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
        "AND relname <> 'alembic_version'"
    ).fetchall()
    return {
        row["name"]: [found["row"] for found in admin.execute(f'SELECT to_jsonb(t) AS row FROM "{row["name"]}" t')]
        for row in names
    }


def rules(admin: Admin) -> set[str]:
    """Schlüssel, Prüfungen und Rechte aller Tabellen und die Funktionen, wie die Datenbank sie schreibt."""
    found = admin.execute("SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS rule "
                          "FROM pg_constraint WHERE connamespace = 'public'::regnamespace UNION ALL "
                          "SELECT relname || ' ' || relacl::text FROM pg_class WHERE relkind = 'r' "
                          "AND relnamespace = 'public'::regnamespace AND relacl IS NOT NULL UNION ALL "
                          "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE prokind = 'f' "
                          "AND pronamespace = 'public'::regnamespace").fetchall()
    return {row["rule"] for row in found}


def test_each_step_down_and_up_keeps_what_is_older(
    database: Dsns, admin_of: Callable[[Dsns], Admin], fill: Callable[[Admin], list[str]]
) -> None:
    admin = admin_of(database)
    tables = fill(admin)
    full, held = rows(admin), rules(admin)
    assert sorted(full) == tables
    assert all(len(found) == 1 for found in full.values())
    chain = [script.revision for script in ScriptDirectory.from_config(runner.config()).walk_revisions()]
    for upper, lower in pairwise([*chain, "base"]):
        assert runner.downgrade(database.owner, lower) == lower
        kept, before = rows(admin), rules(admin)
        assert kept.keys() <= full.keys()
        assert ((kept, before) != (full, held)) == (upper not in ROWS_ONLY), "ein Schritt nimmt etwas weg"
        assert shared(kept, full) == kept
        full, held = kept, before
    assert rows(admin) == {}
    assert leftovers(admin) == []
    assert runner.upgrade(database.owner) == runner.head()
    assert sorted(rows(admin)) == tables
    assert fill(admin) == tables


def test_up_again_with_rows_below(
    database: Dsns, admin_of: Callable[[Dsns], Admin], fill: Callable[[Admin], list[str]]
) -> None:
    admin = admin_of(database)
    runner.downgrade(database.owner, "0001")
    fill(admin)
    before = rows(admin)
    runner.upgrade(database.owner)
    after = rows(admin)
    assert shared(before, after) == before


def shared(kept: dict[str, list[Any]], full: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Die verbliebenen Tabellen mit den Spalten, die sie noch haben; was ein Rückbau wieder öffnet, ist neu."""
    return {
        name: [{key: full[name][i].get(key, row[key]) for key in row} for i, row in enumerate(found)]
        for name, found in kept.items()
    }


def leftovers(admin: Admin) -> list[str]:
    """Gegenstände, die ein vollständiger Rückbau hätte entfernen müssen."""
    found = admin.execute(
        "SELECT proname AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace UNION ALL "
        "SELECT typname FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND typname !~ 'alembic_version' "
        "UNION ALL SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relname !~ '^alembic_version'"
    ).fetchall()
    return sorted(row["name"] for row in found)
