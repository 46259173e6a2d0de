"""Schützenswerte Felder: beim Erfassen verschlüsseln, zum Anzeigen öffnen, über den Hash mit Schlüssel finden."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from payroll.masterdata.models.facts import Fact, table_of
from payroll.masterdata.refusals import demand_sealed
from tenants.db.session import TenantSession
from tenants.security import TenantKeys, keys_of, lookup_hash, open_sealed, seal
from tenants.security.field import opened, seal_field, sealed_fields


def purpose(model: type[Fact], field: str) -> str:
    """Zweck des Suchhashes: gleiche Nummern verschiedener Felder lassen sich nicht vergleichen."""
    return f"{model.__tablename__}.{field}"


def sealed_columns(
    keys: TenantKeys, model: type[Fact], public_id: uuid.UUID, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Ersetzt Klartextfelder durch Siegel und Hash; alle anderen Werte bleiben, wie sie sind."""
    demand_sealed(model, values)
    out = {name: value for name, value in values.items() if name not in model.sealed}
    for field in model.sealed:
        text = values.get(field)
        if text is None or text == "":
            out[f"{field}_siegel"] = None
            if field in model.hashed:
                out[f"{field}_hash"] = None
            continue
        if field in sealed_fields(model):
            out[f"{field}_siegel"] = seal_field(keys, model, public_id, field, text)
            continue
        out[f"{field}_siegel"] = seal(
            keys, str(text).encode(), table=model.__tablename__, row=str(public_id), column=f"{field}_siegel"
        )
        if field in model.hashed:
            out[f"{field}_hash"] = lookup_hash(keys, str(text), purpose(model, field))
    return out


def open_value(
    source: TenantSession | TenantKeys, model: type[Fact], public_id: uuid.UUID, field: str, sealed: bytes | None
) -> Any:
    """Klartext eines Siegels; leer bleibt leer."""
    if sealed is None:
        return None
    if (one := sealed_fields(model).get(field)) is not None:
        return opened(source, sealed, model.__tablename__, str(public_id), one.column, one.kind)
    plain = open_sealed(source, sealed, table=model.__tablename__, row=str(public_id), column=f"{field}_siegel")
    return plain.decode()


def protected(model: type[Fact]) -> tuple[str, ...]:
    """Versiegelte Felder, die auch am Schreibtisch verdeckt sind; wer sie aufdeckt, steht im Protokoll.

    Die übrigen (Namen, Anschriften) zeigt jede Seite ihrer Person; verschlüsselt sind sie nur in der Datenbank.
    """
    return tuple(field for field in model.sealed if field not in sealed_fields(model))


def reveal(session: TenantSession, row: Fact, field: str) -> Any:
    """Klartext eines verschlüsselten Feldes zum Anzeigen. Wer ein verdecktes aufdeckt, protokolliert das Lesen."""
    if field not in row.sealed:
        raise KeyError(f"{row.__tablename__} hat kein verschlüsseltes Feld „{field}“.")
    return open_value(keys_of(session), type(row), row.public_id, field, getattr(row, f"{field}_siegel"))


def contents(session: TenantSession, row: Fact) -> dict[str, Any]:
    """Alle fachlichen Werte einer Tatsache im Klartext, so wie record_fact sie nimmt."""
    values = {name: getattr(row, name) for name in content_columns(type(row))}
    return values | {field: reveal(session, row, field) for field in row.sealed}


def content_columns(model: type[Fact]) -> tuple[str, ...]:
    """Fachliche Spalten einer Tatsache ohne Kennungen, Uhren, Siegel und Hashes."""
    hidden = {f"{field}_{end}" for field in model.sealed for end in ("siegel", "hash")}
    return tuple(c.name for c in table_of(model).columns if c.name not in MECHANICS and c.name not in hidden)


MECHANICS = frozenset(
    {
        "tenant_id",
        "id",
        "public_id",
        "valid_from",
        "valid_to",
        "recorded_at",
        "superseded_at",
        "recorded_by",
        "reason",
    }
)
