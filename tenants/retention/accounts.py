"""Zugänge, Sitzungen, Versuche, Codes und Nachrichten: wie lange die Plattform sie behält.

Technisches geht von selbst nach fester Frist (clean). Ein Zugang geht nach drei vollen Kalenderjahren ohne Aufgabe
(§§ 195, 199 BGB: so lange kann jemand wegen einer Handlung nachfragen); zwei Menschen der Verwaltung ordnen es an, die
Datenbank verlangt beide. Im Protokoll bleiben Anmeldenamen und Vorgänge; es verliert nie eine Zeile.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, or_, select

from tenants import audit
from tenants.audit import accounts as log
from tenants.audit.models import AccountLogKey, AuditEntry
from tenants.audit.values import FIELD
from tenants.db.session import PlatformSession
from tenants.models.access import Deputy, OutboxMessage, Passkey, SsoIdentity, UserSession
from tenants.models.documents import DocumentKey, DocumentKeyWrap, DocumentUnlock
from tenants.models.user import EmployeeAccess, Mandate, SigninAttempt, SigninToken, User, UserCode
from tenants.retention.errors import DeletionRefused
from tenants.retention.models import AccountDeletion
from tenants.users.presence import office_day

YEARS = 3


@dataclass(frozen=True)
class Technical:
    """Eine technische Datenart: Titel, Tage nach ihrem Ende, warum so lange."""

    name: str
    titel: str
    tage: int
    warum: str


TECHNICAL = (
    Technical("sitzungen", "Beendete Sitzungen mit Gerät und Adresse", 400,
              "ein Gerät gilt als bekannt, wenn es im letzten Jahr benutzt wurde (Art. 32 DSGVO)"),
    Technical("versuche", "Versuche der Anmeldung (Name nur als Hash)", 30, "Bremse und Aufklärung von Angriffen"),
    Technical("codes", "Verbrauchte, widerrufene, abgelaufene Codes und Einmallinks", 90,
              "Rückfragen zum Brief der ersten Anmeldung"),
    Technical("nachrichten", "Versandte und aufgegebene Nachrichten des Postausgangs", 90, "Rückfragen zur Zustellung"),
    Technical("geoeffnet", "Geöffnete Schlüssel abgelaufener Sitzungen", 0, "nach dem Ende der Sitzung ohne Zweck"),
)


@dataclass(frozen=True)
class Due:
    """Ein Zugang, dessen Frist vorbei ist, und sein letzter Tag mit einer Aufgabe."""

    account: uuid.UUID
    login: str
    last_day: date


def clean(session: PlatformSession, now: datetime) -> dict[str, int]:
    """Löscht Technisches nach seiner Frist; gibt die Zeilen je Datenart und vermerkt sie, wenn es welche gab."""
    ended = {one.name: now - timedelta(days=one.tage) for one in TECHNICAL}
    gone: dict[str, int] = {
        "sitzungen": _delete(session, UserSession, UserSession.last_seen_at < ended["sitzungen"]),
        "versuche": _delete(session, SigninAttempt, SigninAttempt.at < ended["versuche"]),
        "codes": _delete(session, UserCode, or_(
            UserCode.used_at < ended["codes"], UserCode.revoked_at < ended["codes"],
            UserCode.expires_at < ended["codes"]))
        + _delete(session, SigninToken, SigninToken.expires_at < ended["codes"]),
        "nachrichten": _delete(session, OutboxMessage, or_(
            OutboxMessage.sent_at < ended["nachrichten"], OutboxMessage.given_up_at < ended["nachrichten"])),
        "geoeffnet": _delete(session, DocumentUnlock, DocumentUnlock.expires_at < ended["geoeffnet"]),
    }
    if any(gone.values()):
        audit.record(session, "aufbewahrung.technisch", "zugaenge", gone)
    return gone


def due(session: PlatformSession, day: date) -> list[Due]:
    """Zugänge ohne Aufgabe seit drei vollen Kalenderjahren: kein offenes Mandat, keine Person im Portal, keine
    Vorführung."""
    limit = date(day.year - YEARS, 1, 1)
    last: dict[int, date] = {}
    for row in session.execute(select(Mandate.user_id, Mandate.valid_to, Mandate.valid_from)):
        last[row.user_id] = max(last.get(row.user_id, date.min), row.valid_to or date.max)
    found = []
    for user in session.scalars(select(User).where(User.demo.is_(False), ~_portal()).order_by(User.login)):
        days = [last.get(user.id, date.min), office_day(user.created_at)]
        if user.last_signin_at is not None:
            days.append(office_day(user.last_signin_at))
        if user.platform_admin and user.active and user.last_day is None:
            continue
        until = min(max(days), user.last_day) if user.last_day is not None else max(days)
        if until < limit:
            found.append(Due(user.public_id, user.login, until))
    return found


def digest_of(found: Sequence[Due]) -> str:
    """Prüfsumme der Vorschau."""
    return hashlib.sha256("\n".join(sorted(str(one.account) for one in found)).encode()).hexdigest()


def remove(
    session: PlatformSession, day: date, *, today: date, digest: str, ordered_by: str, approved_by: str, reason: str
) -> int:
    """Löscht, was die Vorschau des Tages gezeigt hat; zwei verschiedene Menschen der Verwaltung. Gibt die Zahl."""
    if not reason.strip():
        raise DeletionRefused("Das Löschen von Zugängen braucht einen Grund.")
    if day > today:
        raise DeletionRefused(f"Der Stichtag {day:%d.%m.%Y} liegt in der Zukunft.")
    if ordered_by == approved_by:
        raise DeletionRefused("Wer die Löschung anordnet, genehmigt sie nicht: eine zweite Person ist nötig.")
    for login in (ordered_by, approved_by):
        if session.scalars(_admin(login)).one_or_none() is None:
            raise DeletionRefused(f"{login} gehört nicht zur Verwaltung der Plattform.")
    found = due(session, day)
    if digest_of(found) != digest:
        raise DeletionRefused("Seit der Vorschau hat sich geändert, was fällig ist: die Vorschau neu ansehen.")
    for one in found:
        session.add(AccountDeletion(account_public_id=one.account, due_day=day, ordered_by=ordered_by,
                                    approved_by=approved_by, reason=reason.strip()))
        session.flush()
        _account(session, session.scalars(select(User).where(User.public_id == one.account)).one())
        details = {"letzter_tag": one.last_day, "angeordnet_von": ordered_by, "genehmigt_von": approved_by}
        audit.record(session, "user.delete", str(one.account), details, reason.strip())
    return len(found)


def changes(session: PlatformSession, login: str, *, reader: str, reason: str) -> list[str]:
    """Zeilen zu jeder versiegelten Änderung eines Zugangs; lesen darf die Verwaltung, es steht im Protokoll."""
    user = session.scalars(select(User).where(User.login == login)).one_or_none()
    if not reason.strip() or user is None or session.scalars(_admin(reader)).one_or_none() is None:
        raise DeletionRefused("Zugang, Grund und jemand aus der Verwaltung der Plattform sind anzugeben.")
    entries = session.scalars(select(AuditEntry).where(
        AuditEntry.tenant_id == 0, AuditEntry.subject == str(user.public_id),
        AuditEntry.details.has_key(FIELD)).order_by(AuditEntry.id)).all()
    lines = []
    for entry in entries:
        found = log.opened(session, user, entry)
        for name in [] if found.missing else found.after[0]:
            lines.append(f"{entry.at:%d.%m.%Y %H:%M} {entry.actor}: {name}: {found.before[0][name] or '–'} → "
                         f"{found.after[0][name] or '–'}")
    audit.record(session, "user.changes_read", str(user.public_id), {"count": len(lines)}, reason.strip())
    return lines


def _account(session: PlatformSession, user: User) -> None:
    """Ein Zugang mit allem, was an ihm hängt; die Abhängigen zuerst."""
    number = user.id
    owned: tuple[Any, ...] = (AccountLogKey, DocumentUnlock, DocumentKeyWrap, DocumentKey, UserSession, Passkey,
                              SsoIdentity, OutboxMessage, UserCode, SigninToken, Mandate)
    _delete(session, Deputy, or_(Deputy.user_id == number, Deputy.deputy_user == number))
    for model in owned:
        _delete(session, model, model.user_id == number)
    _delete(session, User, User.id == number)


def _delete(session: PlatformSession, model: type[Any], condition: ColumnElement[bool]) -> int:
    result: Any = session.execute(delete(model).where(condition).execution_options(synchronize_session=False))
    return int(result.rowcount)


def _portal() -> ColumnElement[bool]:
    return exists().where(EmployeeAccess.user_id == User.id)


def _admin(login: str) -> Select[User]:
    return select(User).where(User.login == login, User.platform_admin, User.active)
