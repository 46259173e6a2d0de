"""Lesen mit beiden Uhren: was an einem Tag galt, so wie es zu einem Zeitpunkt bekannt war."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, or_, select

from tenants.db.facts import Fact
from tenants.db.session import TenantSession

F = TypeVar("F", bound=Fact)


def known(model: type[Fact], known_at: datetime | None) -> ColumnElement[bool]:
    """Bedingung: zu diesem Zeitpunkt bekannt und noch nicht abgelöst; ohne Zeitpunkt: heute bekannt."""
    if known_at is None:
        return model.superseded_at.is_(None)
    return and_(
        model.recorded_at <= known_at,
        or_(model.superseded_at.is_(None), model.superseded_at > known_at),
    )


def within(model: type[Fact], first: date, last: date) -> ColumnElement[bool]:
    """Bedingung: gilt an mindestens einem Tag des Zeitraums (beide einschließlich)."""
    return and_(model.valid_from <= last, or_(model.valid_to.is_(None), model.valid_to >= first))


def equal(model: type[Fact], values: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Bedingungen: diese Spalten haben diese Werte."""
    return [getattr(model, name) == value for name, value in values.items()]


def as_of(
    session: TenantSession, model: type[F], day: date, known_at: datetime | None = None, **values: Any
) -> Sequence[F]:
    """Tatsachen, die an einem Tag gelten, nach dem Kenntnisstand `known_at`; `values` engt auf Spaltenwerte ein."""
    statement = select(model).where(known(model, known_at), within(model, day, day), *equal(model, values))
    return session.scalars(statement.order_by(model.valid_from, model.id)).all()


def history(session: TenantSession, model: type[F], **values: Any) -> Sequence[F]:
    """Alle Fassungen samt abgelösten, die jüngste Kenntnis zuletzt."""
    return session.scalars(select(model).where(*equal(model, values)).order_by(model.recorded_at, model.id)).all()
