"""Anmeldung: Name, Kennwort und – beim Personal immer – Code oder Passkey; oder ein Passkey allein. Abmeldung."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.db.session import platform_session
from tenants.users import passkeys, service, sessions, sso
from tenants.web import documents, kiosk, language
from tenants.web.access import public, signed_in_before_factor
from tenants.web.identity import current
from tenants.web.signin import challenges
from tenants.web.signin.entering import enter
from tenants.web.terminal import at_terminal

signin = Blueprint("signin", __name__)


@signin.get("/anmelden")
@public("Anmeldung", personal=True)
def form() -> str:
    """Formular der Anmeldung."""
    return show_form()


@signin.post("/anmelden")
@public("Anmeldung", personal=True)
def sign_in() -> Response | tuple[str, int]:
    """Prüft die Angaben; die Antwort verrät nicht, welche falsch war."""
    login, password = request.form.get("anmeldename", ""), request.form.get("kennwort", "")
    code = request.form.get("code", "").replace(" ", "") or None
    answer = challenges.answered(challenges.SIGN_IN, request.form.get("passkey", ""))
    alone = answer is not None and not password
    try:
        if answer is not None and alone:
            user = service.authenticate_with_passkey(answer, remote=request.remote_addr)
        else:
            user = service.authenticate(login, password, code, remote=request.remote_addr, passkey=answer)
    except service.Throttled as refused:
        return show_form(login, str(refused)), 429
    except service.SigninRefused as refused:
        return show_form(login, str(refused)), 401
    entered = enter(user, "passkey" if alone else "password")
    if not alone:
        documents.unlock_with(user, password)
    return entered


@signin.post("/abmelden")
@signed_in_before_factor
def sign_out() -> Response:
    """Beendet die Sitzung auch auf dem Server; ein kopierter Sitzungsschlüssel öffnet danach nichts mehr."""
    me = current()
    sessions.end(me.session_id, datetime.now(UTC), actor=me.login)
    documents.lock()
    chosen = session.get(language.SESSION_KEY)
    session.clear()
    if chosen and not at_terminal():
        session[language.SESSION_KEY] = chosen
    flash(_("Sie sind abgemeldet."), "success")
    away = redirect(url_for("signin.form"))
    if at_terminal():
        kiosk.leave_nothing(away)
    return away


def show_form(login: str = "", refused: str | None = None) -> str:
    """Seite der Anmeldung, auf Wunsch mit dem Grund der Ablehnung."""
    challenge = challenges.current(challenges.SIGN_IN)
    with platform_session(actor="system") as held:
        offered = [(row.public_id, row.name) for row in sso.providers(held) if not at_terminal()]
    return render_template(
        "signin/form.html",
        login=login,
        refused=refused,
        providers=offered,
        passkey_options=passkeys.signin_options(challenges.site(), challenge),
    )
