"""Helle oder dunkle Farben: wie das Gerät es vorgibt oder wie jemand es gewählt hat; ohne Skript, ohne Konto."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, has_request_context, redirect, request, url_for
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tenants.web import plain_requests
from tenants.web.access import public
from tenants.web.shell import settings_of
from tenants.web.terminal import at_terminal

colours = Blueprint("colours", __name__, url_prefix="/farben")
COOKIE, ONE_YEAR = "farben", 31_536_000
THEMES = {"hell": "light", "dunkel": "dark"}
CHOICES = (("geraet", _("wie das Gerät")), ("hell", _("hell")), ("dunkel", _("dunkel")))


def install(app: Flask) -> None:
    """Meldet den Weg an und gibt den Vorlagen die Wahl."""
    app.register_blueprint(colours)
    app.context_processor(lambda: {"theme": THEMES.get(chosen()), "colour": chosen(), "theme_choices": CHOICES})


def chosen() -> str:
    """Gewählte Farben: hell, dunkel oder geraet (nichts gewählt)."""
    held = request.cookies.get(COOKIE, "") if has_request_context() else ""
    return held if held in THEMES else "geraet"


@colours.post("")
@public("Farbwahl vor der Anmeldung")
def choose() -> BaseResponse:
    """Merkt sich die Farben auf diesem Gerät ein Jahr lang; an einem Terminal nur bis zum Ende der Sitzung."""
    wanted = request.form.get("farben", "")
    back = redirect(plain_requests.own_address(request.form.get("zurueck", "")) or url_for("home"))
    if wanted in THEMES:
        back.set_cookie(COOKIE, wanted, max_age=None if at_terminal() else ONE_YEAR, httponly=True, samesite="Lax",
                        secure=settings_of(current_app).https)
    else:
        forget(back)
    return back


def forget(response: Response | BaseResponse) -> None:
    """Nimmt die Wahl vom Gerät."""
    response.delete_cookie(COOKIE, secure=settings_of(current_app).https, httponly=True, samesite="Lax")
