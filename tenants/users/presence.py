"""Kommen und Gehen: an welchen Tagen ein Zugang etwas öffnet, in der Zeit des Amtes."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, or_, select

from tenants import audit
from tenants.db.session import PlatformSession
from tenants.models.access import Passkey
from tenants.models.user import User
from tenants.users.errors import UserError

OFFICE_TIME = ZoneInfo("Europe/Berlin")


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


def keep_an_administrator(session: PlatformSession, user: User) -> None:
    """UserError, wenn ohne diesen Zugang keiner der Verwaltung ohne letzten Tag bliebe."""
    if not user.platform_admin or not user.active or user.last_day is not None:
        return
    lasting = (User.platform_admin, User.active, User.last_day.is_(None))
    if session.scalars(select(User.id).where(User.id != user.id, *lasting).limit(1)).first() is None:
        raise UserError(
            f"{user.login} ist der letzte Zugang der Verwaltung ohne letzten Tag: zuerst einen zweiten anlegen, auf "
            "der Maschine mit „kreislohn users create … --admin“."
        )


def set_days(session: PlatformSession, user: User, first_day: date | None, last_day: date | None, reason: str) -> None:
    """Setzt ersten und letzten Tag (einschließlich); nach dem letzten öffnet der Zugang nichts mehr."""
    if first_day is not None and last_day is not None and last_day < first_day:
        raise UserError(f"{user.login}: der letzte Tag liegt vor dem ersten, beide Tage prüfen.")
    if not reason.strip():
        raise UserError(f"{user.login}: den Grund angeben.")
    if last_day is not None:
        keep_an_administrator(session, user)
    details = {"from": first_day, "to": last_day, "vorher": {"from": user.first_day, "to": user.last_day}}
    user.first_day, user.last_day = first_day, last_day
    audit.record(session, "user.days", str(user.public_id), details, reason)
