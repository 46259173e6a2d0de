"""Brief einlösen: Anmeldename und Einmalcode eintippen, eigenes Kennwort vergeben, angemeldet sein."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.db.session import platform_session
from tenants.security.passwords import PasswordRefused
from tenants.users import codes, service
from tenants.users.presence import has_second_factor
from tenants.web import documents
from tenants.web.access import public
from tenants.web.signin.entering import enter

letter_pages = Blueprint("letter", __name__, url_prefix="/anmelden/brief")
Errors = dict[str, list[str]]


@letter_pages.get("")
@public("Erste Anmeldung mit dem Brief", personal=True)
def form() -> str:
    """Formular zum Brief."""
    return _form("", {})


@letter_pages.post("")
@public("Erste Anmeldung mit dem Brief", personal=True)
def redeem() -> Response | tuple[str, int]:
    """Setzt das Kennwort und meldet an; ein Tippfehler im Code verbraucht ihn nicht."""
    login, code = request.form.get("anmeldename", ""), request.form.get("code", "")
    new, again = request.form.get("neu", ""), request.form.get("wiederholung", "")
    if codes.normal(code) is None:
        typo = _("Der Code hat zwölf Zeichen in drei Gruppen; er enthält einen Tippfehler. Bitte vergleichen.")
        return _form(login, {"code": [typo]}), 422
    if new != again:
        return _form(login, {"wiederholung": [_("Die beiden neuen Kennwörter sind verschieden.")]}), 422
    try:
        user = service.redeem_letter(login, code, new, remote=request.remote_addr)
    except service.Throttled as refused:
        return _form(login, {"code": [str(refused)]}), 429
    except service.SigninRefused as refused:
        return _form(login, {"code": [str(refused)]}), 401
    except PasswordRefused as refused:
        return _form(login, {"neu": [str(refused)]}), 422
    with platform_session(actor="system") as session:
        protected = has_second_factor(session, user)
    if protected:
        flash(_("Das Kennwort ist gesetzt. Bitte melden Sie sich damit und mit Ihrem zweiten Faktor an."), "success")
        return redirect(url_for("signin.form"))
    flash(_("Willkommen. Ihr Kennwort ist gesetzt; der Code aus dem Brief gilt nicht mehr."), "success")
    entered = enter(user, "letter")
    documents.unlock_with(user, new)
    return entered


def _form(login: str, errors: Errors) -> str:
    return render_template("signin/letter.html", login=login, code=request.form.get("code", ""), errors=errors)
