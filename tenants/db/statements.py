"""Welche Anweisungen eine Mandantensitzung annimmt: abgebildete Klassen ja, freies SQL in keiner Verkleidung."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, cast

from sqlalchemy import Alias, Column, SelectBase, TableClause, TextClause, TextualSelect
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.sql.functions import FunctionElement

from tenants.db.base import OwnTenant, TenantRow
from tenants.db.errors import RawStatementRefused, TenantMismatch

REMEDY = "Abgebildete Klassen verwenden oder die Tür tenants.db.bulk nehmen."
HARMLESS_LITERALS = frozenset({"*", "1"})  # count(*) and EXISTS (SELECT 1) are made of these
SUSPECTS = frozenset({"is_literal", "_prefixes", "_suffixes", "_hints", "_statement_hints", "_from_obj",
                      "_setup_joins"})
SMUGGLERS = ("set_config", "query_to_xml", "table_to_xml", "cursor_to_xml", "schema_to_xml", "database_to_xml")


def check(state: ORMExecuteState) -> None:
    """Weist ab, was der Mandantenbedingung entginge."""
    if not state.is_orm_statement or state.is_from_statement or state.is_insert:
        raise RawStatementRefused(f"Freie Anweisung auf einer Mandantensitzung. {REMEDY}")
    open_scopes: list[Any] = [state.statement]
    while open_scopes:
        elements, inner = _scope(open_scopes.pop())
        open_scopes += inner
        for element in elements:
            _refuse_text(element)
            _refuse_platform(element)
        raw = _bare(elements)
        if raw is not None:
            raise RawStatementRefused(f"„{getattr(raw, 'name', raw)}“ ohne abgebildete Klasse. {REMEDY}")
    if state.is_update or state.is_delete:
        _check_change(state)


def _scope(statement: Any) -> tuple[list[Any], list[Any]]:
    """Bestandteile einer Anweisung bis zu den Unterabfragen, und die Unterabfragen."""
    elements, inner, waiting = [statement], [], list(statement.get_children())
    while waiting:
        element = waiting.pop()
        if isinstance(element, SelectBase):
            inner.append(element)
            continue
        elements.append(element)
        if not isinstance(element, Alias):  # the alias itself is judged, the table below it is the same thing
            waiting += element.get_children()
    return elements, inner


def _refuse_text(element: Any) -> None:
    held = _held(element)
    literal = "is_literal" in held and element.is_literal and str(element) not in HARMLESS_LITERALS
    prefixes = ("_prefixes" in held and element._prefixes) or ("_suffixes" in held and element._suffixes)
    hints = ("_hints" in held and element._hints) or ("_statement_hints" in held and element._statement_hints)
    if literal or prefixes or hints or isinstance(element, TextClause | TextualSelect):
        raise RawStatementRefused(f"Freier SQL-Text auf einer Mandantensitzung. {REMEDY}")
    if isinstance(element, FunctionElement) and str(getattr(element, "name", "")).lower().startswith(SMUGGLERS):
        raise RawStatementRefused(f"Die Funktion {element.name} führt freies SQL aus. {REMEDY}")


def _held(element: Any) -> set[str]:
    """Welche der verdächtigen Angaben ein Bestandteil hat, an seiner Klasse oder an sich selbst.

    Ihn selbst zu fragen ist teuer: eine Spalte sucht, was sie nicht hat, erst noch bei ihrem Typ.
    """
    own: set[str] = SUSPECTS & vars(element).keys()
    kind: Any = type(element)  # a class is hashable, which mypy does not take from it
    return own | _of_class(kind)


@cache
def _of_class(kind: Hashable) -> frozenset[str]:
    return frozenset(name for name in SUSPECTS if hasattr(kind, name))


def _refuse_platform(element: Any) -> None:
    entity = element._annotations.get("parententity")
    if entity is not None and not issubclass(entity.mapper.class_, TenantRow | OwnTenant):
        raise RawStatementRefused(
            f"{entity.mapper.class_.__name__} gehört zur Plattform: über platform_session oder einen Dienst lesen."
        )


def _bare(elements: list[Any]) -> Any | None:
    """Tabelle oder Spalte ohne Klasse, die neben der Mandantenbedingung stünde.

    Nackte Spalten einer Tabelle, die hier mit ihrer Klasse vorkommt, setzt SQLAlchemy selbst ein (Laden nach Nummer).
    """
    entities = [element._annotations.get("parententity") for element in elements]
    mapped = {id(_selectable(entity)) for entity in entities if entity is not None}
    for element in elements:
        held = _held(element)
        explicit = [*element._from_obj] if "_from_obj" in held else []
        explicit += (join[0] for join in element._setup_joins) if "_setup_joins" in held else ()
        for part in explicit:
            if _is_table(part) and "parententity" not in part._annotations:
                return part
        table = element.table if isinstance(element, Column) else element
        if "parententity" not in element._annotations and _is_table(table) and id(table) not in mapped:
            return element
    return None


def _selectable(entity: Any) -> Any:
    """Was eine Klasse (oder ihr zweiter Name) in der Anweisung ist."""
    return entity.local_table if entity.is_mapper else entity.selectable


def _is_table(part: Any) -> bool:
    """Tabelle oder zweiter Name einer Tabelle; Unterabfragen werden für sich geprüft."""
    while isinstance(part, Alias):
        part = part.element
    return isinstance(part, TableClause)


def _check_change(state: ORMExecuteState) -> None:
    """Ändern und Löschen: eine Klasse, nicht nach Listen, und nie der Mandant selbst."""
    entities = {id(element._annotations.get("parententity")) for element in _scope(state.statement)[0]}
    if len(entities - {id(None)}) > 1:
        raise RawStatementRefused("Ändern und Löschen über zwei Klassen: die zweite als Unterabfrage schreiben.")
    by_key = isinstance(state.parameters, list | tuple) or state.execution_options.get("dml_strategy") == "bulk"
    if by_key:
        raise RawStatementRefused(f"Massenanweisung auf einer Mandantensitzung. {REMEDY}")
    if state.is_update and "tenant_id" in _assigned(state):
        raise TenantMismatch("Der Mandant einer Zeile lässt sich nicht ändern.")


def _assigned(state: ORMExecuteState) -> set[str]:
    """Namen der Spalten, die eine UPDATE-Anweisung setzt."""
    values = getattr(state.statement, "_values", None) or {}
    ordered = getattr(state.statement, "_ordered_values", None) or ()
    given = [*values, *(key for key, _ in ordered), *dict(cast(Any, state.parameters) or {})]
    return {str(getattr(key, "key", key)) for key in given}
