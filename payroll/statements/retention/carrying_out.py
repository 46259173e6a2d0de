"""Genehmigte Aufträge zum Löschen ausführen: alle Mandanten, je Auftrag eine Urkunde, danach Tabellen aufräumen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from payroll.statements.retention import service
from tenants import service as tenants
from tenants.db.engine import normalise
from tenants.db.session import platform_session
from tenants.retention.errors import DeletionRefused

if TYPE_CHECKING:
    from tenants.db.setup import Connected

WITH_RESULT = frozenset({"ergebniszeile", "wertebogen", "verrechnung", "drittzahlung", "rueckrechnung_zeile"})


def carry_out(connected: Connected, out: Path, actor: str) -> Iterator[tuple[str, int, Path]]:
    """Je ausgeführtem Auftrag: Nummer des Mandanten, gelöschte Zeilen, Urkunde in out.

    Raises DeletionRefused am Ende, wenn bei einem Mandanten gerade nicht gelöscht werden darf; die anderen sind getan.
    """
    with platform_session(actor=actor) as session:
        found = [(one.id, one.number) for one in tenants.list_tenants(session, state=None)]
    refused = []
    for tenant, number in found:
        try:
            made = service.run(tenant, actor)
        except DeletionRefused as why:
            refused.append(f"Arbeitgeber {number}: {why}")
            continue
        if made is None:
            continue
        out.mkdir(parents=True, exist_ok=True)
        file = out / f"loeschung-{number}-{made['order']['id']}.json"
        file.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        gone = [row for row in made["rows"] if row["stand"] == "deleted"]
        _sweep(connected.dsns.owner, {row["tabelle"] for row in gone})
        yield number, sum(row["zeilen"] for row in gone), file
    if refused:
        raise DeletionRefused("\n".join(refused))


def _sweep(owner: str, tables: set[str]) -> None:
    """Schreibt die Tabellen neu, damit Gelöschtes auch aus ihren Dateien verschwindet."""
    plain = normalise(owner).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for table in sorted(tables | (WITH_RESULT if "ergebnis" in tables else frozenset())):
            connection.execute(sql.SQL("VACUUM FULL {}").format(sql.Identifier(table)))
