"""Der Reihe nach: wer dasselbe im selben Augenblick tut, wartet, bis die erste Transaktion zu Ende ist.

Fast jedes Schreiben sieht erst nach und trägt dann ein. Zwei zugleich sähen beide nichts; nacheinander findet der
zweite, was der erste eingetragen hat. Wo nichts zu finden ist (zwei gleiche Zahlungen sind erlaubt), hilft das einem
doppelten Klick nicht: dieselbe Anfrage desselben Menschen, die kommt, während die erste noch läuft, wird deshalb
abgewiesen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

LONGEST = "8s"  # a request that waits holds a thread and a connection; after that it answers that somebody is at it
_name: ContextVar[str | None] = ContextVar("turn", default=None)
_twin: ContextVar[str | None] = ContextVar("turn_twin", default=None)
_holder: ContextVar[Session | None] = ContextVar("turn_holder", default=None)


class Doubled(Exception):
    """Dieselbe Anfrage kam ein zweites Mal, während die erste lief; getan ist sie einmal."""


def ask(name: str | None, twin: str | None = None) -> None:
    """Ab jetzt wartet jede Transaktion dieses Ablaufs auf andere mit diesem Namen; None: auf niemanden.

    twin: woran dieselbe Anfrage desselben Menschen zu erkennen ist; läuft sie schon, endet die erste Transaktion mit
    Doubled, sobald jene fertig ist.
    """
    _name.set(name)
    _twin.set(twin)


@contextmanager
def turn(session: Session, connect: Callable[[], Connection]) -> Iterator[None]:
    """Nimmt die Reihe als Erstes der Transaktion; wer darin noch eine Sitzung öffnet, wartet nicht auf sich selbst.

    connect gibt die Verbindung der laufenden Transaktion dieser Sitzung.
    """
    name, twin = _name.get(), _twin.get()
    if name is None or _holder.get() is not None:
        yield
        return
    if twin is not None:
        _twin.set(None)  # who got through once is the first, and stays it in every further transaction
        if not _take(session, connect, _key(twin)):
            raise Doubled
    keys = [_key(name)]
    while not all(_take(session, connect, key) for key in keys):
        keys = [*([_key(twin)] if twin is not None else []), _key(name)]  # waiting let go of the twin as well
    _holder.set(session)
    try:
        yield
    finally:
        _holder.set(None)


def hold(connection: Connection, name: str) -> None:
    """Wartet in der laufenden Transaktion, bis niemand sonst diesen Namen hält, und hält ihn bis zu ihrem Ende.

    Nach LONGEST endet das Warten mit einem Fehler. Nicht vor dem Schreiben von Tatsachen: ihre Uhr, now(), steht vor
    dem, worauf gewartet wurde.
    """
    connection.execute(select(func.set_config("lock_timeout", LONGEST, True)))
    connection.execute(select(func.pg_advisory_xact_lock(_key(f"hold\0{name}"))))


def _take(session: Session, connect: Callable[[], Connection], key: int) -> bool:
    """Nimmt eine Sperre, die frei ist; sonst falsch, wenn sie es wieder wurde, in einer neuen Transaktion.

    Gewartet wird in einer eigenen: die Uhr der eigentlichen, now(), stünde sonst vor dem, worauf sie wartete, und eine
    Tatsache wäre abgelöst, ehe sie erfasst war.
    """
    if connect().scalar(select(func.pg_try_advisory_xact_lock(key))):
        return True
    connect().execute(select(func.set_config("lock_timeout", LONGEST, True)))  # ends with this transaction
    connect().execute(select(func.pg_advisory_xact_lock(key)))
    session.rollback()
    return False


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
