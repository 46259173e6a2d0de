"""Personalliste zeigen und übernehmen: übernommen wird genau, was gezeigt wurde, in einer Transaktion."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from tenants import audit
from tenants.audit.service import lock
from tenants.db.session import PlatformSession
from tenants.feed import planning
from tenants.feed.people import FeedError, FeedPerson
from tenants.feed.planning import ERROR, JOINS, STAYS, Plan, Step
from tenants.feed.reading import read
from tenants.models.access import SsoProvider
from tenants.models.tenant import Tenant
from tenants.models.user import Mandate, User
from tenants.users import contact, presence, service, sso

REASON = "Personalliste"
CHANGED_SINCE = "Inzwischen hat sich etwas geändert: die Liste noch einmal prüfen und dann übernehmen."
MANY = (
    "Ungewöhnlich viele Menschen gehen bald, beginnen erst später oder verlieren alle Mandate: ist die Liste "
    "vollständig, auch in ihren Spalten? Wenn ja, ausdrücklich zulassen."
)


def preview(session: PlatformSession, content: bytes, day: date, *, complete: bool = False) -> Plan:
    """Was die Liste heute ändern würde."""
    return planning.plan(session, read(content, day), day, complete=complete)


def apply(
    session: PlatformSession,
    content: bytes,
    day: date,
    *,
    digest: str,
    complete: bool = False,
    many_may_leave: bool = False,
) -> Plan:
    """Übernimmt die Liste; fehlerhafte Zeilen bleiben liegen, alles andere geschieht ganz oder gar nicht."""
    lock(session)  # nobody else takes an administrator away between this plan and its steps
    found = preview(session, content, day, complete=complete)
    if found.digest != digest:
        raise FeedError(CHANGED_SINCE)
    if found.many_leave and not many_may_leave:
        raise FeedError(MANY)
    for step in found.steps:
        if step.kind not in (STAYS, ERROR):
            _carry_out(session, step, day)
    counts = {kind: found.count(kind) for kind in (JOINS, planning.MOVES, planning.LEAVES, planning.CHANGES, ERROR)}
    details = {"sha256": hashlib.sha256(content).hexdigest(), "complete": complete, **counts}
    audit.record(session, "feed.apply", "personalliste", details)
    return found


def _carry_out(session: PlatformSession, step: Step, day: date) -> None:
    person = step.person
    user = _joined(session, person) if step.kind == JOINS and person else session.get_one(User, step.user_id)
    for key in step.ends:
        mandate = session.get_one(Mandate, key)
        service.end_mandate(session, mandate, max(day, mandate.valid_from) - timedelta(days=1), REASON)
    session.flush()
    if person is not None:
        if step.kind != JOINS:
            contact.change(session, user, {name: getattr(person, name) for name in contact.FIELDS}, REASON)
        _give(session, user, step, max(day, person.first_day or day))
        _link(session, user, person)
    first = person.first_day if person is not None else user.first_day
    if (user.first_day, user.last_day) != (first, step.last_day):
        presence.set_days(session, user, first, step.last_day, REASON)


def _joined(session: PlatformSession, person: FeedPerson) -> User:
    details = {name: getattr(person, name) for name in (*contact.FIELDS[1:], "external_id", "first_day", "last_day")}
    return service.create_user(session, person.login, person.display_name, details=details)


def _give(session: PlatformSession, user: User, step: Step, first: date) -> None:
    tenants = {tenant.number: tenant.id for tenant in session.scalars(select(Tenant))}
    for number, role, unit in sorted(step.gives, key=lambda one: one[:2]):
        tenant_id = tenants[number]
        open_end = session.scalars(
            select(Mandate).where(
                Mandate.tenant_id == tenant_id,
                Mandate.user_id == user.id,
                Mandate.role == role,
                Mandate.valid_to >= first,
                Mandate.valid_to >= Mandate.valid_from,
            ).order_by(Mandate.valid_to.desc())
        ).first()
        begins = first if open_end is None or open_end.valid_to is None else open_end.valid_to + timedelta(days=1)
        service.give_mandate(session, tenant_id, user, role, begins, unit=unit)


def _link(session: PlatformSession, user: User, person: FeedPerson) -> None:
    rows = {row.name: row for row in session.scalars(select(SsoProvider))}
    for name, subject in sorted(person.identities):
        sso.link(session, rows[name], subject, user, datetime.now(UTC))
