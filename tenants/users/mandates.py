"""Mandate: wer für welchen Mandanten in welcher Rolle handelt, von Tag bis Tag."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    union_all,
)

from tenants import audit
from tenants.db.session import PlatformSession, platform_session
from tenants.documents import people as document_keys
from tenants.models.access import Deputy
from tenants.models.tenant import LEFT, Tenant
from tenants.models.user import EmployeeAccess, Mandate, User
from tenants.permissions import MANDATE_ROLES, UNIT_ROLES, permissions_of
from tenants.users.errors import UserError
from tenants.users.presence import present_on


@dataclass(frozen=True)
class HeldAt:
    """Was ein Mensch an einem Tag bei einem Mandanten ist.

    person_public_ids sind die eigenen Personen im Portal, standing_in_for die Menschen, die er heute hier vertritt,
    unit_public_ids die Organisationseinheiten, die er leitet.
    """

    tenant_id: int
    public_id: uuid.UUID
    number: str
    name: str
    kind: str
    demo: bool
    roles: frozenset[str]
    person_public_ids: frozenset[uuid.UUID] = frozenset()
    standing_in_for: frozenset[str] = frozenset()
    unit_public_ids: frozenset[uuid.UUID] = frozenset()

    @property
    def permissions(self) -> frozenset[str]:
        """Alles, was die Rollen zusammen erlauben."""
        return permissions_of(self.roles)

    def limit(self, permission: str) -> frozenset[uuid.UUID] | None:
        """Einheiten, auf die dieses Recht hier beschränkt ist; None: der ganze Mandant, leer: nichts."""
        if permission in permissions_of(self.roles - UNIT_ROLES):
            return None
        return self.unit_public_ids


def give_mandate(
    session: PlatformSession,
    tenant_id: int,
    user: User,
    role: str,
    valid_from: date,
    valid_to: date | None = None,
    *,
    unit: uuid.UUID | None = None,
) -> Mandate:
    """Erteilt ein Mandat (Tage einschließlich); sich selbst erteilt niemand eines.

    unit beschränkt eine Leitung auf ihre Organisationseinheit; ohne sie sieht sie nichts.
    """
    _require_sense(role, valid_from, valid_to, unit)
    if user.login == str(session.info["actor"]).lower():
        raise UserError("Niemand erteilt sich selbst ein Mandat: eine zweite Person der Verwaltung bitten.")
    tenant = _checked(session, tenant_id, user, "applicant" if role == "applicant" else "staff")
    _require_no_other(session, tenant, user, role, valid_from, valid_to)
    row = Mandate(
        tenant_id=tenant_id,
        user_id=user.id,
        role=role,
        unit_public_id=unit,
        valid_from=valid_from,
        valid_to=valid_to,
        created_by=str(session.info["actor"]),
    )
    session.add(row)
    details = {"tenant": tenant.number, "role": role, "from": valid_from, "to": valid_to, "unit": unit}
    audit.record(session, "mandate.give", str(user.public_id), {**details, "vorher": None})
    return row


def _require_sense(role: str, valid_from: date, valid_to: date | None, unit: uuid.UUID | None) -> None:
    if role not in MANDATE_ROLES:
        raise UserError(f"Die Rolle {role} gibt es nicht als Mandat. Bekannt: {', '.join(MANDATE_ROLES)}.")
    if valid_to is not None and valid_to < valid_from:
        raise UserError("Das Mandat endet vor seinem Beginn: die beiden Tage prüfen.")
    if unit is not None and role not in UNIT_ROLES:
        raise UserError("Nur die Leitung eines Fachamts ist auf eine Einheit beschränkt: Einheit weglassen.")


def _require_no_other(session: PlatformSession, tenant: Tenant, user: User, role: str, valid_from: date,
                      valid_to: date | None) -> None:
    clash = session.scalars(
        select(Mandate).where(
            Mandate.tenant_id == tenant.id,
            Mandate.user_id == user.id,
            Mandate.role == role,
            or_(Mandate.valid_to.is_(None), Mandate.valid_to >= valid_from),
            or_(Mandate.valid_to.is_(None), Mandate.valid_to >= Mandate.valid_from),
            *(() if valid_to is None else (Mandate.valid_from <= valid_to,)),
        )
    ).first()
    if clash is not None:
        raise UserError(
            f"{user.login} hat das Mandat {role} bei {tenant.number} schon ab {clash.valid_from:%d.%m.%Y}: "
            "das vorhandene zuerst beenden."
        )


def end_mandate(session: PlatformSession, mandate: Mandate, last_day: date, reason: str) -> None:
    """Beendet ein Mandat mit Ablauf eines Tages; mit dem Tag vor dem ersten ist es zurückgezogen und galt nie.

    Länger wird es so nicht: was geendet hat oder zurückgezogen ist, lebt nur als neues Mandat wieder auf.
    """
    never = mandate.valid_from - timedelta(days=1)
    if last_day < never:
        raise UserError(
            f"Das Mandat beginnt am {mandate.valid_from:%d.%m.%Y}: ein späteres Ende angeben, oder den "
            f"{never:%d.%m.%Y}, um es ganz zurückzuziehen."
        )
    if mandate.valid_to is not None and last_day > mandate.valid_to:
        raise UserError(f"Das Mandat endet schon am {mandate.valid_to:%d.%m.%Y}: länger gilt nur ein neues Mandat.")
    if not reason.strip():
        raise UserError("Das Ende eines Mandats braucht einen Grund.")
    details = {"role": mandate.role, "from": mandate.valid_from, "to": last_day, "vorher": {"to": mandate.valid_to}}
    mandate.valid_to = last_day
    audit.record(session, "mandate.end", f"mandate:{mandate.tenant_id}:{mandate.id}", details, reason)


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
    document_keys.at_access(session, user, row)
    audit.record(session, "access.give", str(user.public_id), {"tenant": tenant.number, "person": person_public_id})
    return row


def mandates_on(user: User | int, day: date, *, session: PlatformSession | None = None) -> list[HeldAt]:
    """Alles, was an diesem Tag gilt, je Mandant einmal, nach Nummer; wer gesperrt oder nicht mehr da ist, hat nichts.

    Eine Vertretung gibt die Mandate weiter, die der vertretene Mensch an diesem Tag selbst hat, keine Vertretung.
    """
    if session is None:
        with platform_session(actor="system") as own:
            return mandates_on(user, day, session=own)
    found: dict[int, Any] = {}
    sets: dict[tuple[int, str], set[Any]] = {}
    for row in session.execute(_HELD, {"user_id": user if isinstance(user, int) else user.id, "day": day}):
        found[row.id] = row
        for name in ("role", "person", "absent", "unit"):
            if (value := getattr(row, name)) is not None:
                sets.setdefault((row.id, name), set()).add(value)

    def all_of(tenant: int, name: str) -> frozenset[Any]:
        return frozenset(sets.get((tenant, name), ()))

    return [
        HeldAt(
            t.id, t.public_id, t.number, t.name, t.kind, t.demo,
            all_of(t.id, "role"), all_of(t.id, "person"), all_of(t.id, "absent"), all_of(t.id, "unit"),
        )
        for t in found.values()
    ]  # fmt: skip


def holders(session: PlatformSession, tenants: Collection[int], permission: str, day: date) -> (
        dict[int, dict[str, str]]):
    """Wer an diesem Tag bei diesen Mandanten ein Recht durch ein eigenes Mandat hat: Anmeldename und Name.

    Eine Abfrage; Vertretungen und auf eine Einheit beschränkte Mandate zählen nicht.
    """
    rows = session.execute(
        select(Mandate.tenant_id, Mandate.role, User.login, User.display_name)
        .join(User, User.id == Mandate.user_id)
        .where(Mandate.tenant_id.in_(sorted(tenants)), Mandate.unit_public_id.is_(None),
               Mandate.valid_from <= day, or_(Mandate.valid_to.is_(None), Mandate.valid_to >= day), *present_on(day)))
    found: dict[int, dict[str, str]] = {}
    for tenant_id, role, login, name in rows:
        if permission in permissions_of((role,)):
            found.setdefault(tenant_id, {})[login] = name
    return found


def _valid(table: FromClause, day: BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    return (table.c.valid_from <= day, or_(table.c.valid_to.is_(None), table.c.valid_to >= day))


def _held() -> Select[*tuple[Any, ...]]:
    """Eigene Mandate, eigene Personen und die Mandate der heute Vertretenen in einer Abfrage, je Mandant nach Nummer.

    Wer noch nicht oder nicht mehr da ist, vererbt nichts; ein Arbeitgeber, dessen Schlüssel vernichtet sind, ist keiner
    mehr: jede seiner Seiten müsste Unlesbares öffnen. Sie steht an jeder Anfrage; gebaut wird sie einmal.
    """
    day, user = bindparam("day", type_=Date()), bindparam("user_id", type_=BigInteger())
    mandate, access, deputy = Mandate.__table__, EmployeeAccess.__table__, Deputy.__table__
    people, absent = User.__table__, User.__table__.alias("absent")
    nobody, nowhere = cast(null(), Uuid), cast(null(), Text)
    here = exists().where(people.c.id == user, people.c.active.is_(True), *_there(people, day))
    own = select(mandate.c.tenant_id, mandate.c.role, mandate.c.unit_public_id.label("unit"), nobody.label("person"),
                 nowhere.label("absent")).where(mandate.c.user_id == user, here, *_valid(mandate, day))
    employee = select(access.c.tenant_id, literal("employee"), nobody, access.c.person_public_id, nowhere).where(
        access.c.user_id == user, here, *_valid(access, day))
    stood_in_for = (
        select(mandate.c.tenant_id, mandate.c.role, mandate.c.unit_public_id, nobody, absent.c.login)
        .join(deputy, and_(deputy.c.tenant_id == mandate.c.tenant_id, deputy.c.user_id == mandate.c.user_id))
        .join(absent, and_(absent.c.id == mandate.c.user_id, absent.c.active, *_there(absent, day)))
        .where(deputy.c.deputy_user == user, here, *_valid(deputy, day), *_valid(mandate, day))
    )
    held, tenant = union_all(own, employee, stood_in_for).subquery(), Tenant.__table__
    return (
        select(tenant.c.id, tenant.c.public_id, tenant.c.number, tenant.c.name, tenant.c.kind, tenant.c.demo,
               held.c.role, held.c.unit, held.c.person, held.c.absent)
        .join(held, held.c.tenant_id == tenant.c.id)
        .where(tenant.c.state != LEFT)
        .order_by(tenant.c.number)
    )


def _there(people: FromClause, day: BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    """Zwischen dem ersten und dem letzten Tag, wie :func:`present_on`, für eine Tabelle unter anderem Namen."""
    return (or_(people.c.first_day.is_(None), people.c.first_day <= day),
            or_(people.c.last_day.is_(None), people.c.last_day >= day))


_HELD = _held()


def _checked(session: PlatformSession, tenant_id: int, user: User, kind: str | None) -> Tenant:
    tenant = session.get(Tenant, tenant_id)
    if tenant is None:
        raise UserError(f"Den Mandanten {tenant_id} gibt es nicht.")
    if user.demo and not tenant.demo:
        raise UserError(f"{user.login} gehört zur Demonstration und bekommt bei {tenant.number} keinen Zugang.")
    if kind is not None and user.kind != kind:
        words = "Zugang „staff“ anlegen" if kind == "staff" else "die Rolle „applicant“ gibt es nur für Bewerbungen"
        raise UserError(f"{user.login} ist ein Zugang des Portals und bekommt kein Mandat: {words}.")
    return tenant
