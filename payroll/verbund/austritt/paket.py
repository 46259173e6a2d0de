"""Das Paket eines Arbeitgebers: alle Zeilen seiner Tabellen mit seinen Schlüsseln, verschlossen; dazu was sie sind.

Nicht darin sind nur Mandate, Vertretungen und Verbindungen zu Zugängen: Zugänge gehören Menschen der Plattform, der
neue Betrieb richtet sie selbst ein.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Table, func, inspect, select

from migrations import models
from payroll.runs.models import Lauf
from tenants import audit
from tenants.audit.models import AuditEntry
from tenants.db.base import Base
from tenants.db.session import TenantSession
from tenants.security import destruction, leaving_proof, masterkey
from tenants.security.masterkey import MasterKey
from tenants.transfer import Manifest, TransferError, select_parts, write

KIND = "mandant"


def pack_tenant(session: TenantSession, target: Path, key: MasterKey) -> Manifest:
    """Schreibt das Paket in eine neue Datei; key öffnet es und gehört auf einen anderen Weg als die Datei.

    Raises TransferError, wenn key ein Hauptschlüssel dieser Plattform ist.
    """
    if masterkey.held(key.key_id) is not None:
        raise TransferError(f"Der Schlüssel {key.key_id} ist ein Hauptschlüssel dieser Plattform; wer das Paket "
                            "bekommt, hätte damit alle Arbeitgeber. Eine neue Schlüsseldatei angeben.")
    metadata, before = models.load(), session.scalar(select(func.max(AuditEntry.id))) or 0
    made = write(session, target, key, select_parts(metadata, _taken), extra={
        "art": KIND, "laeufe": _closed(session), "ausgelassen": sorted(
            table.name for table in metadata.sorted_tables if "tenant_id" in table.columns and not _taken(table)
            and table.name != "tenant_key")})
    audit.record(session, leaving_proof.HANDED_OUT, f"mandant:{made.number}", {
        "datei": target.name, "sha256": destruction.checksum(target), "tabellen": len(made.tables), "kette": before})
    return made


def _closed(session: TenantSession) -> list[dict[str, Any]]:
    """Abgeschlossene Läufe mit ihrem Hash, aufsteigend."""
    return [{"monat": row.monat.isoformat(), "hash": row.ergebnis_hash, "anzahl": row.anzahl, "netto": row.netto}
            for row in session.scalars(select(Lauf).where(Lauf.zustand == "abgeschlossen").order_by(Lauf.monat))]


def _taken(table: Table) -> bool:
    """Was auf Zeilen der Plattform zeigt, bleibt hier."""
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            for element in constraint.elements:
                target = element.column.table
                if target.name != "tenant" and "tenant_id" not in target.columns:
                    return False
    return True


def describe(made: Manifest) -> str:
    """Beschreibung des Pakets als JSON: je Tabelle ihre Bedeutung, je Spalte Art und ob sie versiegelt ist."""
    known = {inspect(mapper.class_).local_table.name: mapper.class_ for mapper in Base.registry.mappers}
    tables = {name: {
        "bedeutung": " ".join((known[name].__doc__ or "").split()),
        "spalten": {column: _kind(known[name].__table__.columns[column]) for column in columns}}
        for name, columns in made.tables.items()}
    return json.dumps({
        "arbeitgeber": made.number, "name": made.name, "stand": made.revision, "erstellt": made.created,
        "format": FORMAT, "laeufe": made.extra["laeufe"], "nicht_enthalten": made.extra["ausgelassen"],
        "tabellen": tables}, ensure_ascii=False, indent=1)


def _kind(column: Any) -> str:
    sealed = ", versiegelt" if column.name.endswith("_siegel") else ""
    return f"{column.type}{'' if column.nullable else ', Pflicht'}{sealed}"


FORMAT = ("Behälter: AES-256-GCM in Stücken, Schlüssel aus der Schlüsseldatei. Darin Rahmen (Art 1 Byte, Länge 4 "
          "Byte): M Verzeichnis mit den Schlüsseln des Arbeitgebers (JSON), T Name einer Tabelle, D ihre Zeilen wie "
          "COPY (Text), E Zahl der Zeilen. Versiegelte Spalten öffnen die Schlüssel des Verzeichnisses "
          "(tenants/security/envelope).")
