"""Tatsachen des Stellenplans erfassen und beenden: nichts wird überschrieben, jede Änderung steht im Protokoll."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import DataError, IntegrityError

from staffplan.rules import Refused
from tenants import audit
from tenants.db.base import Recorded
from tenants.db.clocks import equal, known, within
from tenants.db.facts import Fact, table_of
from tenants.db.session import TenantSession

F = TypeVar("F", bound=Fact)
DAY = timedelta(days=1)
OWN = {"tenant_id", "id", "public_id", *Recorded.__annotations__}


def record(
    session: TenantSession, model: type[F], *, ab: date, reason: str, subject: str, bis: date | None = None,
    replace_later: bool = False, **values: Any,
) -> F:
    """Erfasst eine Tatsache; ohne `bis` gilt sie bis vor die nächste bekannte, sonst unbefristet.

    Mit `replace_later` löst sie auch alle späteren ab.
    `subject` nennt im Protokoll den betroffenen Satz. Gilt dasselbe schon, geschieht nichts.
    """
    if not reason.strip():
        raise Refused(f"{subject}: Grund fehlt; angeben, warum die Tatsache erfasst wird.")
    if bis is not None and bis < ab:
        raise Refused(f"{subject}: gültig bis {bis:%d.%m.%Y} liegt vor gültig ab {ab:%d.%m.%Y}; Zeitraum berichtigen.")
    keys = {name: values[name] for name in model.keys}
    if bis is None and not replace_later:
        bis = _before_next(session, model, keys, ab)
    touched = current(session, model, ab, bis, **keys)
    if len(touched) == 1 and _same(touched[0], ab, bis, values):
        return touched[0]
    before = [_logged(one) for one in touched]
    try:
        with session.begin_nested():
            _cut(session, touched, ab, bis)
            row = _insert(session, model, ab, bis, reason, values)
    except (IntegrityError, DataError) as error:
        raise Refused(_words(subject, error)) from error
    _protocol(session, "stellenplan.erfasst", subject, row, reason, before, [_logged(row)], felder=sorted(values))
    return row


def end(session: TenantSession, model: type[F], *, last_day: date, reason: str, subject: str, **keys: Any) -> int:
    """Beendet Tatsachen mit Ablauf von `last_day`; was später begänne, entfällt. Gibt die Zahl der abgelösten."""
    if not reason.strip():
        raise Refused(f"{subject}: Grund fehlt; angeben, warum die Tatsache endet.")
    rows = current(session, model, last_day + DAY, None, **keys)
    touched = [row for row in rows if row.valid_to is None or row.valid_to > last_day]
    before = [_logged(row) for row in touched]
    _cut(session, touched, last_day + DAY, None)
    for row, held in zip(touched, before, strict=True):
        after = [held | {"valid_to": last_day}] if row.valid_from <= last_day else []
        _protocol(session, "stellenplan.beendet", subject, row, reason, [held], after,
                  letzter_tag=last_day.isoformat())
    return len(touched)


def current(
    session: TenantSession, model: type[F], first: date = date.min, last: date | None = None, **values: Any
) -> Sequence[F]:
    """Heute bekannte Tatsachen, die den Zeitraum berühren, nach Beginn."""
    statement = select(model).where(known(model, None), within(model, first, last or date.max), *equal(model, values))
    return session.scalars(statement.order_by(model.valid_from, model.id)).all()


def contents(row: Fact) -> dict[str, Any]:
    """Die fachlichen Werte einer Tatsache."""
    return {column.key: getattr(row, column.key) for column in table_of(type(row)).columns if column.key not in OWN}


def actor(session: TenantSession) -> str:
    """Wer in dieser Sitzung handelt."""
    return str(session.info["actor"])


def _before_next(session: TenantSession, model: type[Fact], keys: dict[str, Any], after: date) -> date | None:
    statement = select(model.valid_from).where(known(model, None), model.valid_from > after, *equal(model, keys))
    following = session.scalars(statement.order_by(model.valid_from).limit(1)).first()
    return None if following is None else following - DAY


def _same(row: Fact, ab: date, bis: date | None, values: dict[str, Any]) -> bool:
    covered = row.valid_from <= ab and (row.valid_to is None or (bis is not None and bis <= row.valid_to))
    held = contents(row)
    return covered and all(held[name] == values.get(name, held[name] if held[name] is False else None) for name in held)


def _cut(session: TenantSession, touched: Iterable[Fact], first: date, last: date | None) -> None:
    rest = [(row, contents(row)) for row in touched]
    for row, _ in rest:
        row.superseded_at = func.now()  # one clock per transaction
    session.flush()
    for row, values in rest:
        if row.valid_from < first:
            _insert(session, type(row), row.valid_from, first - DAY, row.reason, values)
        if last is not None and (row.valid_to is None or row.valid_to > last):
            _insert(session, type(row), last + DAY, row.valid_to, row.reason, values)


def _insert(
    session: TenantSession, model: type[F], ab: date, bis: date | None, reason: str, values: dict[str, Any]
) -> F:
    who = actor(session)
    row = model(public_id=uuid.uuid4(), valid_from=ab, valid_to=bis, recorded_by=who, reason=reason, **values)
    session.add(row)
    session.flush()
    return row


def _logged(row: Fact) -> dict[str, Any]:
    return {"valid_from": row.valid_from, "valid_to": row.valid_to, **contents(row)}


def _protocol(session: TenantSession, action: str, subject: str, row: Fact, reason: str,
              before: list[dict[str, Any]], after: list[dict[str, Any]], **details: Any) -> None:
    about = {
        "satz": subject,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": None if row.valid_to is None else row.valid_to.isoformat(),
        **details,
    }
    values = audit.Values(audit.values.of_year(), before, after)
    audit.record(session, action, f"{row.__tablename__}:{row.public_id}", about, reason, values=values)


def _words(subject: str, error: IntegrityError | DataError) -> str:
    detail = getattr(error.orig, "diag", None)
    constraint = getattr(detail, "constraint_name", None) or ""
    if getattr(error.orig, "sqlstate", None) == "23001":
        return f"{subject}: jemand anderes hat dies inzwischen geändert; neu laden und noch einmal erfassen."
    if constraint.startswith("ex_"):
        return f"{subject}: überschneidet sich mit einer anderen Angabe; Seite neu laden und Zeitraum prüfen."
    rule = constraint.rpartition("_")[2]
    return f"{subject}: die Angabe verletzt die Regel „{rule or 'Länge'}“; Werte prüfen."
