"""Beschäftigte bekommen ihren Zugang zum Portal: verbunden mit der eigenen Person, mit dem Brief zur ersten Anmeldung.

Der Anmeldename entsteht aus der Nummer des Arbeitgebers und der Personalnummer, nie aus dem Namen (er bleibt in der
Datenbank lesbar). Wer noch kein Kennwort hat, bekommt hier auch einen neuen Brief; danach gibt ihn nur die Verwaltung
der Plattform aus, mit Grund.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import or_, select

from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Person, PersonAngaben
from payroll.statements.briefe import anmeldung
from tenants import audit
from tenants.db import guard
from tenants.db.session import PlatformSession, TenantSession, platform_session
from tenants.models import EmployeeAccess, Tenant, User
from tenants.users import service

AHEAD = timedelta(days=31)  # who begins within a month gets the letter before the first day
SET_UP = "Diese Person hat schon ein Kennwort. Einen neuen Brief gibt nur die Verwaltung der Plattform aus, mit Grund."
NOT_HERE = "Keine Beschäftigung: Zugang zum Portal bekommt, wer hier arbeitet oder in einem Monat anfängt."


class ZugangError(ValueError):
    """Diese Person bekommt so keinen Zugang; der Text sagt, warum."""


@dataclass(frozen=True)
class Zugang:
    """Der Zugang einer Person: seit wann, bis wann, ob sie schon ein Kennwort vergeben hat."""

    login: str
    seit: date
    bis: date | None
    eingerichtet: bool


@dataclass(frozen=True)
class Eingeladen:
    """Ein ausgegebener Brief; das PDF enthält den Code und liegt nirgends sonst."""

    personalnummer: str
    login: str
    pdf: bytes = field(repr=False)


def of_person(session: TenantSession, person: uuid.UUID) -> Zugang | None:
    """Der jüngste Zugang, der mit dieser Person verbunden ist."""
    row = session.scalars(select(EmployeeAccess).where(EmployeeAccess.person_public_id == person)
                          .order_by(EmployeeAccess.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    with platform_session(actor=str(session.info["actor"])) as platform:
        user = platform.get_one(User, row.user_id)
        return Zugang(user.login, row.valid_from, row.valid_to, user.password_hash is not None)


def without_access(session: TenantSession, day: date) -> list[uuid.UUID]:
    """Personen, die an diesem Tag hier arbeiten oder in einem Monat anfangen und noch keinen Zugang haben; nach
    Personalnummer."""
    held = set(session.scalars(select(EmployeeAccess.person_public_id)))
    rows = session.execute(
        select(Person.public_id).join(Beschaeftigung, Beschaeftigung.person_id == Person.id)
        .join(BeschaeftigungAngaben, BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id)
        .where(*_working(day)).order_by(Beschaeftigung.personalnummer))
    return list(dict.fromkeys(person for (person,) in rows if person not in held))


def own_person(session: TenantSession, login: str) -> set[uuid.UUID]:
    """Die eigenen Personen eines Zugangs hier: für sich selbst gibt niemand einen Brief aus."""
    with platform_session(actor=login) as platform:
        user = platform.scalars(select(User.id).where(User.login == login)).one_or_none()
    return set(session.scalars(select(EmployeeAccess.person_public_id).where(EmployeeAccess.user_id == user)))


def invite(session: TenantSession, person: uuid.UUID, day: date, address: str) -> Eingeladen:
    """Legt den Zugang an, verbindet ihn mit der Person und gibt den Brief aus; address ist die Adresse des Portals."""
    number = session.scalars(
        select(Beschaeftigung.personalnummer).join(Person, Person.id == Beschaeftigung.person_id)
        .join(BeschaeftigungAngaben, BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id)
        .where(Person.public_id == person, *_working(day)).order_by(Beschaeftigung.personalnummer).limit(1)).first()
    if number is None:
        raise ZugangError(NOT_HERE)
    tenant, actor = guard.tenant_of(session), str(session.info["actor"])
    name = _name(session, person, day)
    with platform_session(actor=actor) as platform:
        user = _account(platform, tenant, person, number, name, day)
        if user.kind != "employee" or user.password_hash is not None:
            raise ZugangError(SET_UP)
        letter = service.issue_letter(platform, user)
        pdf = anmeldung.paper(tenant, letter, address, day, actor)  # a refused paper leaves no account and no code
    audit.record(session, "portal.brief", f"person:{person}", {"login": letter.login, "bis": letter.expires_at})
    return Eingeladen(number, letter.login, pdf)


def _account(platform: PlatformSession, tenant: int, person: uuid.UUID, number: str, name: str, day: date) -> User:
    """Der verbundene Zugang; beim ersten Mal entsteht er. Zwei zugleich legen ihn nur einmal an."""
    row = platform.scalars(select(Tenant).where(Tenant.id == tenant).with_for_update()).one()
    held = platform.scalars(
        select(User).join(EmployeeAccess, EmployeeAccess.user_id == User.id)
        .where(EmployeeAccess.tenant_id == tenant, EmployeeAccess.person_public_id == person)
        .order_by(EmployeeAccess.id.desc()).limit(1)).one_or_none()
    if held is not None:
        return held
    user = service.create_user(platform, _free_login(platform, row.number, number), name, kind="employee")
    service.give_employee_access(platform, tenant, user, person, day)
    return user


def _free_login(platform: PlatformSession, employer: str, number: str) -> str:
    wanted = re.sub(r"[^a-z0-9.-]", "", f"{employer}-{number}".lower())
    taken = set(platform.scalars(select(User.login).where(or_(User.login == wanted, User.login.like(f"{wanted}.%")))))
    return next(name for name in (wanted, *(f"{wanted}.{n}" for n in range(2, len(taken) + 3))) if name not in taken)


def _working(day: date) -> tuple[object, ...]:
    known = BeschaeftigungAngaben
    return (known.superseded_at.is_(None), known.eintritt <= day + AHEAD,
            or_(known.austritt.is_(None), known.austritt >= day))


def _name(session: TenantSession, person: uuid.UUID, day: date) -> str:
    rows = session.scalars(select(PersonAngaben).join(Person, Person.id == PersonAngaben.person_id)
                           .where(Person.public_id == person, PersonAngaben.superseded_at.is_(None))
                           .order_by(PersonAngaben.valid_from)).all()
    if not rows:
        raise ZugangError("Die Person hat keinen Namen: zuerst ihre Angaben erfassen.")
    row = next((one for one in reversed(rows) if one.valid_from <= day), rows[0])
    return f"{row.vorname} {row.nachname}".strip()
