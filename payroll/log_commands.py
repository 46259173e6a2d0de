"""``kreislohn audit values``: die versiegelten Werte des Protokolls, geöffnet, für Prüfende mit dem Recht daran."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from tenants.commands import site, stated
from tenants.counting import counted

Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
DAY = click.DateTime(formats=["%Y-%m-%d"])
OUT = click.Path(dir_okay=False, path_type=Path)
BATCH = 500


def register(group: click.Group, acting: Acting) -> None:
    """Hängt den Befehl an ``audit``."""

    @group.command("values")
    @click.option("--tenant", required=True, help="Nummer des Arbeitgebers.")
    @click.option("--actor", required=True, help="Anmeldename; deren Rechte bestimmen, was offen ist.")
    @click.option("--from", "first", type=DAY, required=True, help="Erster Tag.")
    @click.option("--to", "last", type=DAY, default=None, help="Letzter Tag; Vorgabe heute.")
    @click.option("--out", type=OUT, required=True, help="Neue Datei (JSON-Zeilen).")
    @click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
    @click.option("--data", type=site.DATA_DIR, default=Path("var"), show_default=True)
    @stated.needs("audit.read")
    def show(tenant: str, actor: str, first: datetime, last: datetime | None, out: Path, reason: str,
             data: Path) -> None:
        """Gibt zu jedem Eintrag des Zeitraums die Werte vorher und nachher aus; das Lesen steht im Protokoll."""
        with acting(data, tenant, actor, "audit.read") as session:
            if out.exists() or not reason.strip():
                raise click.UsageError("--out braucht eine neue Datei, --reason einen Grund.")
            rows = _rows(session, first.date(), last.date() if last else date.today(), reason)
        out.touch(mode=0o600)
        out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        hidden = sum("verdeckt" in row for row in rows)
        click.echo(f"{out}: {counted(len(rows), 'Eintrag', 'Einträge')} mit Werten, davon {hidden} verdeckt (Recht "
                   "fehlt oder vernichtet).")


def _rows(session: Any, first: date, last: date, reason: str) -> list[dict[str, Any]]:
    from sqlalchemy import Date, cast, select

    from payroll.masterdata import log_reading
    from tenants.audit.models import AuditEntry
    from tenants.audit.values import FIELD

    day = cast(AuditEntry.at, Date)
    numbers = session.scalars(select(AuditEntry.id).where(
        day >= first, day <= last, AuditEntry.details.has_key(FIELD)).order_by(AuditEntry.id)).all()
    out = []
    for start in range(0, len(numbers), BATCH):
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.id.in_(numbers[start : start + BATCH])).order_by(AuditEntry.id)).all()
        found = log_reading.read(session, entries, session.info["rights"], reason)
        out += [_row(entry, found[entry.id]) for entry in entries]
    return out


def _row(entry: Any, shown: Any) -> dict[str, Any]:
    head = {"seq": entry.id, "at": entry.at.isoformat(), "actor": entry.actor, "action": entry.action,
            "subject": entry.subject, "reason": entry.reason}
    if shown.hidden:
        return {**head, "verdeckt": shown.hidden}
    return {**head, "felder": {one.field: {"vorher": one.before, "nachher": one.after} for one in shown.changes}}
