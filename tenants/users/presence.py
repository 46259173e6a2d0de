"""Kommen und Gehen: an welchen Tagen ein Zugang etwas öffnet, in der Zeit des Amtes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, or_, select

from tenants import audit
from tenants.audit.service import lock
from tenants.db.session import PlatformSession
from tenants.models.access import Passkey
from tenants.models.user import User
from tenants.users.errors import UserError

OFFICE_TIME = ZoneInfo("Europe/Berlin")
LONE = (
    "ist der letzte Zugang der Verwaltung, der heute offen ist und keinen letzten Tag hat: zuerst einen zweiten "
    "anlegen, auf der Maschine mit „kreislohn users create … --admin“."
)


def office_day(moment: datetime) -> date:
    """Tag dieses Zeitpunkts im Amt."""
    return moment.astimezone(OFFICE_TIME).date()


def present_on(day: date) -> tuple[ColumnElement[bool], ...]:
    """Bedingung an den Zugang: offen und an diesem Tag zwischen seinem ersten und letzten Tag."""
    return (
        User.active.is_(True),
        or_(User.first_day.is_(None), User.first_day <= day),
        or_(User.last_day.is_(None), User.last_day >= day),
    )


def is_present(user: User, day: date) -> bool:
    """Dasselbe für einen schon gelesenen Zugang."""
    return (
        user.active
        and (user.first_day is None or user.first_day <= day)
        and (user.last_day is None or user.last_day >= day)
    )


def has_second_factor(session: PlatformSession, user: User) -> bool:
    """Ob ein Code aus der App oder ein Passkey eingerichtet ist."""
    if user.totp_secret is not None:
        return True
    return bool(session.scalar(select(exists().where(Passkey.user_id == user.id, Passkey.revoked_at.is_(None)))))


def keep_an_administrator(session: PlatformSession, user: User, first_day: date | None = None) -> None:
    """UserError, wenn ohne diesen Zugang heute keiner der Verwaltung ohne letzten Tag da wäre.

    first_day: statt zu gehen, ist der Zugang erst von diesem Tag an da. Hält die Kette der Plattform fest, bevor
    gefragt wird: zwei, die einander zugleich aussperren, sähen sonst noch beide den anderen.
    """
    lock(session)
    session.refresh(user)
    today = office_day(datetime.now(UTC))
    if not user.platform_admin or not user.active or user.last_day is not None:
        return
    if first_day is not None and first_day <= today:
        return
    others = (User.id != user.id, User.platform_admin, User.last_day.is_(None), *present_on(today))
    if session.scalars(select(User.id).where(*others).limit(1)).first() is None:
        raise UserError(f"{user.login} {LONE}")


def set_days(session: PlatformSession, user: User, first_day: date | None, last_day: date | None, reason: str) -> None:
    """Setzt ersten und letzten Tag (einschließlich); nach dem letzten öffnet der Zugang nichts mehr."""
    if first_day is not None and last_day is not None and last_day < first_day:
        raise UserError(f"{user.login}: der letzte Tag liegt vor dem ersten, beide Tage prüfen.")
    if not reason.strip():
        raise UserError(f"{user.login}: den Grund angeben.")
    if last_day is not None:
        keep_an_administrator(session, user)
    elif first_day is not None:
        keep_an_administrator(session, user, first_day)
    details = {"from": first_day, "to": last_day, "vorher": {"from": user.first_day, "to": user.last_day}}
    user.first_day, user.last_day = first_day, last_day
    audit.record(session, "user.days", str(user.public_id), details, reason)
