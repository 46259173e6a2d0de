"""Um wen es auf einer Seite geht: Person der Adresse, ihre Beschäftigungen; bei welchem Feld ein Grund steht."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import abort
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Person, PersonAngaben
from tenants.db.session import TenantSession
from tenants.web import namesakes


def person_of(session: TenantSession, public_id: uuid.UUID) -> Person:
    """Die Person dieses Arbeitgebers; eine fremde oder unbekannte Kennung ist 404."""
    found = session.scalars(select(Person).where(Person.public_id == public_id)).one_or_none()
    if found is None:
        abort(404)
    return found


def is_me(session: TenantSession, person: Person) -> bool:
    """Ob die Person der angemeldete Mensch ist oder ebenso heißt oder hieß: an ihr handelt er hier nicht selbst."""
    return namesakes.is_me(person.public_id, names_of(session, person))


def names_of(session: TenantSession, person: Person) -> list[str]:
    """Alle Namen, die eine Person trägt oder trug."""
    rows = session.scalars(select(PersonAngaben).where(PersonAngaben.superseded_at.is_(None))
                           .filter_by(person_id=person.id))
    return [f"{row.vorname} {row.nachname}" for row in rows]


def jobs_of(session: TenantSession, person: Person) -> list[Beschaeftigung]:
    """Alle Beschäftigungen einer Person, die älteste zuerst."""
    return list(session.scalars(select(Beschaeftigung).filter_by(person_id=person.id).order_by(Beschaeftigung.id)))


def beside_field(refused: Exception, labels: Mapping[str, object]) -> dict[str, list[str]]:
    """Ein Grund, der mit dem Namen eines Feldes beginnt („Tag: …“), steht bei diesem Feld; sonst oben.

    labels: Name des Feldes zu seiner Beschriftung.
    """
    field, colon, rest = str(refused).partition(": ")
    name = next((key for key, word in labels.items() if colon and word == field), "")
    return {name: [rest if name else str(refused)]}
