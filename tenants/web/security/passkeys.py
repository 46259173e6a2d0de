"""Eigene Passkeys: einrichten (mit Kennwort bestätigt), entfernen."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.db.session import platform_session
from tenants.users import passkeys
from tenants.users.errors import SigninRefused, Throttled, UserError
from tenants.web.access import signed_in, signed_in_before_factor
from tenants.web.identity import current
from tenants.web.security import own
from tenants.web.signin import challenges
from tenants.web.signin.devices import described
from tenants.web.signin.entering import renew
from tenants.web.terminal import at_terminal

passkey_pages = Blueprint("passkeys", __name__, url_prefix="/sicherheit/passkeys")
Answer = Response | tuple[str, int]


@passkey_pages.get("/neu")
@signed_in_before_factor
def form() -> Response | str:
    """Formular für einen neuen Passkey; an einem Terminal bliebe er auf dem Gerät."""
    if at_terminal():
        return _not_here()
    return _form(described(request.user_agent.string), {})


@passkey_pages.post("/neu")
@signed_in_before_factor
def register() -> Answer:
    """Richtet ihn ein, wenn Kennwort und Antwort des Geräts stimmen."""
    if at_terminal():
        return _not_here()
    me, label = current(), request.form.get("name", "")
    answer = challenges.answered(challenges.REGISTER, request.form.get("passkey", ""))
    if answer is None:
        return _form(label, {"name": [_("Bitte mit der Schaltfläche ein Gerät auswählen.")]}), 422
    try:
        own.confirm_way_in(me, request.form.get("kennwort", ""), request.remote_addr)
        with platform_session(actor=me.login) as session:
            user = own.own_account(session, me)
            passkeys.register(session, user, answer, label, datetime.now(UTC))
    except Throttled as refused:
        return _form(label, {"kennwort": [str(refused)]}), 429
    except SigninRefused as refused:
        return _form(label, {"kennwort": [str(refused)]}), 422
    except UserError as refused:
        return _form(label, {"name": [str(refused)]}), 422
    renew(me, user)  # it opens more than before: what was copied until now opens nothing
    flash(_("Der Passkey ist eingerichtet. Er ersetzt den Code und, mit PIN, auch das Kennwort."), "success")
    return redirect(url_for("security.overview"))


@passkey_pages.post("/<uuid:passkey>/entfernen")
@signed_in
def remove(passkey: uuid.UUID) -> Response:
    """Entfernt einen eigenen Passkey; Personal behält immer einen zweiten Faktor."""
    me = current()
    try:
        own.require_recent(me)
    except SigninRefused as refused:
        flash(str(refused), "warning")
        return redirect(url_for("security.overview"))
    with platform_session(actor=me.login) as session:
        user = own.own_account(session, me)
        held = passkeys.held(session, user.id)
        row = next((one for one in held if one.public_id == passkey), None)
        if row is None:
            abort(404)
        if me.staff and len(held) == 1 and user.totp_secret is None:
            flash(_("Das ist Ihr einziger zweiter Faktor: zuerst einen anderen einrichten."), "warning")
            return redirect(url_for("security.overview"))
        passkeys.revoke(session, user, row, datetime.now(UTC))
    flash(_("Der Passkey ist entfernt."), "success")
    return redirect(url_for("security.overview"))


def _not_here() -> Response:
    flash(_("An einem Terminal lässt sich kein Passkey einrichten: er bliebe auf diesem Gerät, auch für die nächste "
            "Person."), "warning")
    return redirect(url_for("security.overview"))


def _form(label: str, errors: dict[str, list[str]]) -> str:
    me, challenge = current(), challenges.current(challenges.REGISTER)
    with platform_session(actor=me.login) as session:
        user = own.own_account(session, me)
        options = passkeys.registration_options(session, user, challenges.site(), challenge)
        return render_template(
            "security/passkey.html",
            identity=me,
            label=label,
            options=options,
            errors=errors,
            has_password=user.password_hash is not None,
        )
