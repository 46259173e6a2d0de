"""Namen und Adressen von Zugängen und Nachrichten: versiegelt unter einem Schlüssel, der vom Hauptschlüssel stammt."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tenants.db.platform_text import PlatformText, provide
from tenants.models.access import OutboxMessage
from tenants.models.user import User
from tenants.security import masterkey
from tenants.security.envelope import SealBroken, open_sealed, seal_cell
from tenants.security.keys import TenantKeys, platform_keys
from tenants.security.masterkey import MasterKey

_held: dict[str, TenantKeys] = {}


def seal_text(text: str, table: str, name: str, master: MasterKey | None = None) -> bytes:
    """Siegel eines Textes dieser Spalte."""
    keys = _keys(master or masterkey.current())
    return seal_cell(keys, text.encode(), table=table, row="", column=f"{name}_siegel")


def open_text(sealed: bytes, table: str, name: str) -> str:
    """Der Text; während eines Wechsels auch unter dem vorigen Hauptschlüssel."""
    try:
        return _open(_keys(masterkey.current()), sealed, table, name)
    except SealBroken:
        old = masterkey.previous()
        if old is None:
            raise
        return _open(_keys(old), sealed, table, name)


def reseal_all(session: Session, new: MasterKey) -> int:
    """Versiegelt alle Texte für einen neuen Hauptschlüssel; gibt die Zahl der Zeilen."""
    count = 0
    for model in (User, OutboxMessage):
        names = [attribute.key for attribute in model.__mapper__.column_attrs
                 if isinstance(attribute.columns[0].type, PlatformText)]
        rows = session.execute(select(model.id, *(getattr(model, name) for name in names))).mappings().all()
        fresh = [{"id": row["id"], **{name: row[name] and seal_text(row[name], model.__tablename__, name, new)
                                      for name in names}} for row in rows]
        if fresh:
            session.execute(update(model), fresh)
        count += len(fresh)
    return count


def _open(keys: TenantKeys, sealed: bytes, table: str, name: str) -> str:
    return open_sealed(keys, sealed, table=table, row="", column=f"{name}_siegel").decode()


def _keys(master: MasterKey) -> TenantKeys:
    if master.key_id not in _held:
        _held[master.key_id] = platform_keys(master)
    return _held[master.key_id]


provide(seal_text, open_text)
