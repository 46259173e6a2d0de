"""Eine Tatsache vom Schreibtisch erfassen: Besitzer finden, Eingaben lesen, prüfen, speichern."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from payroll.masterdata.fact_rules import check
from payroll.masterdata.models import Anlasszahlung, Beschaeftigung, Fehlzeit, Person
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import contents, protected
from payroll.masterdata.service import FactError, end_fact, record_fact
from payroll.web.desk import fact_forms, wage_choice
from payroll.web.desk.fact_fields import Choices, FactKind
from payroll.web.desk.person_reading import OWNER_COLUMN, covered, name_of, versions_on
from tenants import audit
from tenants.db.session import TenantSession

WHOLE_FORM = "formular"
DAY = timedelta(days=1)
WITHDRAWABLE = (Fehlzeit, Anlasszahlung)  # recorded by mistake, they end the day before they began
CONFLICT = (
    "Die Angaben widersprechen einer Regel der Datenbank oder einer anderen Tatsache desselben Zeitraums. "
    "Bitte Zeitraum und Werte prüfen."
)


@dataclass(frozen=True)
class Entry:
    """Wem die neue Tatsache gehört und womit das Formular vorbelegt ist."""

    owner_id: int
    person: uuid.UUID
    person_name: str
    job: uuid.UUID | None
    personalnummer: str
    options: dict[str, Choices]
    prefilled: dict[str, str]


def entry_for(
    session: TenantSession,
    kind: FactKind,
    person: uuid.UUID,
    job: uuid.UUID | None,
    template: uuid.UUID | None,
    day: date,
) -> Entry | None:
    """Bereitet das Formular vor; None, wenn es Person, Beschäftigung oder Vorlage bei diesem Mandanten nicht gibt."""
    owner = session.scalars(select(Person).where(Person.public_id == person)).one_or_none()
    if owner is None:
        return None
    employment = None
    if kind.owner == "job":
        statement = select(Beschaeftigung).filter_by(person_id=owner.id, public_id=job)
        employment = session.scalars(statement).one_or_none()
        if employment is None:
            return None
    owner_id = employment.id if employment else owner.id
    source = _source(session, kind, owner_id, template, day)
    if template is not None and source is None:
        return None
    options = fact_forms.options_of(session, kind)
    return Entry(
        owner_id,
        person,
        name_of(session, owner.id, day),
        job if employment else None,
        employment.personalnummer if employment else "",
        options,
        _prefilled(session, kind, person, source, options),
    )


def save(session: TenantSession, kind: FactKind, entry: Entry, form: Mapping[str, str]) -> fact_forms.FactInput:
    """Liest, prüft und erfasst; was nicht passt, steht danach in errors und nichts ist gespeichert."""
    given = fact_forms.read(kind, form, entry.options)
    if not given.errors:
        check(kind.model, given)
        wage_choice.check(given, entry.options)
    if given.errors:
        return given
    assert given.valid_from is not None
    values: dict[str, Any] = {OWNER_COLUMN[kind.owner]: entry.owner_id, **given.values}
    if "iban" in values:
        values["iban_ende"] = str(values["iban"])[-4:] if values["iban"] else None
    try:
        with session.begin_nested():
            record_fact(
                session,
                kind.model,
                valid_from=given.valid_from,
                valid_to=given.valid_to,
                reason=given.reason,
                **values,
            )
    except FactError as refused:
        given.refuse(WHOLE_FORM, str(refused))
    except IntegrityError:
        given.refuse(WHOLE_FORM, CONFLICT)
    return given


@dataclass(frozen=True)
class Ending:
    """Eine geltende Tatsache, die enden soll."""

    fact: Fact
    person: uuid.UUID
    person_name: str
    words: list[tuple[Any, str]]


def ending_for(session: TenantSession, kind: FactKind, person: uuid.UUID, fact: uuid.UUID, day: date) -> Ending | None:
    """Findet eine noch bekannte Tatsache dieser Person; None, wenn es sie bei ihr nicht gibt."""
    owner = session.scalars(select(Person).where(Person.public_id == person)).one_or_none()
    model = kind.model
    row = session.scalars(select(model).where(model.public_id == fact, model.superseded_at.is_(None))).one_or_none()
    if owner is None or row is None:
        return None
    held = getattr(row, OWNER_COLUMN[kind.owner])
    if kind.owner == "job":
        held = session.scalar(select(Beschaeftigung.person_id).where(Beschaeftigung.id == held))
    if held != owner.id:
        return None
    words = fact_forms.summary(kind, covered(row), fact_forms.options_of(session, kind))
    return Ending(row, person, name_of(session, owner.id, day), words)


def end(session: TenantSession, kind: FactKind, ending: Ending, form: Mapping[str, str]) -> fact_forms.FactInput:
    """Beendet die Tatsache mit Ablauf des angegebenen Tages; was nicht passt, steht danach in errors."""
    given = fact_forms.read_end(form)
    row = ending.fact
    earliest = row.valid_from - DAY if isinstance(row, WITHDRAWABLE) else row.valid_from
    if given.valid_to is not None and given.valid_to < earliest:
        given.refuse("gueltig_bis", f"Die Angaben gelten erst ab {row.valid_from:%d.%m.%Y}.")
    if given.errors:
        return given
    assert given.valid_to is not None
    try:
        with session.begin_nested():
            keys = {name: getattr(row, name) for name in row.keys}
            end_fact(session, kind.model, last_day=given.valid_to, reason=given.reason, **keys)
    except FactError as refused:
        given.refuse(WHOLE_FORM, str(refused))
    return given


def _source(
    session: TenantSession, kind: FactKind, owner_id: int, template: uuid.UUID | None, day: date
) -> Fact | None:
    """Vorlage: die gewünschte Fassung, sonst – wo es nur eine geben kann – die heute geltende."""
    if template is not None:
        owner = getattr(kind.model, OWNER_COLUMN[kind.owner]) == owner_id
        return session.scalars(select(kind.model).where(owner, kind.model.public_id == template)).one_or_none()
    if kind.several:
        return None
    return next(iter(versions_on(session, kind, owner_id, day)), None)


def _prefilled(
    session: TenantSession, kind: FactKind, person: uuid.UUID, source: Fact | None, options: dict[str, Choices]
) -> dict[str, str]:
    if source is None:
        return fact_forms.blank(kind)
    if protected(type(source)):
        audit.record_reading(session, "person.gelesen", f"person:{person}",
                             {"klartext": True, "art": source.__tablename__})
    return fact_forms.filled(kind, contents(session, source), options)
