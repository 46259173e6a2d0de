"""Mandate: wer für welchen Mandanten in welcher Rolle handelt, von Tag bis Tag."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from tenants import audit
from tenants.db.session import PlatformSession, platform_session
from tenants.models.tenant import Tenant
from tenants.models.user import EmployeeAccess, Mandate, User
from tenants.permissions import permissions_of
from tenants.users.errors import UserError


@dataclass(frozen=True)
class HeldAt:
    """Was ein Mensch an einem Tag bei einem Mandanten ist; person_public_ids sind die eigenen Personen im Portal."""

    tenant_id: int
    public_id: uuid.UUID
    number: str
    name: str
    kind: str
    demo: bool
    roles: frozenset[str]
    person_public_ids: frozenset[uuid.UUID] = frozenset()

    @property
    def permissions(self) -> frozenset[str]:
        """Alles, was die Rollen zusammen erlauben."""
        return permissions_of(self.roles)


def give_mandate(
    session: PlatformSession, tenant_id: int, user: User, role: str, valid_from: date, valid_to: date | None = None
) -> Mandate:
    """Erteilt ein Mandat (Tage einschließlich)."""
    tenant = _checked(session, tenant_id, user, "staff")
    clash = session.scalars(
        select(Mandate).where(
            Mandate.tenant_id == tenant_id,
            Mandate.user_id == user.id,
            Mandate.role == role,
            or_(Mandate.valid_to.is_(None), Mandate.valid_to >= valid_from),
            *(() if valid_to is None else (Mandate.valid_from <= valid_to,)),
        )
    ).first()
    if clash is not None:
        raise UserError(
            f"{user.login} hat das Mandat {role} bei {tenant.number} schon ab {clash.valid_from:%d.%m.%Y}: "
            "das vorhandene zuerst beenden."
        )
    row = Mandate(
        tenant_id=tenant_id,
        user_id=user.id,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        created_by=str(session.info["actor"]),
    )
    session.add(row)
    details = {"tenant": tenant.number, "role": role, "from": valid_from, "to": valid_to}
    audit.record(session, "mandate.give", str(user.public_id), details)
    return row


def end_mandate(session: PlatformSession, mandate: Mandate, last_day: date, reason: str) -> None:
    """Beendet ein Mandat mit Ablauf eines Tages."""
    if last_day < mandate.valid_from:
        raise UserError(f"Das Mandat beginnt am {mandate.valid_from:%d.%m.%Y}: ein späteres Ende angeben.")
    mandate.valid_to = last_day
    audit.record(session, "mandate.end", f"mandate:{mandate.tenant_id}:{mandate.id}", {"to": last_day}, reason)


def give_employee_access(
    session: PlatformSession,
    tenant_id: int,
    user: User,
    person_public_id: uuid.UUID,
    valid_from: date,
    valid_to: date | None = None,
) -> EmployeeAccess:
    """Verbindet einen Zugang mit der eigenen Person bei einem Mandanten."""
    tenant = _checked(session, tenant_id, user, None)
    row = EmployeeAccess(
        tenant_id=tenant_id,
        user_id=user.id,
        person_public_id=person_public_id,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(row)
    audit.record(session, "access.give", str(user.public_id), {"tenant": tenant.number, "person": person_public_id})
    return row


def mandates_on(user: User | int, day: date, *, session: PlatformSession | None = None) -> list[HeldAt]:
    """Alles, was an diesem Tag gilt, je Mandant einmal, nach Nummer; wer gesperrt ist, hat nichts."""
    if session is None:
        with platform_session(actor="system") as own:
            return mandates_on(user, day, session=own)
    user_id = user if isinstance(user, int) else user.id
    active = select(User.id).where(User.id == user_id, User.active)
    roles: dict[int, set[str]] = {}
    persons: dict[int, set[uuid.UUID]] = {}
    for row in session.scalars(select(Mandate).where(Mandate.user_id.in_(active), *_valid(Mandate, day))):
        roles.setdefault(row.tenant_id, set()).add(row.role)
    for access in session.scalars(
        select(EmployeeAccess).where(EmployeeAccess.user_id.in_(active), *_valid(EmployeeAccess, day))
    ):
        roles.setdefault(access.tenant_id, set()).add("employee")
        persons.setdefault(access.tenant_id, set()).add(access.person_public_id)
    tenants = session.scalars(select(Tenant).where(Tenant.id.in_(roles)).order_by(Tenant.number))
    return [
        HeldAt(
            t.id,
            t.public_id,
            t.number,
            t.name,
            t.kind,
            t.demo,
            frozenset(roles[t.id]),
            frozenset(persons.get(t.id, ())),
        )
        for t in tenants
    ]


def _valid(model: type[Mandate] | type[EmployeeAccess], day: date) -> tuple[ColumnElement[bool], ...]:
    return (model.valid_from <= day, or_(model.valid_to.is_(None), model.valid_to >= day))


def _checked(session: PlatformSession, tenant_id: int, user: User, kind: str | None) -> Tenant:
    tenant = session.get(Tenant, tenant_id)
    if tenant is None:
        raise UserError(f"Den Mandanten {tenant_id} gibt es nicht.")
    if user.demo and not tenant.demo:
        raise UserError(f"{user.login} gehört zur Demonstration und bekommt bei {tenant.number} keinen Zugang.")
    if kind is not None and user.kind != kind:
        raise UserError(f"{user.login} ist ein Zugang des Portals und bekommt kein Mandat: Zugang „staff“ anlegen.")
    return tenant
