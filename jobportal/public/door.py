"""Das Gemeinsame der öffentlichen Seiten: der Blueprint, Adressen mit Sprache, Fehlerseite ohne Keks."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from jobportal import board as brett
from jobportal.board import Aushangzettel
from tenants.web import own_name
from tenants.web.language import SESSION_KEY
from tenants.web.shell import settings_of

board = Blueprint("board", __name__, template_folder="templates")
READER = "öffentlicher Stellenmarkt: nur was jeder lesen darf"
SECRET = "Bewerbung ohne Konto: das geheime Zeichen der Adresse ist der Schlüssel"  # noqa: S105  # a reason, no secret
MINUTES = 60


def today() -> date:
    """Heute, wie die Anwendung es sieht."""
    return settings_of(current_app).today()


def to(endpoint: str, **values: Any) -> str:
    """Adresse einer öffentlichen Seite in der gewählten Sprache."""
    if "sprache" in request.args and "sprache" not in values:
        values["sprache"] = g.get(SESSION_KEY)
    return url_for(f"board.{endpoint}", **values)


def absolute(endpoint: str, **values: Any) -> str:
    """Bleibende Adresse mit dem Namen des Servers, ohne Sprache."""
    return own_name.root() + url_for(f"board.{endpoint}", **values)


def find(anzeige: uuid.UUID) -> Aushangzettel:
    """Die Anzeige; was nie draußen hing, gibt es nicht, was vorbei ist, ist 410."""
    found = brett.current().by_id.get(anzeige)
    if found is None or today() < found.extern_ab:
        abort(404)
    if not found.open_to(today()):
        abort(410)
    return found


def kept(response: Response, seconds: int = MINUTES) -> Response:
    """Darf kurz in Zwischenspeichern bleiben; die Sprache gehört dazu."""
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    response.vary.add("Accept-Language")
    return response


def page(template: str, **values: Any) -> Response:
    """Eine öffentliche Seite."""
    return kept(Response(render_template(f"board/{template}", **values), content_type="text/html; charset=utf-8"))


def failed(error: HTTPException) -> Response | HTTPException:
    """Fehlerseite der Tür: dieselben Worte für alles, was es nicht gibt."""
    code = error.code or 500
    if code < 400:
        return error
    title, remedy = {
        404: (_("Das gibt es hier nicht"), _("Die Adresse stimmt nicht oder gilt nicht mehr.")),
        410: (_("Diese Ausschreibung ist beendet"), _("Bewerben ist nicht mehr möglich. Andere Stellen stehen in der "
                                                      "Liste.")),
        413: (_("Das ist zu groß"), _("Alle Dateien zusammen dürfen höchstens 20 MB haben.")),
        429: (_("Zu viele Anfragen"), _("Bitte warten Sie ein wenig und versuchen Sie es dann noch einmal.")),
    }.get(code, (_("Das ging nicht"), _("Bitte gehen Sie zurück und versuchen Sie es noch einmal.")))
    made = Response(render_template("board/error.html", title=title, remedy=remedy), code,
                    content_type="text/html; charset=utf-8")
    made.headers["Cache-Control"] = "no-store"
    return made
