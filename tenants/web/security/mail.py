"""Eigene Mailadresse im Portal: freiwillig, mit Kennwort geändert; die neue gilt mit dem Code, der an sie ging."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants import audit
from tenants.audit import accounts
from tenants.db.session import PlatformSession, platform_session
from tenants.models.user import User
from tenants.outbox import confirming
from tenants.outbox import service as outbox
from tenants.outbox.confirming import Asked
from tenants.users.errors import SigninRefused, Throttled
from tenants.web.access import signed_in
from tenants.web.identity import Identity, current
from tenants.web.language import LANGUAGES, selected
from tenants.web.security import own

mail_pages = Blueprint("ownmail", __name__, url_prefix="/sicherheit/mail")
Answer = Response | str | tuple[str, int]
PENDING = "mail"


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
    with platform_session(actor=me.login) as held:
        account, now = own.own_account(held, me), datetime.now(UTC)
        if given and given != account.email:
            return _asked(held, me, account, given, now)
        _change(held, account, given or None, now)
    session.pop(PENDING, None)
    flash(_("Die Mailadresse ist eingetragen.") if given else _("Keine Mailadresse ist mehr eingetragen."), "success")
    return redirect(url_for("security.overview"))


@mail_pages.get("/code")
@signed_in
def code() -> Answer:
    """Formular für den Code, der an die neue Adresse ging."""
    _employee()
    asked = _pending()
    return redirect(url_for("ownmail.form")) if asked is None else _code_form(asked, {})


@mail_pages.post("/code")
@signed_in
def confirm() -> Answer:
    """Mit dem Code gilt die neue Adresse."""
    me, asked, now = _employee(), _pending(), datetime.now(UTC)
    if asked is None:
        return redirect(url_for("ownmail.form"))
    with platform_session(actor=me.login) as held:
        account = own.own_account(held, me)
        if not confirming.fits(account, asked, request.form.get("code", ""), now):
            return _code_form(asked, {"code": [_wrong_code()]}), 422
        if confirming.exhausted(held, account, confirming.CHANGED, now):
            return _code_form(asked, {"code": [_too_many()]}), 429
        _change(held, account, asked.address, now)
    session.pop(PENDING)
    flash(_("Die Mailadresse ist eingetragen."), "success")
    return redirect(url_for("security.overview"))


def _asked(held: PlatformSession, me: Identity, account: User, address: str, now: datetime) -> Answer:
    account.language = selected() if selected() in LANGUAGES else account.language
    asked = confirming.ask(held, account, address, now)
    if asked is None:
        return _form(me, {"mail": [_too_many()]}), 429
    session[PENDING] = [asked.address, asked.nonce, asked.until.isoformat()]
    return redirect(url_for("ownmail.code"))


def _pending() -> Asked | None:
    kept = session.get(PENDING)
    return Asked(kept[0], kept[1], datetime.fromisoformat(kept[2])) if kept else None


def _wrong_code() -> str:
    words: str = _("Das ist nicht der Code aus der letzten Mail an diese Adresse, oder er ist älter als eine Stunde.")
    return words


def _too_many() -> str:
    words: str = _("Mehr als %(most)s Änderungen der Mailadresse sind an einem Tag nicht möglich: bitte morgen noch "
                   "einmal. Bis dahin bleibt es, wie es ist.", most=confirming.MOST)
    return words


def _change(held: PlatformSession, user: User, address: str | None, now: datetime) -> None:
    """Die alte Adresse erfährt es; die neue weiß es durch ihren Code."""
    before = user.email
    if before == address:
        return
    outbox.changed(held, user, "mail", now)
    user.email = address
    values = accounts.sealed(held, user, "user.contact", {"email": before}, {"email": address})
    audit.record(held, "user.contact", str(user.public_id), {"fields": ["email"], **values})


def _employee() -> Identity:
    """Nur im Portal: die Adresse des Personals kommt aus der Personalliste."""
    me = current()
    if me.staff:
        abort(404)
    return me


def _form(me: Identity, errors: dict[str, list[str]]) -> str:
    with platform_session(actor=me.login) as held:
        user = own.own_account(held, me)
        shown, has_password = user.email or "", user.password_hash is not None
    given = request.form.get("mail", shown)
    return render_template("security/mail.html", mail=given, errors=errors, has_password=has_password)


def _code_form(asked: Asked, errors: dict[str, list[str]]) -> str:
    given = request.form.get("code", "")
    return render_template("security/mail_code.html", mail=asked.address, code=given, errors=errors)
