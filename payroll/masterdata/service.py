"""Tatsachen erfassen, beenden und zurücknehmen.

Nichts wird überschrieben: eine neue Tatsache löst die bisherige ab; was außerhalb ihres Zeitraums weiter gilt, wird als
gekürzte Fassung neu erfasst. Jede Änderung steht im Protokoll, mit Handelndem und Grund.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from payroll.masterdata.clocks import as_of, equal, known, within
from payroll.masterdata.log_values import logged, scope_of
from payroll.masterdata.models import (
    Beschaeftigung,
    BeschaeftigungAngaben,
    Person,
    PersonAngaben,
    WiederkehrenderBezug,
)
from payroll.masterdata.models.facts import Fact, table_of
from payroll.masterdata.nebeneinander import demand_alone, one_day
from payroll.masterdata.refusals import FactError as FactError
from payroll.masterdata.refusals import explain
from payroll.masterdata.sealing import contents, purpose, sealed_columns
from tenants import audit
from tenants.db.session import TenantSession
from tenants.security import keys_of, lookup_hash

F = TypeVar("F", bound=Fact)
DAY = timedelta(days=1)


def record_fact(
    session: TenantSession,
    model: type[F],
    *,
    valid_from: date,
    valid_to: date | None = None,
    reason: str,
    replace_later: bool = False,
    **values: Any,
) -> F:
    """Erfasst eine Tatsache.

    Ohne `valid_to` gilt sie bis zum Tag vor der nächsten schon bekannten Tatsache, sonst unbefristet; mit
    `replace_later` löst sie auch alle späteren ab. Mit `valid_to` legt sie sich genau über diesen Zeitraum.
    Verschlüsselte Felder im Klartext angeben. Gilt dasselbe schon, geschieht nichts. Gibt die gültige Zeile zurück.
    """
    _demand(model, valid_from, valid_to, reason, values)
    keys = {name: values[name] for name in model.keys}
    if one_day(model, values):
        valid_to = valid_from
    if valid_to is None and not replace_later:
        valid_to = _day_before_next(session, model, keys, valid_from)
    touched = _current(session, model, keys, valid_from, valid_to)
    same = _already(session, touched, valid_from, valid_to, values)
    if same is not None:
        return same
    demand_alone(session, model, valid_from, valid_to, values)
    before = [logged(session, row) for row in touched]
    try:
        with session.begin_nested():
            _cut(session, touched, valid_from, valid_to)
            row = _insert(session, model, valid_from, valid_to, reason, values)
    except (IntegrityError, DataError) as error:
        raise FactError(explain(model, error)) from error
    _protocol(session, "tatsache.erfasst", row, [*values], reason, before, [logged(session, row)],
              replaced=len(touched))
    return row


def end_fact(session: TenantSession, model: type[F], *, last_day: date, reason: str, **keys: Any) -> int:
    """Beendet eine Tatsache mit Ablauf von `last_day`; was später begänne, entfällt. Gibt die Zahl der Abgelösten."""
    if not reason.strip():
        raise FactError(f"{model.__tablename__}: Grund fehlt; angeben, warum die Tatsache endet.")
    touched = [
        row
        for row in _current(session, model, {name: keys[name] for name in model.keys}, last_day + DAY, None)
        if row.valid_to is None or row.valid_to > last_day
    ]
    before = [logged(session, row) for row in touched]
    _cut(session, touched, last_day + DAY, None)
    for row, held in zip(touched, before, strict=True):
        after = [held | {"valid_to": last_day}] if row.valid_from <= last_day else []
        _protocol(session, "tatsache.beendet", row, [], reason, [held], after, last_day=last_day.isoformat())
    return len(touched)


def clear_fact(session: TenantSession, model: type[F], *, first: date, last: date, reason: str, **keys: Any) -> int:
    """Nimmt für einen Zeitraum zurück, was darin gilt; davor und danach bleibt es. Gibt die Zahl der Abgelösten."""
    if not reason.strip():
        raise FactError(f"{model.__tablename__}: Grund fehlt; angeben, warum die Tatsache entfällt.")
    touched = _current(session, model, {name: keys[name] for name in model.keys}, first, last)
    before = [logged(session, row) for row in touched]
    _cut(session, touched, first, last)
    for row, held in zip(touched, before, strict=True):
        _protocol(session, "tatsache.zurueckgenommen", row, [], reason, [held], [], first=first.isoformat(),
                  last=last.isoformat())
    return len(touched)


def create_person(session: TenantSession, *, valid_from: date, reason: str, **angaben: Any) -> Person:
    """Legt eine Person mit ihren Angaben an (Felder wie PersonAngaben, Kennnummern im Klartext)."""
    person = Person(public_id=uuid.uuid4(), created_by=_actor(session))
    with session.begin_nested():
        session.add(person)
        session.flush()
        record_fact(session, PersonAngaben, person_id=person.id, valid_from=valid_from, reason=reason, **angaben)
    return person


def hire(
    session: TenantSession, person: Person, *, personalnummer: str, art: str, eintritt: date, reason: str,
    austritt: date | None = None, kostenstelle: str | None = None, email: str | None = None,
    verstorbene: str | None = None, verhaeltnis: str | None = None, taetigkeitsschluessel: str | None = None,
    gefahrtarifstelle: str | None = None,
) -> Beschaeftigung:
    """Legt ein Beschäftigungsverhältnis an; eine schon vergebene Personalnummer ist ein Fehler."""
    if find_employment(session, personalnummer) is not None:
        raise FactError(f"Personalnummer {personalnummer} ist bei diesem Mandanten schon vergeben; eine freie wählen.")
    row = Beschaeftigung(
        public_id=uuid.uuid4(), person_id=person.id, personalnummer=personalnummer, created_by=_actor(session)
    )
    angaben: dict[str, Any] = {
        "art": art,
        "eintritt": eintritt,
        "austritt": austritt,
        "kostenstelle": kostenstelle,
        "email": email,
        "verstorbene": verstorbene,
        "verhaeltnis": verhaeltnis,
        "taetigkeitsschluessel": taetigkeitsschluessel,
        "gefahrtarifstelle": gefahrtarifstelle,
    }
    with session.begin_nested():
        session.add(row)
        session.flush()
        record_fact(
            session, BeschaeftigungAngaben, beschaeftigung_id=row.id, valid_from=eintritt, reason=reason, **angaben
        )
    return row


def leave(session: TenantSession, employment: Beschaeftigung, *, last_day: date, reason: str) -> None:
    """Erfasst den Austritt und beendet die wiederkehrenden Bezüge mit ihm."""
    held = as_of(session, BeschaeftigungAngaben, last_day, beschaeftigung_id=employment.id)
    if not held:
        raise FactError(
            f"Personalnummer {employment.personalnummer}: am {last_day:%d.%m.%Y} nicht beschäftigt; Austritt prüfen."
        )
    values = contents(session, held[0]) | {"austritt": last_day}
    record_fact(session, BeschaeftigungAngaben, valid_from=last_day, reason=reason, replace_later=True, **values)
    rows = select(WiederkehrenderBezug).where(
        known(WiederkehrenderBezug, None),
        within(WiederkehrenderBezug, last_day + DAY, date.max),
        WiederkehrenderBezug.beschaeftigung_id == employment.id,
    )
    for keys in {tuple(getattr(row, name) for name in row.keys) for row in session.scalars(rows)}:
        named = dict(zip(WiederkehrenderBezug.keys, keys, strict=True))
        end_fact(session, WiederkehrenderBezug, last_day=last_day, reason=reason, **named)


def find_employment(session: TenantSession, personalnummer: str) -> Beschaeftigung | None:
    """Beschäftigung dieses Mandanten mit dieser Personalnummer; die eines anderen Mandanten gibt es hier nicht."""
    return session.scalars(select(Beschaeftigung).filter_by(personalnummer=personalnummer)).first()


def find_sealed(session: TenantSession, model: type[F], field: str, value: str) -> Sequence[F]:
    """Heute bekannte Tatsachen, deren verschlüsseltes Feld diesen Wert hat (zum Beispiel die IBAN)."""
    wanted = lookup_hash(keys_of(session), value, purpose(model, field))
    statement = select(model).where(known(model, None), getattr(model, f"{field}_hash") == wanted)
    return session.scalars(statement.order_by(model.id)).all()


def _demand(model: type[Fact], valid_from: date, valid_to: date | None, reason: str, values: dict[str, Any]) -> None:
    table = model.__tablename__
    if not reason.strip():
        raise FactError(f"{table}: Grund fehlt; angeben, warum die Tatsache erfasst wird.")
    if valid_to is not None and valid_to < valid_from:
        raise FactError(
            f"{table}: gültig bis {valid_to:%d.%m.%Y} liegt vor gültig ab {valid_from:%d.%m.%Y}; Zeitraum berichtigen."
        )
    missing = [name for name in model.keys if values.get(name) is None]
    if missing:
        raise FactError(f"{table}: {', '.join(missing)} fehlt; angeben, wem die Tatsache gehört.")


def _day_before_next(session: TenantSession, model: type[Fact], keys: dict[str, Any], after: date) -> date | None:
    statement = select(model.valid_from).where(known(model, None), model.valid_from > after, *equal(model, keys))
    following = session.scalars(statement.order_by(model.valid_from).limit(1)).first()
    return None if following is None else following - DAY


def _current(
    session: TenantSession, model: type[F], keys: dict[str, Any], first: date, last: date | None
) -> Sequence[F]:
    statement = select(model).where(known(model, None), within(model, first, last or date.max), *equal(model, keys))
    return session.scalars(statement.order_by(model.valid_from)).all()


def _already(
    session: TenantSession, touched: Sequence[F], first: date, last: date | None, values: dict[str, Any]
) -> F | None:
    if len(touched) != 1:
        return None
    row = touched[0]
    covered = row.valid_from <= first and (row.valid_to is None or (last is not None and last <= row.valid_to))
    if not covered:
        return None
    held = contents(session, row)
    complete = {name: values.get(name, default_of(type(row), name)) for name in held}
    return row if held == complete else None


def default_of(model: type[Fact], name: str) -> Any:
    """Wert eines Feldes, das niemand angegeben hat."""
    column = table_of(model).columns.get(name)
    default = None if column is None else column.default
    return default.arg if isinstance(default, ScalarElementColumnDefault) else None


def _cut(session: TenantSession, touched: Sequence[Fact], first: date, last: date | None) -> None:
    """Löst Zeilen ab und erfasst neu, was von ihnen vor `first` und nach `last` weiter gilt."""
    rest = [(row, contents(session, row)) for row in touched]
    for row in touched:
        row.superseded_at = func.now()  # one clock per transaction
    session.flush()
    for row, values in rest:
        if row.valid_from < first:
            _insert(session, type(row), row.valid_from, first - DAY, row.reason, values)
        if last is not None and (row.valid_to is None or row.valid_to > last):
            _insert(session, type(row), last + DAY, row.valid_to, row.reason, values)


def _insert(
    session: TenantSession,
    model: type[F],
    valid_from: date,
    valid_to: date | None,
    reason: str,
    values: dict[str, Any],
) -> F:
    public_id = uuid.uuid4()
    row = model(
        public_id=public_id,
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_by=_actor(session),
        reason=reason,
        **sealed_columns(keys_of(session), model, public_id, values),
    )
    session.add(row)
    session.flush()
    return row


def _protocol(session: TenantSession, action: str, row: Fact, fields: list[str], reason: str,
              before: list[dict[str, Any]], after: list[dict[str, Any]], **details: Any) -> None:
    """Eintrag mit den Werten vorher und nachher; im Klartext stehen nur Kennungen, Tage und Namen der Felder."""
    audit.record(
        session,
        action,
        f"{row.__tablename__}:{row.public_id}",
        {
            **{name: getattr(row, name) for name in row.keys},
            "valid_from": row.valid_from.isoformat(),
            "valid_to": None if row.valid_to is None else row.valid_to.isoformat(),
            "felder": sorted(fields),
            **details,
        },
        reason,
        values=audit.Values(scope_of(session, row), before, after),
    )


def _actor(session: TenantSession) -> str:
    return str(session.info["actor"])
