"""Anmeldung über einen Verzeichnisdienst: hin, zurück, verknüpfen, und wo nötig noch der eigene zweite Faktor."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.db.session import platform_session
from tenants.models.access import SsoProvider
from tenants.models.user import User
from tenants.users import passkeys, service, sso, throttle
from tenants.users.errors import MANY_CODES, Throttled, UserError
from tenants.users.presence import has_second_factor, is_present, office_day
from tenants.web.access import public
from tenants.web.identity import Identity, current
from tenants.web.signin import challenges, openid
from tenants.web.signin.entering import enter
from tenants.web.signin.views import show_form
from tenants.web.terminal import at_terminal

sso_pages = Blueprint("sso", __name__, url_prefix="/anmelden/dienst")
PENDING, LINKING = "sso_pending", "sso_linking"
LIFETIME = timedelta(minutes=5)
UNAVAILABLE = "Der Verzeichnisdienst hat nicht richtig geantwortet: noch einmal versuchen oder anders anmelden."
UNKNOWN = "Mit diesem Konto des Verzeichnisdienstes ist hier kein Zugang verbunden, der heute gilt."
AT_TERMINAL = (
    "An einem Terminal nicht über einen Verzeichnisdienst: dort blieben Sie angemeldet, auch für die nächste Person. "
    "Bitte mit Name und Kennwort anmelden."
)
NO_FACTOR = "Zu diesem Zugang fehlt der zweite Faktor: zuerst mit dem Brief anmelden und ihn einrichten."
Answer = Response | str | tuple[str, int]


@sso_pages.get("/<uuid:dienst>")
@public("Anmeldung über einen Verzeichnisdienst", personal=True)
def start(dienst: uuid.UUID) -> Answer:
    """Leitet zum Dienst weiter; an einem Terminal nicht, denn beim Dienst meldet hier niemand ab."""
    if at_terminal():
        return show_form("", AT_TERMINAL), 403
    try:
        return openid.start(_provider(dienst))
    except openid.ProviderFailed:
        return show_form("", UNAVAILABLE), 502


@sso_pages.get("/<uuid:dienst>/zurueck")
@public("Rückkehr vom Verzeichnisdienst", personal=True)
def back(dienst: uuid.UUID) -> Answer:
    """Prüft die Antwort und meldet an oder verknüpft."""
    provider, now = _provider(dienst), datetime.now(UTC)
    try:
        asserted = openid.finish(provider)
    except openid.ProviderFailed:
        return show_form("", UNAVAILABLE), 401
    linking = _taken(LINKING, now)
    if linking is not None and linking[1] == provider.id:
        return _link(provider, asserted.subject, linking[0], now)
    with platform_session(actor="system") as held:
        user = sso.find(held, provider, asserted.subject, now)
        if user is None:
            return show_form("", UNKNOWN), 401
        local = sso.needs_local_factor(held, provider, user, asserted.amr)
        if local and not has_second_factor(held, user):
            return show_form("", NO_FACTOR), 401
        if not local:
            service.signed_in(held, user, "sso", now)
    if not local:
        return enter(user, "sso", provider.id)
    session[PENDING] = [user.id, provider.id, now.isoformat()]
    return redirect(url_for("sso.factor"))


@sso_pages.get("/faktor")
@public("Zweiter Faktor nach dem Verzeichnisdienst", personal=True)
def factor() -> Answer:
    """Fragt nach Code oder Passkey."""
    return _factor_form() if PENDING in session else redirect(url_for("signin.form"))


@sso_pages.post("/faktor")
@public("Zweiter Faktor nach dem Verzeichnisdienst", personal=True)
def confirm() -> Answer:
    """Prüft den zweiten Faktor, gebremst wie jede Anmeldung, und meldet an."""
    now, begun = datetime.now(UTC), session.get(PENDING)
    pending = _taken(PENDING, now)
    if pending is None:
        return redirect(url_for("signin.form"))
    answer = challenges.answered(challenges.SIGN_IN, request.form.get("passkey", ""))
    code = request.form.get("code", "").replace(" ", "") or None
    with platform_session(actor="system") as held:
        user, provider = held.get(User, pending[0]), held.get(SsoProvider, pending[1])
        if user is None or provider is None or not provider.active or not is_present(user, office_day(now)):
            return show_form("", UNKNOWN), 401
        until = throttle.blocked_until(held, user.login, request.remote_addr, now)
        if until is not None and until > now:
            return show_form("", str(Throttled(until))), 429
        good = service.accept_second_factor(held, user, code, answer, now)
        throttle.note(held, user.login, request.remote_addr, now, succeeded=good)
        if good:
            service.signed_in(held, user, "sso", now)
    if not good:
        session[PENDING] = begun  # five minutes from the return, whatever is tried meanwhile
        return _factor_form(f"Code oder Passkey passt nicht. {MANY_CODES}"), 401
    return enter(user, "sso", provider.id)


def _link(provider: SsoProvider, subject: str, user_id: int, now: datetime) -> Response:
    """Verknüpft nur, wenn noch derselbe Mensch angemeldet ist, der es verlangt hat."""
    me = current()
    if not isinstance(me, Identity) or me.user_id != user_id:
        abort(403)
    try:
        with platform_session(actor=me.login) as held:
            sso.link(held, held.get_one(SsoProvider, provider.id), subject, held.get_one(User, user_id), now)
    except UserError as refused:
        flash(str(refused), "danger")
    else:
        flash(_("Der Verzeichnisdienst ist verbunden."), "success")
    return redirect(url_for("security.overview"))


def _provider(public_id: uuid.UUID) -> SsoProvider:
    with platform_session(actor="system") as held:
        found = next((row for row in sso.providers(held) if row.public_id == public_id), None)
    if found is None:
        abort(404)
    return found


def _taken(key: str, now: datetime) -> tuple[int, int] | None:
    """Mensch und Dienst eines angefangenen Vorgangs dieser Sitzung; er gilt einmal und fünf Minuten."""
    stored = session.pop(key, None)
    if not isinstance(stored, list) or now - datetime.fromisoformat(stored[2]) > LIFETIME:
        return None
    return int(stored[0]), int(stored[1])


def _factor_form(refused: str | None = None) -> str:
    options = passkeys.signin_options(challenges.site(), challenges.current(challenges.SIGN_IN))
    return render_template("signin/sso_factor.html", refused=refused, passkey_options=options)
