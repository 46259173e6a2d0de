"""Terminal am Arbeitsplatz: kurze Sitzung, nichts bleibt zurück, nach Druck oder Stille abgemeldet.

Ein Gerät wird auf der Seite /terminal zum Terminal; das Merkmal macht nur strenger und öffnet nichts. Ohne Skript endet
die Sitzung durch das erneute Laden der Seite nach der Frist, mit Skript auch sofort nach dem Drucken.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from tenants.users import sessions
from tenants.web import colours, documents, terminal
from tenants.web.access import public
from tenants.web.identity import Identity
from tenants.web.shell import settings_of
from tenants.web.terminal import COOKIE, at_terminal

kiosk = Blueprint("kiosk", __name__, url_prefix="/terminal")
SEEN, IDLE = "terminal_seen", 120
ONE_YEAR = 31_536_000


def install(app: Flask) -> None:
    """Nach den Wächtern: an einem Terminal gilt die kurze Frist auch auf dem Server."""
    app.register_blueprint(kiosk)
    terminal.install(app)
    app.context_processor(lambda: {"kiosk": IDLE if at_terminal() else None})

    @app.before_request
    def stillness() -> BaseResponse | None:
        if not at_terminal() or not isinstance(g.get("identity"), Identity):
            return None
        last, now = session.get(SEEN, time.time()), time.time()
        session[SEEN] = now
        return _end() if now - last > IDLE else None


@kiosk.get("")
@public("Seite, die ein Gerät zum Terminal macht, ohne Anmeldung", personal=True)
def form() -> str:
    """Erklärt, was ein Terminal ist, und schaltet es ein oder aus."""
    me = g.get("identity")
    return render_template("shell/kiosk.html", on=at_terminal(), minutes=IDLE // 60,
                           staff=isinstance(me, Identity) and me.staff)


@kiosk.post("")
@public("Schaltet die strengeren Regeln dieses Geräts ein; aus nur für Personal", personal=True)
def switch() -> BaseResponse:
    """Ein Gerät wird zum Terminal; wieder gewöhnlich macht es nur der Personaldienst, angemeldet."""
    me = g.get("identity")
    if request.form.get("an") != "1" and at_terminal() and not (isinstance(me, Identity) and me.staff):
        abort(403)
    response = redirect(url_for("signin.form" if request.form.get("an") == "1" else "kiosk.form"))
    if request.form.get("an") == "1":
        response.set_cookie(COOKIE, "1", max_age=ONE_YEAR, httponly=True, samesite="Lax",
                            secure=settings_of(current_app).https)
    else:
        response.delete_cookie(COOKIE, secure=settings_of(current_app).https, httponly=True, samesite="Lax")
    return response


@kiosk.get("/ende")
@public("Beendet die Sitzung eines Terminals; an anderen Geräten geschieht nichts", personal=True)
def end() -> BaseResponse:
    """Nach Druck oder Stille: abgemeldet, der Browser wirft weg, was er behalten hat."""
    return _end() if at_terminal() else redirect(url_for("signin.form"))


def _end() -> Response:
    me = g.get("identity")
    if isinstance(me, Identity):
        sessions.end(me.session_id, datetime.now(UTC), actor=me.login)
        documents.lock()
    session.clear()
    response = make_response(redirect(url_for("signin.form")))
    leave_nothing(response)
    return response


def leave_nothing(response: BaseResponse) -> None:
    """Nach jedem Ende einer Sitzung an einem Terminal: der Browser wirft weg, was er behalten hat."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    colours.forget(response)
