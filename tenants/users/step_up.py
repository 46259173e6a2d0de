"""Zweiter Faktor in diesem Augenblick: für Handlungen, bei denen eine offene Sitzung nicht genügt."""

from __future__ import annotations

from datetime import datetime

from tenants.db.session import platform_session
from tenants.models.user import User
from tenants.users import service, throttle
from tenants.users.errors import Throttled

REFUSED = (
    "Zweiter Faktor: der Code passt nicht oder wurde schon benutzt. Den nächsten Code der App abwarten oder einen Code "
    "zur Wiederherstellung angeben; nach vielen falschen zählt einen Tag lang nur ein solcher."
)


class StepUpRefused(ValueError):
    """Der zweite Faktor fehlt, ist falsch oder verbraucht."""


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
