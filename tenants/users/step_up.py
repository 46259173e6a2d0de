"""Zweiter Faktor in diesem Augenblick: für Handlungen, bei denen eine offene Sitzung nicht genügt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from tenants.db.session import platform_session
from tenants.models.user import User
from tenants.users import service, throttle
from tenants.users.errors import Throttled
from tenants.users.mandates import mandates_on
from tenants.users.presence import office_day

REFUSED = (
    "Zweiter Faktor: der Code passt nicht oder wurde schon benutzt. Den nächsten Code der App abwarten oder einen Code "
    "zur Wiederherstellung angeben."
)


SECOND_REFUSED = (
    "Zweite Person: es braucht einen anderen Zugang mit demselben Recht bei diesem Arbeitgeber, sein Kennwort und "
    "seinen zweiten Faktor (Code der App oder zur Wiederherstellung)."
)


class StepUpRefused(ValueError):
    """Der zweite Faktor fehlt, ist falsch oder verbraucht."""


@dataclass(frozen=True)
class SecondPerson:
    """Was eine zweite Person neben der Sitzung der ersten angibt."""

    login: str
    password: str = field(repr=False)
    code: str = field(repr=False)


def confirm_second(
    given: SecondPerson, first: int, tenant: int, permission: str, now: datetime, remote: str | None
) -> str:
    """Anmeldename einer zweiten, anderen Person, die hier dieses Recht hat und sich eben ausgewiesen hat.

    Sie weist sich mit Kennwort und zweitem Faktor aus; Fehlversuche zählen wie bei einer Anmeldung. Zugänge der
    Vorführung, die weder Kennwort noch zweiten Faktor haben können, kommen ohne durch.
    """
    name = given.login.strip().lower()
    if not name:
        raise StepUpRefused(SECOND_REFUSED)
    with platform_session(actor="system") as session:
        until = throttle.blocked_until(session, name, remote, now)
        if until is not None and until > now:
            raise StepUpRefused(str(Throttled(until)))
        user = session.scalars(select(User).where(User.login == name).with_for_update()).first()
        shown = user is not None and user.demo and user.password_hash is None and user.totp_secret is None
        good = shown or service.proven(session, user, given.password, given.code, None, now)
        throttle.note(session, name, remote, now, succeeded=good)
        if user is not None and good and user.id != first:
            held = mandates_on(user, office_day(now), session=session)
            if any(one.tenant_id == tenant and permission in one.permissions for one in held):
                return name
    raise StepUpRefused(SECOND_REFUSED)


def confirm(user_id: int, code: str, now: datetime, remote: str | None) -> None:
    """Prüft Code der App oder vom Papier und verbraucht ihn; zählt Fehlversuche wie eine Anmeldung.

    Zugänge der Vorführung, die keinen zweiten Faktor haben können, kommen ohne durch.
    """
    with platform_session(actor="system") as session:
        user = session.get_one(User, user_id)
        if user.demo and user.totp_secret is None:
            return
        # The same order of locks as a sign-in: first the name, then the account.
        until = throttle.blocked_until(session, user.login, remote, now)
        if until is not None and until > now:
            raise StepUpRefused(str(Throttled(until)))
        session.refresh(user, with_for_update=True)
        good = bool(code.strip()) and service.accept_second_factor(session, user, code, None, now)
        throttle.note(session, user.login, remote, now, succeeded=good)
    if not good:
        raise StepUpRefused(REFUSED)
