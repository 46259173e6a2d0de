"""Die Mauer in der Anwendung: Mandantenbedingung an jeder Anweisung, freies SQL wird abgewiesen."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import (
    Alias,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Table,
    TextClause,
    TextualSelect,
    event,
    func,
    inspect,
    select,
)
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, with_loader_criteria
from sqlalchemy.sql import visitors

from tenants.db.base import TenantRow
from tenants.db.errors import RawStatementRefused, TenantMismatch, TenantMissing

REMEDY = "Abgebildete Klassen verwenden oder die Tür tenants.db.bulk nehmen."


def tenant_of(session: Session) -> int:
    """Mandant der Sitzung; fehlt er, ist die Sitzung geschlossen."""
    tenant = session.info.get("tenant")
    if not isinstance(tenant, int) or isinstance(tenant, bool) or tenant <= 0:
        raise TenantMissing("Die Sitzung hat keinen Mandanten: mit tenant_session(mandant, actor=...) öffnen.")
    return tenant


def _tenant_into_transaction(session: Session, _: SessionTransaction, connection: Connection) -> None:
    tenant, actor = tenant_of(session), str(session.info.get("actor") or "")
    connection.execute(
        select(func.set_config("app.tenant", str(tenant), True), func.set_config("app.actor", actor, True))
    )


def _criterion(state: ORMExecuteState) -> None:
    _refuse_raw(state)
    tenant = tenant_of(state.session)

    def own(cls: Any) -> ColumnElement[bool]:
        return cls.tenant_id == tenant  # type: ignore[no-any-return]  # cls is any mapped TenantRow

    state.statement = state.statement.options(with_loader_criteria(TenantRow, own, include_aliases=True))


def _refuse_raw(state: ORMExecuteState) -> None:
    if not state.is_orm_statement or state.is_from_statement or state.is_insert:
        raise RawStatementRefused(f"Freie Anweisung auf einer Mandantensitzung. {REMEDY}")
    elements = list(visitors.iterate(cast(visitors.ExternallyTraversible, state.statement)))
    mapped = {id(selectable) for element in elements for selectable in _selectables(element)}
    for element in elements:
        if isinstance(element, TextClause | TextualSelect):
            raise RawStatementRefused(f"Freier SQL-Text auf einer Mandantensitzung. {REMEDY}")
        raw = element if _is_raw(element, mapped) else _bare_source(element)
        if raw is not None:
            raise RawStatementRefused(f"„{getattr(raw, 'name', raw)}“ ohne abgebildete Klasse. {REMEDY}")
    if state.is_update and "tenant_id" in _assigned(state):
        raise TenantMismatch("Der Mandant einer Zeile lässt sich nicht ändern.")


def _selectables(element: Any) -> tuple[Any, ...]:
    """Tabelle und Auswahl der abgebildeten Klasse, zu der ein Bestandteil der Anweisung gehört."""
    entity = element._annotations.get("parententity")
    return () if entity is None else (entity.selectable, entity.mapper.local_table)


def _bare_source(element: Any) -> FromClause | None:
    """Ausdrücklich angegebene Tabelle ohne Klasse: sie entginge der Mandantenbedingung, auch neben ihrer Klasse."""
    joins = (join[0] for join in getattr(element, "_setup_joins", ()))
    for part in (*getattr(element, "_from_obj", ()), *joins):
        if isinstance(part, Table | Alias) and "parententity" not in part._annotations:
            return part
    return None


def _is_raw(part: Any, mapped: set[int]) -> bool:
    if "parententity" in part._annotations:
        return False
    if isinstance(part, Column):
        return isinstance(part.table, Table | Alias)
    return isinstance(part, Table | Alias) and id(part) not in mapped


def _assigned(state: ORMExecuteState) -> set[str]:
    """Namen der Spalten, die eine UPDATE-Anweisung setzt."""
    values = getattr(state.statement, "_values", None) or {}
    ordered = getattr(state.statement, "_ordered_values", None) or ()
    given = [*values, *(key for key, _ in ordered)]
    names = {getattr(key, "key", key) for key in given}
    parameters = state.parameters or {}
    for row in parameters if isinstance(parameters, list | tuple) else [parameters]:
        names |= set(row)
    return {str(name) for name in names}


def _own_rows_only(session: Session, _: UOWTransaction, __: object) -> None:
    tenant = tenant_of(session)
    for row in session.new:
        if isinstance(row, TenantRow):
            if row.tenant_id is None:
                row.tenant_id = tenant
            _must_match(row, tenant)
    for row in [*session.dirty, *session.deleted]:
        if isinstance(row, TenantRow):
            _must_match(row, tenant)
            if inspect(row).attrs["tenant_id"].history.deleted:
                raise TenantMismatch("Der Mandant einer Zeile lässt sich nicht ändern.")


def _must_match(row: TenantRow, tenant: int) -> None:
    if row.tenant_id != tenant:
        raise TenantMismatch(f"{type(row).__name__}: Zeile eines anderen Mandanten in der Sitzung {tenant}.")


def install(session_class: type[Session]) -> None:
    """Zieht die Mauer um eine Sitzungsklasse."""
    event.listen(session_class, "after_begin", _tenant_into_transaction)
    event.listen(session_class, "do_orm_execute", _criterion)
    event.listen(session_class, "before_flush", _own_rows_only)
