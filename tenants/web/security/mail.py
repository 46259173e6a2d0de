"""Eigene Mailadresse im Portal: freiwillig, mit Kennwort geändert, beide Adressen erfahren es."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants import audit
from tenants.audit import accounts
from tenants.db.session import PlatformSession, platform_session
from tenants.models.user import User
from tenants.outbox import service as outbox
from tenants.users.errors import SigninRefused, Throttled
from tenants.web.access import signed_in
from tenants.web.identity import Identity, current
from tenants.web.language import LANGUAGES, selected
from tenants.web.security import own

mail_pages = Blueprint("ownmail", __name__, url_prefix="/sicherheit/mail")
Answer = Response | str | tuple[str, int]


@mail_pages.get("")
@signed_in
def form() -> str:
    """Formular mit der geltenden Adresse."""
    return _form(_employee(), {})


@mail_pages.post("")
@signed_in
def store() -> Answer:
    """Trägt die Adresse ein oder löscht sie."""
    me, given = _employee(), request.form.get("mail", "").strip()
    if given and not outbox.valid_address(given):
        wrong = _("Das ist keine einzelne Mailadresse. Zum Beispiel: kim.beispiel@example.org")
        return _form(me, {"mail": [wrong]}), 422
    try:
        own.confirm(me, request.form.get("kennwort", ""), request.remote_addr)
    except Throttled as refused:
        return _form(me, {"kennwort": [str(refused)]}), 429
    except SigninRefused as refused:
        return _form(me, {"kennwort": [str(refused)]}), 422
    with platform_session(actor=me.login) as session:
        _change(session, own.own_account(session, me), given or None)
    flash(_("Die Mailadresse ist eingetragen.") if given else _("Keine Mailadresse ist mehr eingetragen."), "success")
    return redirect(url_for("security.overview"))


def _change(session: PlatformSession, user: User, address: str | None) -> None:
    """Erst erfährt es die alte Adresse, dann die neue; ohne Unterschied niemand."""
    before, now = user.email, datetime.now(UTC)
    if before == address:
        return
    outbox.changed(session, user, "mail", now)
    user.email, user.language = address, selected() if selected() in LANGUAGES else user.language
    outbox.welcome(session, user, now)
    values = accounts.sealed(session, user, "user.contact", {"email": before}, {"email": address})
    audit.record(session, "user.contact", str(user.public_id), {"fields": ["email"], **values})


def _employee() -> Identity:
    """Nur im Portal: die Adresse des Personals kommt aus der Personalliste."""
    me = current()
    if me.staff:
        abort(404)
    return me


def _form(me: Identity, errors: dict[str, list[str]]) -> str:
    with platform_session(actor=me.login) as session:
        user = own.own_account(session, me)
        shown, has_password = user.email or "", user.password_hash is not None
    given = request.form.get("mail", shown)
    return render_template("security/mail.html", mail=given, errors=errors, has_password=has_password)
