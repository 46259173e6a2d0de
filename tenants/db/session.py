"""Sitzungen: eine gehört von Geburt bis Ende genau einem Mandanten; die Plattform hat eine eigene Art."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from tenants.db import engine as engines
from tenants.db import guard, turns
from tenants.db.errors import RawStatementRefused, TenantMissing
from tenants.db.statements import REMEDY


class TenantSession(Session):
    """Sitzung eines Mandanten; sie kennt keine freien Anweisungen."""

    def connection(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Die nackte Verbindung gibt es nur in tenants.db.bulk."""
        raise RawStatementRefused(f"Nackte Verbindung auf einer Mandantensitzung. {REMEDY}")

    def bulk_connection(self) -> Connection:
        """Verbindung der laufenden Transaktion, ausschließlich für tenants.db.bulk."""
        return super().connection()

    def hold(self, name: str) -> None:
        """Hält etwas dieses Mandanten, das keine eigene Zeile hat, bis zum Ende der Transaktion fest.

        Wer danach liest, sieht, was der vorige Halter schrieb; auf anderes wartet niemand.
        """
        turns.hold(self.bulk_connection(), f"{guard.tenant_of(self)}:{name}")

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RawStatementRefused(f"Massenanweisung auf einer Mandantensitzung. {REMEDY}")

    bulk_save_objects = _refuse
    bulk_insert_mappings = _refuse
    bulk_update_mappings = _refuse


class PlatformSession(Session):
    """Sitzung der Plattform: Mandantenliste, Menschen, Mandate; keine Bezügedaten."""


guard.install(TenantSession)
_open: ContextVar[tuple[TenantSession, ...]] = ContextVar("tenant_sessions", default=())


def current_session() -> TenantSession | None:
    """Die zuletzt geöffnete Sitzung eines Mandanten in diesem Ablauf; None, wenn keine offen ist."""
    opened = _open.get()
    return opened[-1] if opened else None


@contextmanager
def tenant_session(tenant_id: int, *, actor: str, engine: Engine | None = None) -> Iterator[TenantSession]:
    """Eine Transaktion im Namen eines Mandanten: gelingt sie, wird sie festgeschrieben, sonst zurückgenommen."""
    if not actor:
        raise TenantMissing("Die Sitzung braucht einen Handelnden (actor).")
    session = TenantSession(engine or engines.current().app, expire_on_commit=False)
    session.info.update(tenant=tenant_id, actor=actor)
    guard.tenant_of(session)
    _open.set((*_open.get(), session))
    try:
        with session, _committing(session), turns.turn(session, session.bulk_connection):
            yield session
    finally:  # sessions may end in another order than they began
        _open.set(tuple(one for one in _open.get() if one is not session))


@contextmanager
def platform_session(*, actor: str, engine: Engine | None = None) -> Iterator[PlatformSession]:
    """Eine Transaktion der Plattform."""
    if not actor:
        raise TenantMissing("Die Sitzung braucht einen Handelnden (actor).")
    session = PlatformSession(engine or engines.current().platform, expire_on_commit=False)
    session.info.update(actor=actor)
    with session, _committing(session), turns.turn(session, session.connection):
        yield session


@contextmanager
def _committing(session: Session) -> Iterator[None]:
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
