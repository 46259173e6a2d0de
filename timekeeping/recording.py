"""Tatsachen der Zeitwirtschaft erfassen: nichts wird überschrieben, jede Änderung steht im Protokoll."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import DataError, IntegrityError

from tenants import audit
from tenants.db.base import Recorded
from tenants.db.clocks import equal, known, within
from tenants.db.facts import Fact, table_of
from tenants.db.session import TenantSession
from timekeeping.imports.problems import ImportFehler

F = TypeVar("F", bound=Fact)
DAY = timedelta(days=1)
OWN = {"tenant_id", "id", "public_id", *Recorded.__annotations__}


def record(session: TenantSession, model: type[F], *, ab: date, bis: date | None, reason: str, **values: Any) -> F:
    """Erfasst eine Tatsache für den Zeitraum; was sie überdeckt, wird abgelöst, sein Rest bleibt.

    Raises ImportFehler, wenn der Grund fehlt, der Zeitraum nicht stimmt oder eine Regel der Tabelle verletzt ist.
    """
    if not reason.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")
    if bis is not None and bis < ab:
        raise ImportFehler(f"Gültig bis {bis:%d.%m.%Y} liegt vor gültig ab {ab:%d.%m.%Y}", "Zeitraum berichtigen")
    keys = {name: values[name] for name in model.keys}
    held = session.scalars(select(model).where(known(model, None), within(model, ab, bis or date.max),
                                               *equal(model, keys))).all()
    try:
        with session.begin_nested():
            _cut(session, held, ab, bis)
            row = _insert(session, model, ab, bis, reason.strip(), values)
    except (IntegrityError, DataError) as error:
        raise ImportFehler("Die Angabe verletzt eine Regel oder ist inzwischen geändert worden",
                           f"Werte prüfen ({_rule(error)})") from error
    audit.record(session, "zeitangabe.erfasst", f"{row.__tablename__}:{row.public_id}",
                 {"valid_from": ab.isoformat(), "valid_to": bis.isoformat() if bis else None,
                  "felder": sorted(values), "abgeloest": len(held)}, reason.strip())
    return row


def ended(session: TenantSession, model: type[F], keys: Mapping[str, Any], last: date, reason: str) -> int:
    """Lässt eine Tatsache mit diesem Tag enden; was später begann, entfällt. Gibt an, wie viele Zeilen es waren.

    Raises ImportFehler, wenn der Grund fehlt. Den Eintrag im Protokoll schreibt der Aufrufer.
    """
    if not reason.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")
    held = session.scalars(select(model).where(known(model, None), within(model, last + DAY, date.max),
                                               *equal(model, dict(keys)))).all()
    _cut(session, held, last + DAY, None)
    return len(held)


def _cut(session: TenantSession, held: Iterable[Fact], first: date, last: date | None) -> None:
    rest = [(row, {c.key: getattr(row, c.key) for c in table_of(type(row)).columns if c.key not in OWN})
            for row in held]
    for row, _ in rest:
        row.superseded_at = func.now()
    session.flush()
    for row, values in rest:
        if row.valid_from < first:
            _insert(session, type(row), row.valid_from, first - DAY, row.reason, values)
        if last is not None and (row.valid_to is None or row.valid_to > last):
            _insert(session, type(row), last + DAY, row.valid_to, row.reason, values)


def _insert(session: TenantSession, model: type[F], ab: date, bis: date | None, reason: str,
            values: dict[str, Any]) -> F:
    row = model(public_id=uuid.uuid4(), valid_from=ab, valid_to=bis, recorded_by=str(session.info["actor"]),
                reason=reason, **values)
    session.add(row)
    session.flush()
    return row


def _rule(error: IntegrityError | DataError) -> str:
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or "Länge"
    return str(name).rpartition("_")[2]
