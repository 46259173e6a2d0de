"""Eine Sitzung beginnen: nichts aus der alten bleibt gültig, auch kein Formularschlüssel."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from flask import current_app, redirect, session
from flask_login import login_user
from werkzeug.wrappers import Response

from tenants.db.session import platform_session
from tenants.models.user import User
from tenants.users import sessions
from tenants.web import form_owner, guard, language
from tenants.web.identity import Identity, load
from tenants.web.shell import settings_of
from tenants.web.signin import devices


def enter(user: User, method: str, provider_id: int | None = None) -> Response:
    """Beginnt die Sitzung eines schon geprüften Menschen und führt zur verlangten Seite."""
    wanted, chosen = guard.next_address(), session.get(language.SESSION_KEY)
    origin = devices.origin()
    with platform_session(actor=user.login) as held:
        token = sessions.begin(held, held.get_one(User, user.id), method, origin, datetime.now(UTC), provider_id)
    session.clear()
    session.permanent = True
    session[guard.SINCE_KEY] = int(time.time())
    session[language.SESSION_KEY] = chosen or user.language
    form_owner.bind(user.id)
    login_user(_identity(user, token))
    return devices.remember(redirect(wanted), origin.device_token)


def renew(identity: Identity, user: User) -> None:
    """Führt die laufende Sitzung weiter, nachdem alle anderen beendet sind; ihr Zeichen wechselt."""
    with platform_session(actor=user.login) as held:
        token = sessions.renew(held, identity.session_id, user)
    login_user(_identity(user, token))


def _identity(user: User, token: str) -> Identity:
    found = load(f"{user.id}:{user.session_epoch}:{token}", settings_of(current_app))
    if found is None:
        raise LookupError("Die eben begonnene Sitzung ist schon beendet.")
    return found
