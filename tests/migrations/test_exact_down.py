"""Ein Schritt hinab stellt Funktionen, Auslöser, Regeln, Bedingungen und Rechte der Stufe darunter wieder her."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from alembic.script import ScriptDirectory

from migrations import runner
from tenants.db.engine import Dsns

Admin = psycopg.Connection[dict[str, Any]]
LOWEST = "0062"  # every step below it was walked the same way once; all of them take minutes
HELD = {
    "funktion": "SELECT oid::regprocedure::text AS name, pg_get_functiondef(oid) AS text "
                "FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'",
    "auslöser": "SELECT tgrelid::regclass || ' ' || tgname AS name, pg_get_triggerdef(oid) AS text FROM pg_trigger "
                "WHERE NOT tgisinternal",
    "regel": "SELECT tablename || ' ' || policyname AS name, concat_ws(' ', roles, cmd, permissive, qual, with_check) "
             "AS text FROM pg_policies",
    "bedingung": "SELECT conrelid::regclass || ' ' || conname AS name, pg_get_constraintdef(oid) AS text "
                 "FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'",
    "recht": "SELECT c.relname AS name, (SELECT string_agg(one::text, ' ' ORDER BY one::text) FROM unnest(relacl) one) "
             "AS text FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'v')",
}


def held(admin: Admin) -> dict[tuple[str, str], str]:
    """Was eine Stufe in der Datenbank hat, ohne die Zeilen."""
    return {(kind, row["name"]): row["text"] for kind, query in HELD.items() for row in admin.execute(query)}


def test_each_step_down_restores_exactly_what_was_there(database: Dsns, admin_of: Callable[[Dsns], Admin]) -> None:
    chain = [script.revision for script in ScriptDirectory.from_config(runner.config()).walk_revisions()]
    newest = chain[:chain.index(LOWEST) + 1]
    runner.downgrade(database.owner, LOWEST)
    admin, before = admin_of(database), dict[str, dict[tuple[str, str], str]]()
    for revision in reversed(newest):
        runner.upgrade(database.owner, revision)
        before[revision] = held(admin)
    wrong = {}
    for revision in newest[1:]:
        runner.downgrade(database.owner, revision)
        now = held(admin)
        different = {key: (before[revision].get(key), now.get(key)) for key in before[revision].keys() | now.keys()
                     if before[revision].get(key) != now.get(key)}
        if different:
            wrong[revision] = different
    assert wrong == {}
