"""Sitzungen: jede steht in der Datenbank, endet von selbst und lässt sich einzeln oder gemeinsam beenden."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, delete, exists, func, or_, select, update

from tenants import audit
from tenants.db.session import PlatformSession, platform_session
from tenants.documents import unlocking
from tenants.models.access import Passkey, SsoProvider, UserSession
from tenants.models.user import User
from tenants.outbox import service as outbox
from tenants.users.presence import present_on
from tenants.users.throttle import address_of

TOUCH_EVERY = timedelta(seconds=60)
KEPT = timedelta(days=400)
IN_USE = timedelta(days=30)  # a known device not used for so long may be gone: then a new one speaks for the person
REJECTED = bytes(32)  # stands for a device that was not the person's own; no token has this hash


@dataclass(frozen=True)
class Origin:
    """Woher eine Anmeldung kommt: Adresse, Gerät in Worten, Zeichen des Geräts (aus seinem Keks)."""

    remote: str | None
    device: str
    device_token: str = field(repr=False)


@dataclass(frozen=True)
class Loaded:
    """Eine laufende Sitzung mit ihrem Menschen; employer begrenzt sie auf einen Arbeitgeber."""

    user: User
    row: UserSession
    second_factor: bool
    unseen_devices: int
    employer: int | None


def begin(
    session: PlatformSession, user: User, method: str, origin: Origin, now: datetime, provider_id: int | None = None
) -> str:
    """Beginnt eine Sitzung, gibt ihr Zeichen und meldet ein Gerät, das dieser Zugang noch nie benutzt hat."""
    of_user, device = UserSession.user_id == user.id, _hash(origin.device_token)
    session.execute(delete(UserSession).where(of_user, UserSession.last_seen_at < now - KEPT))
    earlier = session.scalar(select(func.count(UserSession.id)).where(of_user)) or 0
    known = session.scalar(select(exists().where(of_user, UserSession.device_hash == device)))
    token = secrets.token_urlsafe(32)
    new_device = bool(earlier) and not known
    session.add(
        UserSession(
            user_id=user.id,
            token_hash=_hash(token),
            epoch=user.session_epoch,
            method=method,
            provider_id=provider_id,
            device_hash=device,
            device=origin.device,
            remote=address_of(origin.remote),
            new_device=new_device,
            created_at=now,
            last_seen_at=now,
        )
    )
    session.flush()
    if new_device:
        audit.record(session, "signin.new_device", str(user.public_id), {"device": origin.device})
        outbox.new_device(session, user, origin.device, now)
    return token


def load(
    user_id: int, epoch: int, token: str, today: date, now: datetime, idle: timedelta, longest: timedelta,
    *, session: PlatformSession | None = None,
) -> Loaded | None:
    """Die laufende Sitzung zu ihrem Zeichen; beendete, ruhende, zu alte und die von Ausgeschiedenen gibt es nicht."""
    if session is None:
        with platform_session(actor="system") as own:
            return load(user_id, epoch, token, today, now, idle, longest, session=own)
    found = session.execute(_RUNNING, {
        "user_id": user_id, "epoch": epoch, "token_hash": _hash(token), "today": today, "kept_from": now - KEPT,
        "seen_after": now - idle - TOUCH_EVERY, "begun_after": now - longest,
    }).first()
    if found is None:
        return None
    user, row, has_passkey, count, employer = found
    if now - row.last_seen_at > TOUCH_EVERY:
        row.last_seen_at = now
    return Loaded(user, row, user.totp_secret is not None or bool(has_passkey), int(count), employer)


def renew(session: PlatformSession, session_id: int, user: User) -> str:
    """Neues Zeichen für eine laufende Sitzung, nachdem der Zähler des Zugangs gestiegen ist; das alte ist wertlos."""
    token = secrets.token_urlsafe(32)
    row = session.get_one(UserSession, session_id)
    row.token_hash, row.epoch = _hash(token), user.session_epoch
    return token


def end(session_id: int, now: datetime, *, actor: str) -> None:
    """Beendet diese Sitzung auf dem Server; ein kopierter Sitzungsschlüssel öffnet danach nichts mehr."""
    with platform_session(actor=actor) as session:
        row = session.get(UserSession, session_id)
        if row is not None and row.ended_at is None:
            row.ended_at = now
            user = session.get_one(User, row.user_id)
            audit.record(session, "user.signout", str(user.public_id), {})


def end_one(session: PlatformSession, user_id: int, public_id: uuid.UUID, now: datetime) -> bool:
    """Beendet eine der eigenen Sitzungen; fremde gibt es nicht."""
    row = session.scalars(
        select(UserSession).where(
            UserSession.user_id == user_id, UserSession.public_id == public_id, UserSession.ended_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        return False
    row.ended_at = now
    unlocking.shut(session, user_id)
    user = session.get_one(User, user_id)
    audit.record(session, "user.session_ended", str(user.public_id), {"session": public_id})
    return True


def end_others(session: PlatformSession, user: User, kept_id: int | None, now: datetime) -> int:
    """Beendet alle anderen Sitzungen dieses Zugangs; gibt ihre Zahl."""
    kept = () if kept_id is None else (UserSession.id != kept_id,)
    ended = session.scalars(
        update(UserSession)
        .where(UserSession.user_id == user.id, UserSession.ended_at.is_(None), *kept)
        .values(ended_at=now)
        .returning(UserSession.id)
    ).all()
    unlocking.shut(session, user.id)
    audit.record(session, "user.signout_others", str(user.public_id), {"count": len(ended)})
    return len(ended)


def acknowledge(session: PlatformSession, user_id: int, session_id: int, now: datetime) -> bool:
    """Der Mensch kennt die neuen Geräte; gibt, ob diese Sitzung das sagen darf.

    Ein neues Gerät bestätigt weder sich noch ein anderes, solange ein bekanntes in Gebrauch ist: wer eingedrungen ist,
    räumte sonst seine eigene Meldung weg.
    """
    here, waiting = _here_and_waiting(session, user_id, session_id)
    if not _may_tell(session, user_id, here, waiting, now):
        return False
    session.execute(update(UserSession).where(*_unseen(user_id)).values(acknowledged_at=now))
    return True


def reject(session: PlatformSession, user_id: int, session_id: int, now: datetime) -> bool:
    """Der Mensch war die neuen Geräte nicht: bekannt wird nur dieses, jedes andere fällt bei der nächsten Anmeldung
    wieder auf. Gibt wie acknowledge, ob diese Sitzung das sagen darf."""
    here, waiting = _here_and_waiting(session, user_id, session_id)
    if not _may_tell(session, user_id, here, waiting, now):
        return False
    session.execute(update(UserSession).where(*_unseen(user_id)).values(acknowledged_at=now))
    session.execute(  # every session of these devices, or the second sign-in of one would keep it known
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.device_hash.in_(waiting - {here}))
        .values(device_hash=REJECTED)
    )
    return True


def _here_and_waiting(session: PlatformSession, user_id: int, session_id: int) -> tuple[bytes, set[bytes]]:
    here = session.get_one(UserSession, session_id).device_hash
    return here, set(session.scalars(select(UserSession.device_hash).where(*_unseen(user_id))))


def _may_tell(session: PlatformSession, user_id: int, here: bytes, waiting: set[bytes], now: datetime) -> bool:
    known = select(UserSession.id).where(UserSession.user_id == user_id, UserSession.last_seen_at > now - IN_USE,
                                         UserSession.device_hash.not_in({*waiting, REJECTED}))
    return here not in waiting or not session.scalar(select(known.exists()))


def running(
    session: PlatformSession, user_id: int, epoch: int, now: datetime, idle: timedelta, longest: timedelta
) -> Sequence[UserSession]:
    """Laufende Sitzungen eines Zugangs, die jüngste zuerst."""
    return session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.epoch == epoch, *_running(now, idle, longest))
        .order_by(UserSession.last_seen_at.desc())
    ).all()


def unseen(session: PlatformSession, user_id: int, session_id: int) -> Sequence[UserSession]:
    """Anmeldungen von anderen neuen Geräten, die der Mensch noch nicht bestätigt hat."""
    here = select(UserSession.device_hash).where(UserSession.id == session_id).scalar_subquery()
    return session.scalars(
        select(UserSession)
        .where(*_unseen(user_id), UserSession.device_hash != here)
        .order_by(UserSession.created_at.desc())
    ).all()


def _unseen(user_id: int) -> tuple[ColumnElement[bool], ...]:
    return (UserSession.user_id == user_id, UserSession.new_device.is_(True), UserSession.acknowledged_at.is_(None))


def _running(now: datetime, idle: timedelta, longest: timedelta) -> tuple[ColumnElement[bool], ...]:
    return (
        UserSession.ended_at.is_(None),
        UserSession.last_seen_at > now - idle - TOUCH_EVERY,
        UserSession.created_at > now - longest,
    )


def _running_statement() -> Select[*tuple[Any, ...]]:
    """Zugang, Sitzung, zweiter Faktor, ungesehene Geräte, Arbeitgeber der Anmeldung; gebaut wird sie einmal."""
    alarm = UserSession.__table__.alias("alarm")
    unseen = (
        select(func.count())
        .select_from(alarm)
        .where(
            alarm.c.user_id == User.id,
            alarm.c.new_device,
            alarm.c.acknowledged_at.is_(None),
            alarm.c.device_hash != UserSession.device_hash,
            alarm.c.created_at > bindparam("kept_from"),
        )
        .scalar_subquery()
    )
    passkey = exists().where(Passkey.user_id == User.id, Passkey.revoked_at.is_(None))
    today: Any = bindparam("today", type_=Date())
    return (
        select(User, UserSession, passkey, unseen, SsoProvider.employer)
        .join(UserSession, UserSession.user_id == User.id)
        .outerjoin(SsoProvider, SsoProvider.id == UserSession.provider_id)
        .where(
            User.id == bindparam("user_id"),
            User.session_epoch == bindparam("epoch"),
            *present_on(today),
            UserSession.token_hash == bindparam("token_hash"),
            UserSession.epoch == bindparam("epoch"),
            UserSession.ended_at.is_(None),
            UserSession.last_seen_at > bindparam("seen_after"),
            UserSession.created_at > bindparam("begun_after"),
            or_(UserSession.provider_id.is_(None), SsoProvider.active.is_(True)),
        )
    )


_RUNNING = _running_statement()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
