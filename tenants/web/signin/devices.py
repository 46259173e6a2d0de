"""Gerät einer Anmeldung: Worte aus der Kennung des Browsers und ein Zeichen, an dem es wiedererkannt wird."""

from __future__ import annotations

import re
import secrets

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.users.sessions import KEPT, Origin

# The first hit wins: Edge and Opera also call themselves Chrome, Chrome also calls itself Safari.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie_name() -> str:
    """Name des Kekses, der ein Gerät wiedererkennt."""
    return "__Host-kreislohn-geraet" if current_app.config["SESSION_COOKIE_SECURE"] else "kreislohn-geraet"


def origin() -> Origin:
    """Herkunft dieser Anfrage; ein Gerät ohne Keks bekommt ein neues Zeichen."""
    known = request.cookies.get(cookie_name(), "")
    token = known if TOKEN.fullmatch(known) else secrets.token_urlsafe(32)
    return Origin(request.remote_addr, described(request.user_agent.string), token)


def remember(response: Response, token: str) -> Response:
    """Legt das Zeichen des Geräts in einen Keks, den kein Skript liest."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(KEPT.total_seconds()),
        path="/",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return response


def described(agent: str) -> str:
    """Zum Beispiel „Firefox, Windows“; die Kennung selbst wird nicht aufbewahrt."""
    browser = next((words for sign, words in BROWSERS if sign in agent), None)
    system = next((words for sign, words in SYSTEMS if sign in agent), None)
    return ", ".join(word for word in (browser, system) if word) or _("unbekanntes Gerät")
