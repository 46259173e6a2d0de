"""Eine Sitzung auf einen Teil der Menschen eines Arbeitgebers beschränken, solange ein Stück gerechnet wird.

Die Bedingung kommt, wie die des Mandanten, an jede Abfrage über abgebildete Klassen: was ein Raum sonst über alle
liest, liest er dann über diese, ohne davon zu wissen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, bindparam, event
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria

from tenants.db.base import Base, TenantRow
from tenants.db.session import TenantSession

LIFTED, LIMITED = "ganzer_arbeitgeber", "beschraenkt"
Criterion = Callable[[Any], ColumnElement[bool]]


@contextmanager
def limited(session: TenantSession, allowed: Mapping[str, Criterion]) -> Iterator[None]:
    """Beschränkt Abfragen der Sitzung.

    allowed: Name einer Spalte zu dem, was für sie gelten muss, als Lambda über die Klasse (auch über ihren zweiten
    Namen); bei Klassen mit mehreren dieser Spalten gilt die erste.
    """
    options = [with_loader_criteria(model, allowed[name], include_aliases=True)
               for model, name in _columns(tuple(allowed))]

    def add(state: ORMExecuteState) -> None:
        if state.is_select and not session.info.get(LIFTED):
            state.statement = state.statement.options(*options)

    event.listen(session, "do_orm_execute", add)
    before = session.info.get(LIMITED, False)
    session.info[LIMITED] = True
    try:
        yield
    finally:
        session.info[LIMITED] = before
        event.remove(session, "do_orm_execute", add)


@contextmanager
def lifted(session: TenantSession) -> Iterator[None]:
    """Liest für eine Weile wieder alle Menschen des Arbeitgebers, was immer beschränkt ist."""
    before = session.info.get(LIFTED, False)
    session.info[LIFTED] = True
    try:
        yield
    finally:
        session.info[LIFTED] = before


def among(numbers: Sequence[int]) -> Any:
    """Eine von diesen Nummern, für den Vergleich mit einer Spalte."""
    return any_(bindparam(None, list(numbers), type_=ARRAY(BigInteger)))


def _columns(names: tuple[str, ...]) -> Iterator[tuple[type[Any], str]]:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, TenantRow):
            own = next((name for name in names if name in mapper.columns), None)
            if own is not None:
                yield mapper.class_, own
