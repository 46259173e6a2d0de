"""Einmallinks der Vorführung: fragen nach, bevor sie verbraucht werden; nur auf diesem Rechner."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request
from werkzeug.wrappers import Response

from tenants.users import service
from tenants.users.links import is_loopback
from tenants.web import documents
from tenants.web.access import public
from tenants.web.shell import settings_of
from tenants.web.signin.entering import enter
from tenants.web.signin.views import show_form

link_pages = Blueprint("links", __name__, url_prefix="/anmelden/einmal")


@link_pages.get("/<token>")
@public("Einmallink der Vorführung", personal=True)
def offer(token: str) -> str:
    """Fragt nach, bevor der Link verbraucht wird (Vorschauen von Programmen sollen ihn nicht einlösen)."""
    _demonstration_here()
    return render_template("signin/link.html", token=token)


@link_pages.post("/<token>")
@public("Einmallink der Vorführung", personal=True)
def redeem(token: str) -> Response | tuple[str, int]:
    """Löst den Link ein."""
    _demonstration_here()
    try:
        user = service.redeem(token, request.remote_addr)
    except service.SigninRefused as refused:
        return show_form("", str(refused)), 401
    entered = enter(user, "link")
    documents.unlock_demonstration(user)
    return entered


def _demonstration_here() -> None:
    """Nur in der Vorführung und nur von diesem Rechner; sonst gibt es diese Seite nicht."""
    settings = settings_of(current_app)
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if not settings.demonstration or not is_loopback(request.remote_addr) or forwarded:
        abort(404)
