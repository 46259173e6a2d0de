"""Nachricht, dass Abrechnungen bereitliegen: nach dem Abschluss eines Monats, je Zugang und Ausgabe einmal, ohne Daten.

Abrechnungen entstehen mit dem Abschluss, in einer Transaktion für alle: was hier steht, ist von allen freigegeben. Was
schon gemeldet ist, steht als Anlass an der Nachricht; Nachrichten bleiben länger als SPAN im Postausgang.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.runs.models import Lauf
from payroll.statements.models import Dokument
from tenants.db.session import PlatformSession, platform_session, tenant_session
from tenants.models import EmployeeAccess
from tenants.models.access import OutboxMessage
from tenants.outbox import service as outbox
from tenants.users.presence import office_day

SPAN = timedelta(days=7)
LOCK = 0x4B524F  # "KRO": two nights or commands at once never tell twice
Ready = dict[int, set[str]]


def announce(tenants: Iterable[int], now: datetime, actor: str) -> int:
    """Legt die fälligen Nachrichten in den Postausgang und gibt ihre Zahl; noch einmal aufgerufen, keine mehr."""
    ready: Ready = defaultdict(set)
    for tenant in tenants:
        for user, keys in _ready(tenant, now, actor).items():
            ready[user] |= keys
    if not ready:
        return 0
    with platform_session(actor=actor) as session:
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        told = _told(session, now)
        new = {user: keys - told.get(user, set()) for user, keys in ready.items()}
        fresh = {user: ",".join(sorted(keys)) for user, keys in new.items() if keys}
        return outbox.slips_ready(session, fresh, office_day(now))


def _ready(tenant: int, now: datetime, actor: str) -> Ready:
    """Je Zugang, was ein Arbeitgeber zuletzt ausgestellt hat: Arbeitgeber, Monat und Fassung."""
    with tenant_session(tenant, actor=actor) as session:
        # Asked every few minutes: the months first, a handful of rows, so that nobody reads all documents for nothing.
        months = session.scalars(select(Lauf.monat).where(Lauf.abgeschlossen_am > now - SPAN)).all()
        if not months:
            return {}
        rows = session.execute(
            select(Person.public_id, Dokument.monat, func.max(Dokument.fassung).label("fassung"))
            .select_from(Dokument)
            .join(Beschaeftigung, (Beschaeftigung.tenant_id == Dokument.tenant_id)
                  & (Beschaeftigung.id == Dokument.beschaeftigung_id))
            .join(Person, (Person.tenant_id == Beschaeftigung.tenant_id) & (Person.id == Beschaeftigung.person_id))
            .where(Dokument.monat.in_(months), Dokument.art == "abrechnung", Dokument.erstellt_am > now - SPAN)
            .group_by(Person.public_id, Dokument.monat)).all()
        if not rows:
            return {}
        day = office_day(now)
        access: dict[object, list[int]] = defaultdict(list)
        for one in session.scalars(select(EmployeeAccess).where(
                EmployeeAccess.valid_from <= day,
                EmployeeAccess.valid_to.is_(None) | (EmployeeAccess.valid_to >= day))):
            access[one.person_public_id].append(one.user_id)
    found: Ready = defaultdict(set)
    for row in rows:
        for user in access[row.public_id]:
            found[user].add(f"{tenant}/{row.monat:%Y-%m}/{row.fassung}")
    return found


def _told(session: PlatformSession, now: datetime) -> Ready:
    told: Ready = defaultdict(set)
    for user, occasion in session.execute(select(OutboxMessage.user_id, OutboxMessage.occasion).where(
            OutboxMessage.occasion.startswith(outbox.SLIP), OutboxMessage.created_at > now - 2 * SPAN)):
        told[user] |= set(occasion.removeprefix(outbox.SLIP).split(","))
    return told
