"""Sicherheit: zweiten Faktor einrichten, Kennwort ändern."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.db.session import platform_session
from tenants.security.passwords import PasswordRefused
from tenants.users import passkeys, recovery, sessions, sso
from tenants.users.errors import SigninRefused, Throttled
from tenants.web.access import signed_in, signed_in_before_factor
from tenants.web.identity import current
from tenants.web.security import own
from tenants.web.shell import settings_of
from tenants.web.signin.entering import renew

security = Blueprint("security", __name__, url_prefix="/sicherheit")
PENDING = "pending_factor"
Answer = Response | str | tuple[str, int]


@security.get("")
@signed_in
def overview() -> str:
    """Stand der eigenen Sicherheit."""
    me, now, settings = current(), datetime.now(UTC), settings_of(current_app)
    with platform_session(actor=me.login) as held:
        account = own.own_account(held, me)
        return render_template(
            "security/overview.html",
            identity=me,
            app_code=account.totp_secret is not None,
            mail=account.email,
            passkeys=passkeys.held(held, me.user_id),
            codes_left=recovery.remaining(held, account),
            sessions=sessions.running(held, me.user_id, me.epoch, now, settings.idle, settings.longest),
            providers=sso.providers(held),
            linked=sso.identities(held, me.user_id),
            unseen=sessions.unseen(held, me.user_id, me.session_id),
        )


@security.get("/zweiter-faktor")
@signed_in_before_factor
def factor() -> str:
    """Zeigt ein neues Geheimnis als Bild und Text."""
    session[PENDING] = own.new_secret()
    return _factor_form({})


@security.post("/zweiter-faktor")
@signed_in_before_factor
def set_factor() -> Answer:
    """Bestätigt das Geheimnis mit einem Code."""
    if PENDING not in session:
        return redirect(url_for("security.factor"))
    try:
        user = own.set_factor(
            current(),
            session[PENDING],
            request.form.get("code", ""),
            request.form.get("kennwort", ""),
            request.remote_addr,
        )
    except Throttled as refused:
        return _factor_form({"kennwort": [str(refused)]}), 429
    except SigninRefused as refused:
        return _factor_form({"kennwort": [str(refused)]}), 422
    except own.CodeRefused as refused:
        return _factor_form({"code": [str(refused)]}), 422
    session.pop(PENDING)
    renew(current(), user)  # it opens more than before: what was copied until now opens nothing
    flash(_("Der zweite Faktor ist eingerichtet. Ab jetzt brauchen Sie den Code bei jeder Anmeldung."), "success")
    return redirect(url_for("security.overview"))


@security.get("/kennwort")
@signed_in
def password() -> str:
    """Formular für ein neues Kennwort."""
    return render_template("security/password.html", errors={})


@security.post("/kennwort")
@signed_in
def set_password() -> Answer:
    """Ändert das Kennwort; andere Sitzungen enden, diese beginnt neu."""
    new, again = request.form.get("neu", ""), request.form.get("wiederholung", "")
    errors: dict[str, list[str]] = {}
    if new != again:
        errors["wiederholung"] = [_("Die beiden neuen Kennwörter sind verschieden.")]
        return render_template("security/password.html", errors=errors), 422
    try:
        user = own.set_password(current(), new, request.form.get("kennwort", ""), request.remote_addr)
    except Throttled as refused:
        return render_template("security/password.html", errors={"kennwort": [str(refused)]}), 429
    except SigninRefused as refused:
        return render_template("security/password.html", errors={"kennwort": [str(refused)]}), 422
    except PasswordRefused as refused:
        return render_template("security/password.html", errors={"neu": [str(refused)]}), 422
    renew(current(), user)
    flash(_("Das Kennwort ist geändert. Andere Sitzungen sind beendet."), "success")
    return redirect(url_for("security.overview"))


def _factor_form(errors: dict[str, list[str]]) -> str:
    identity, secret = current(), session[PENDING]
    return render_template(
        "security/factor.html",
        identity=identity,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        picture=own.picture(identity, secret),
        app_link=own.app_link(identity, secret),
        errors=errors,
    )
