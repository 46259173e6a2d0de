"""Anmeldung: Name, Kennwort und – beim Personal immer – der Code; in der Vorführung auch ein Einmallink."""

from __future__ import annotations

import time

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user
from werkzeug.wrappers import Response

from tenants.models.user import User
from tenants.users import service
from tenants.users.links import is_loopback
from tenants.users.sessions import end_sessions
from tenants.web import documents, guard, language
from tenants.web.access import public, signed_in
from tenants.web.identity import current, of_user
from tenants.web.shell import settings_of

signin = Blueprint("signin", __name__)


@signin.get("/anmelden")
@public("Anmeldung", personal=True)
def form() -> str:
    """Formular der Anmeldung."""
    return _form()


@signin.post("/anmelden")
@public("Anmeldung", personal=True)
def sign_in() -> Response | tuple[str, int]:
    """Prüft die Angaben; die Antwort verrät nicht, welche falsch war."""
    login = request.form.get("anmeldename", "")
    code = request.form.get("code", "").replace(" ", "") or None
    try:
        user = service.authenticate(login, request.form.get("kennwort", ""), code, remote=request.remote_addr)
    except service.Throttled as refused:
        return _form(login, str(refused)), 429
    except service.SigninRefused as refused:
        return _form(login, str(refused)), 401
    entered = _enter(user)
    documents.unlock_with(user, request.form.get("kennwort", ""))
    return entered


@signin.get("/anmelden/einmal/<token>")
@public("Einmallink der Vorführung", personal=True)
def offer(token: str) -> str:
    """Fragt nach, bevor der Link verbraucht wird (Vorschauen von Programmen sollen ihn nicht einlösen)."""
    _demonstration_here()
    return render_template("signin/link.html", token=token)


@signin.post("/anmelden/einmal/<token>")
@public("Einmallink der Vorführung", personal=True)
def redeem(token: str) -> Response | tuple[str, int]:
    """Löst den Link ein."""
    _demonstration_here()
    try:
        user = service.redeem(token, request.remote_addr)
    except service.SigninRefused as refused:
        return _form("", str(refused)), 401
    entered = _enter(user)
    documents.unlock_demonstration(user)
    return entered


@signin.post("/abmelden")
@signed_in
def sign_out() -> Response:
    """Beendet die Sitzung auch auf dem Server; ein kopierter Sitzungsschlüssel öffnet danach nichts mehr."""
    me = current()
    end_sessions(me.user_id, me.epoch, actor=me.login)
    documents.lock()
    chosen = session.get(language.SESSION_KEY)
    session.clear()
    if chosen:
        session[language.SESSION_KEY] = chosen
    flash(_("Sie sind abgemeldet, auch auf anderen Geräten."), "success")
    return redirect(url_for("signin.form"))


def _form(login: str = "", refused: str | None = None) -> str:
    return render_template("signin/form.html", login=login, refused=refused)


def _demonstration_here() -> None:
    """Nur in der Vorführung und nur von diesem Rechner; sonst gibt es diese Seite nicht."""
    settings = settings_of(current_app)
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if not settings.demonstration or not is_loopback(request.remote_addr) or forwarded:
        abort(404)


def _enter(user: User) -> Response:
    """Beginnt eine neue Sitzung; nichts aus der alten bleibt gültig, auch kein Formularschlüssel."""
    wanted, chosen = guard.next_address(), session.get(language.SESSION_KEY)
    session.clear()
    session.permanent = True
    session[guard.SINCE_KEY] = int(time.time())
    session[language.SESSION_KEY] = chosen or user.language
    login_user(of_user(user, settings_of(current_app).today()))
    return redirect(wanted)
