"""Entfernen in zwei Schritten: ein Umbau nimmt der Fassung davor nichts weg, außer er steht mit Grund in der Liste.

Wer in der Liste steht, braucht ein Wartungsfenster; aktualisieren.md nennt dieselben Nummern.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from alembic.script import ScriptDirectory

from migrations import runner
from tenants.db.engine import Dsns

Connect = Callable[[Dsns], psycopg.Connection[dict[str, Any]]]
PAGE = Path(__file__).parents[2] / "docs" / "betrieb" / "aktualisieren.md"
COLUMNS = """
SELECT c.relname AS tab, a.attname AS col, format_type(a.atttypid, a.atttypmod) AS kind, a.attnotnull AS wanted,
       a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '' AS given
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""


def columns(admin: psycopg.Connection[dict[str, Any]]) -> dict[tuple[str, str], tuple[str, bool, bool]]:
    """Spalte zu Art, ob sie etwas verlangt, ob die Datenbank es selbst gibt."""
    return {(row["tab"], row["col"]): (row["kind"], row["wanted"], row["given"]) for row in admin.execute(COLUMNS)}


def taken(before: dict[tuple[str, str], tuple[str, bool, bool]],
          after: dict[tuple[str, str], tuple[str, bool, bool]]) -> list[str]:
    """Was eine Fassung, die before kennt, an after nicht mehr lesen oder schreiben kann."""
    tables = {table for table, _ in before}
    found = [f"{table}.{column} fehlt" for table, column in before.keys() - after.keys()]
    for (table, column), (kind, wanted, given) in after.items():
        known = before.get((table, column))
        if known is not None and known[0] != kind:
            found.append(f"{table}.{column} wurde {kind}")
        demanded = wanted and not given and table in tables
        if demanded and (known is None or not known[1] or known[2]):
            found.append(f"{table}.{column} wird verlangt")
    return sorted(found)


def test_a_rebuild_takes_nothing_from_the_version_before(empty_database: Dsns, admin_of: Connect) -> None:
    chain = [script.revision for script in reversed(list(
        ScriptDirectory.from_config(runner.config()).walk_revisions()))]
    runner.upgrade(empty_database.owner, chain[0])
    admin, found = admin_of(empty_database), dict[str, list[str]]()
    before = columns(admin)
    for revision in chain[1:]:
        runner.upgrade(empty_database.owner, revision)
        after = columns(admin)
        if wrong := taken(before, after):
            found[revision] = wrong
        before = after
    listed = re.findall(r"^\| (\d{4}) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(found) == listed, found
