"""Zugänge einer Person für die Auskunft: Konto, Sitzungen, Geräte, Nachrichten, Mandate; nie ein Geheimnis.

Gelesen wird jede Tabelle, die auf einen Zugang zeigt; was neu dazukommt, ist von selbst dabei. Zeilen anderer Mandanten
sind nie dabei.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, inspect, or_, select

from migrations import models
from tenants.db.base import Base, TenantRow
from tenants.db.session import PlatformSession, TenantSession, platform_session
from tenants.models.user import EmployeeAccess, User

ACCOUNT = User.__tablename__
SECRET = frozenset({
    "id", "tenant_id", "user_id", "key_id", "password_hash", "totp_secret", "totp_last_step", "token_hash", "code_hash",
    "salt", "wrapped", "credential", "public_key", "session_epoch", "epoch", "device_hash", "binding", "sign_count"})


def of_person(session: TenantSession, person: uuid.UUID) -> dict[str, list[dict[str, Any]]]:
    """Je Tabelle ihre Zeilen zu den Zugängen, die hier mit der Person verbunden sind; Werte wie sie dastehen."""
    users = list(session.scalars(select(EmployeeAccess.user_id).where(EmployeeAccess.person_public_id == person)))
    if not users:
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    with platform_session(actor=str(session.info["actor"])) as platform:
        for model, columns in pointing():
            source: PlatformSession | TenantSession = session if issubclass(model, TenantRow) else platform
            wanted = or_(*(column.in_(users) for column in columns))
            rows = [_row(one) for one in source.scalars(select(model).where(wanted))]
            if rows:
                found[str(inspect(model).local_table.name)] = rows  # type: ignore[attr-defined]  # a mapped table has a name
    return found


def pointing() -> Iterator[tuple[type[Any], list[Any]]]:
    """Klassen, die einen Zugang beschreiben oder auf ihn zeigen, mit den Spalten, in denen seine Nummer steht; ohne
    die Verbindung zur Person (sie hat ihren Platz schon)."""
    models.load()
    for mapper in sorted(Base.registry.mappers, key=lambda one: str(one.local_table)):
        table = mapper.local_table
        if not isinstance(table, Table) or mapper.class_ is EmployeeAccess:
            continue
        columns = [mapper.get_property_by_column(table.c[key.parent.name]).class_attribute
                   for key in sorted(table.foreign_keys, key=str)
                   if key.column.table.name == ACCOUNT and key.column.name == "id"]
        if table.name == ACCOUNT:
            columns = [User.id]
        if columns:
            yield mapper.class_, columns


def _row(row: Any) -> dict[str, Any]:
    return {one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs if one.key not in SECRET}
