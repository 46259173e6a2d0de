"""Die Mauer in der Anwendung: Mandantenbedingung an jeder Anweisung, nur eigene Zeilen in der Sitzung."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary, ref

from sqlalchemy import ColumnElement, Connection, event, func, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, with_loader_criteria

from tenants.db import statements
from tenants.db.base import OwnTenant, TenantRow
from tenants.db.errors import RawStatementRefused, TenantMismatch, TenantMissing
from tenants.db.statements import REMEDY

SESSION = "kreislohn_session"  # who opens sealed columns while rows are read; weak, statements live longer
_born: WeakKeyDictionary[Session, int] = WeakKeyDictionary()


def tenant_of(session: Session) -> int:
    """Mandant der Sitzung; fehlt er, ist die Sitzung geschlossen, und er bleibt derselbe bis zum Ende."""
    tenant = session.info.get("tenant")
    if not isinstance(tenant, int) or isinstance(tenant, bool) or tenant <= 0:
        raise TenantMissing("Die Sitzung hat keinen Mandanten: mit tenant_session(mandant, actor=...) öffnen.")
    if _born.setdefault(session, tenant) != tenant:
        raise TenantMismatch("Eine Sitzung wechselt den Mandanten nicht: eine neue öffnen.")
    return tenant


def _tenant_into_transaction(session: Session, _: SessionTransaction, connection: Connection) -> None:
    tenant, actor = tenant_of(session), str(session.info.get("actor") or "")
    connection.execute(
        select(func.set_config("app.tenant", str(tenant), True), func.set_config("app.actor", actor, True))
    )


def _criterion(state: ORMExecuteState) -> None:
    tenant = tenant_of(state.session)
    statements.check(state)
    state.statement = state.statement.options(*_own_rows(tenant))


@lru_cache(maxsize=1024)
def _own_rows(tenant: int) -> tuple[Any, Any]:
    """Die Bedingungen eines Mandanten; einmal gebaut, denn sie stehen an jeder Anweisung."""

    def own(cls: Any) -> ColumnElement[bool]:
        return cls.tenant_id == tenant  # type: ignore[no-any-return]  # cls is any mapped TenantRow

    def itself(cls: Any) -> ColumnElement[bool]:
        return cls.id == tenant  # type: ignore[no-any-return]  # cls is any mapped OwnTenant

    return (with_loader_criteria(TenantRow, own, include_aliases=True),
            with_loader_criteria(OwnTenant, itself, include_aliases=True))


def _reader(state: ORMExecuteState) -> None:
    """Wer liest, steht an der Abfrage: mit dessen Schlüsseln öffnen sich versiegelte Spalten."""
    state.statement = state.statement.execution_options(**{SESSION: ref(state.session)})


def _own_rows_only(session: Session, _: UOWTransaction, __: object) -> None:
    tenant = tenant_of(session)
    for row in session.new:
        if isinstance(row, TenantRow) and row.tenant_id is None:
            row.tenant_id = tenant
        _must_match(row, tenant)
    for row in [*session.dirty, *session.deleted]:
        _must_match(row, tenant)
        if isinstance(row, TenantRow) and inspect(row).attrs["tenant_id"].history.deleted:
            raise TenantMismatch("Der Mandant einer Zeile lässt sich nicht ändern.")


def _must_match(row: object, tenant: int) -> None:
    if not isinstance(row, TenantRow):
        raise RawStatementRefused(f"{type(row).__name__} schreibt nur die Plattform. {REMEDY}")
    if row.tenant_id != tenant:
        raise TenantMismatch(f"{type(row).__name__}: Zeile eines anderen Mandanten in der Sitzung {tenant}.")


def _no_foreign_row(session: Session, row: object) -> None:
    """Eine fremde Zeile kommt gar nicht erst in die Sitzung, auch nicht, um nur gelesen zu werden."""
    if isinstance(row, TenantRow):
        held = inspect(row).dict.get("tenant_id")
        identity = inspect(row).identity
        owner = identity[0] if identity is not None else held
        if owner is not None and owner != tenant_of(session):
            raise TenantMismatch(f"{type(row).__name__}: Zeile eines anderen Mandanten.")


def install(session_class: type[Session]) -> None:
    """Zieht die Mauer um eine Sitzungsklasse."""
    event.listen(session_class, "after_begin", _tenant_into_transaction)
    event.listen(session_class, "do_orm_execute", _criterion)
    event.listen(session_class, "do_orm_execute", _reader)
    event.listen(session_class, "before_flush", _own_rows_only)
    event.listen(session_class, "before_attach", _no_foreign_row)
