"""Versiegelte Dokumente im Web: bei der Anmeldung mit Kennwort geöffnet, sonst auf einer eigenen Seite."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants import audit
from tenants.db.session import PlatformSession, platform_session
from tenants.documents import people, unlocking
from tenants.documents.people import OwnKey
from tenants.models.user import User
from tenants.security import passwords
from tenants.security.passwords import PasswordRefused
from tenants.users import throttle
from tenants.users.errors import SigninRefused, Throttled
from tenants.web.access import signed_in
from tenants.web.identity import Identity, current
from tenants.web.plain_requests import own_address
from tenants.web.shell import settings_of

documents = Blueprint("documents", __name__, url_prefix="/dokumente")
SESSION_KEY = "unlock"


def unlock_with(user: User, password: str) -> None:
    """Nach einer Anmeldung mit Kennwort, wenn die neue Sitzung steht: öffnet die Dokumente für sie."""
    with platform_session(actor=user.login) as opened:
        _keep(people.at_sign_in(opened, user, password), user.id)


def unlock_demonstration(user: User) -> None:
    """Nach einem Einmallink der Vorführung; bei anderen Zugängen geschieht nichts."""
    with platform_session(actor=user.login) as opened:
        _keep(people.open_demonstration(opened, user), user.id)


def lock() -> None:
    """Bei der Abmeldung: schließt zu, bevor die Sitzung geleert wird."""
    token = session.pop(SESSION_KEY, None)
    if isinstance(token, str):
        unlocking.forget(token)


def own_key() -> OwnKey | None:
    """Der geöffnete Schlüssel dieser Sitzung."""
    token = session.get(SESSION_KEY)
    return unlocking.kept(token, current().user_id) if isinstance(token, str) else None


@documents.get("/oeffnen")
@signed_in
def form() -> str | Response:
    """Fragt nach dem Kennwort der Dokumente; wer ohne Kennwort angemeldet ist, vergibt hier eines."""
    return redirect(_next()) if own_key() is not None else _form({})


@documents.post("/oeffnen")
@signed_in
def unlock() -> Response | tuple[str, int]:
    """Öffnet die Dokumente für diese Sitzung; gebremst wie die Anmeldung."""
    try:
        own = _opened(current(), request.form.get("kennwort", ""), request.form.get("wiederholung", ""))
    except (SigninRefused, PasswordRefused) as refused:
        return _form({"kennwort": [str(refused)]}), 422
    except Throttled as refused:
        return _form({"kennwort": [str(refused)]}), 429
    _keep(own, current().user_id)
    return redirect(_next())


def _opened(me: Identity, words: str, again: str) -> OwnKey | None:
    now, fresh = datetime.now(UTC), ""
    with platform_session(actor=me.login) as opened:
        until = throttle.blocked_until(opened, me.login, request.remote_addr, now)
        if until is not None and until > now:
            raise Throttled(until)
        user = opened.get_one(User, me.user_id)
        if not _has_words(opened, user):
            if words != again:
                raise PasswordRefused(_("Die beiden Kennwörter sind verschieden."))
            fresh = passwords.hash_password(words, login=user.login, personal=(user.display_name,))
        good = bool(fresh) or user.password_hash is None or passwords.verify(words, user.password_hash)
        own = people.at_sign_in(opened, user, words) if good else None
        throttle.note(opened, me.login, request.remote_addr, now, succeeded=own is not None)
        if own is not None:
            audit.record(opened, "dokumente.geoeffnet", str(user.public_id), {"neu": bool(fresh)})
    if own is None:
        raise SigninRefused(_("Das Kennwort öffnet Ihre Dokumente nicht."))
    return own


def _has_words(opened: PlatformSession, user: User) -> bool:
    """Ob es ein Kennwort gibt, das diese Dokumente öffnet oder öffnen wird."""
    return user.password_hash is not None or people.has_password(opened, user)


def _form(errors: dict[str, list[str]]) -> str:
    with platform_session(actor=current().login) as opened:
        known = _has_words(opened, opened.get_one(User, current().user_id))
    return render_template("documents/unlock.html", errors=errors, known=known, back=_next())


def _keep(own: OwnKey | None, user_id: int) -> None:
    if own is not None:
        session[SESSION_KEY] = unlocking.keep(own, user_id, settings_of(current_app).longest)


def _next() -> str:
    return own_address(request.values.get("weiter", "")) or url_for("home")
