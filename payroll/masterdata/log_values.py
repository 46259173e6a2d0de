"""Tatsachen im Protokoll: ihre Werte vorher und nachher und wessen Schlüssel sie versiegelt."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Person, Pfaendung, Unterhaltsausschluss, Unterhaltspflicht
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import contents
from tenants.audit import Scope, values
from tenants.db.session import TenantSession

DEPENDANTS = "unterhalt"


def logged(session: TenantSession, row: Fact) -> dict[str, Any]:
    """Fachliche Werte einer Tatsache mit ihrem Zeitraum, im Klartext."""
    return {"valid_from": row.valid_from, "valid_to": row.valid_to, **contents(session, row)}


def scope_of(session: TenantSession, row: Fact) -> Scope:
    """Wessen Schlüssel die Werte einer erfassten Tatsache versiegelt; eine Abfrage, wenn sie einer Person gehört."""
    anchor = getattr(row, "person_id", None), getattr(row, "beschaeftigung_id", None)
    if anchor == (None, None):
        return values.of_year()
    statement = select(Person.public_id)
    if anchor[0] is not None:
        statement = statement.where(Person.id == anchor[0])
    else:
        statement = statement.join(Beschaeftigung, Beschaeftigung.person_id == Person.id).where(
            Beschaeftigung.id == anchor[1])
    person = session.scalars(statement).one()
    return scope(person, type(row), {"nummer": getattr(row, "nummer", None)})


def scope(person: uuid.UUID, model: type[Fact], given: Mapping[str, Any]) -> Scope:
    """Wessen Schlüssel die Werte einer Tatsache dieser Person versiegelt."""
    if model is Pfaendung:
        return values.of_claim(person, given["nummer"])
    if model in (Unterhaltspflicht, Unterhaltsausschluss):
        return values.of_claim(person, DEPENDANTS)
    return values.of_person(person)
