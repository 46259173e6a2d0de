"""Hülle: richtet Sitzung, Formularschutz, Sprache, Köpfe, Wächter und Fehlerseiten einer Anwendung ein."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, g, redirect, request, session, url_for
from flask_babel.speaklater import LazyString
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from tenants.permissions import ROLE_TITLES
from tenants.web import (
    access,
    errors,
    formats,
    guard,
    headers,
    language,
    operation,
    plain_requests,
    static_files,
    told,
    turns,
)
from tenants.web.identity import Identity
from tenants.web.settings import Settings

CATALOGUES = Path(__file__).parent / "catalogues"
EXTENSION = "kreislohn"


shell = Blueprint("shell", __name__, template_folder="templates")


@dataclass(frozen=True)
class Entry:
    """Eintrag der Hauptnavigation: Wort, Ansicht, nötiges Recht und die Bereiche, in denen er als aktuell gilt."""

    text: str | LazyString
    endpoint: str
    permission: str
    blueprint: str


def install(
    app: Flask,
    settings: Settings,
    *,
    loader: Callable[[str], Identity | None],
    catalogues: tuple[Path, ...],
    navigation: tuple[Entry, ...] = (),
) -> None:
    """Macht aus einer leeren Flask-Anwendung die Hülle; loader findet den Menschen zum Sitzungsschlüssel."""
    app.extensions[EXTENSION] = settings
    _configure(app, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # documented way of Werkzeug to wrap an application
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    operation.install(app, behind_proxy=settings.proxies > 0)
    plain_requests.install(app)
    guard.forbid_cross_site(app)
    CSRFProtect(app)
    _sign_in_manager(app, loader)
    guard.install(app, settings.longest)
    turns.install(app)
    language.install(app, (CATALOGUES, *catalogues))
    formats.install(app)
    headers.install(app)
    errors.install(app, settings.longest)
    told.install(app)
    app.register_blueprint(shell)
    app.jinja_env.globals.update(static_file=static_file, role_titles=ROLE_TITLES, today=settings.today)
    app.context_processor(lambda: {"me": g.get("identity"), "navigation": _allowed(navigation)})
    app.jinja_env.undefined = StrictUndefined


def settings_of(app: Flask) -> Settings:
    """Einstellungen der laufenden Anwendung."""
    settings = app.extensions[EXTENSION]
    assert isinstance(settings, Settings)
    return settings


def _configure(app: Flask, settings: Settings) -> None:
    app.url_map.merge_slashes = False  # its redirect would carry the host of the request, which anyone may write
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-kreislohn" if settings.https else "kreislohn",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=settings.idle,
        MAX_CONTENT_LENGTH=settings.upload_limit,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        TRUSTED_HOSTS=list(settings.hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,
        # Token, __Host- cookie and Sec-Fetch-Site stay; who strips the Referer must not lock a whole house out.
        WTF_CSRF_SSL_STRICT=False,
    )


def _sign_in_manager(app: Flask, loader: Callable[[str], Identity | None]) -> None:
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(loader)


def static_file(name: str) -> str:
    """Adresse einer Datei der Gestaltung; ein neuer Inhalt gibt eine neue Adresse."""
    return url_for("shell.static", filename=name, v=static_files.load(name).fingerprint)


@shell.get("/static/<path:filename>")
@access.public("Gestaltung ohne persönlichen Inhalt")
def static(filename: str) -> Response:
    """Dateien der Gestaltung."""
    return static_files.respond(filename)


@shell.post("/sprache")
@access.public("Sprachwahl vor der Anmeldung")
def choose_language() -> Response:
    """Merkt sich die Sprache für diese Sitzung."""
    chosen = request.form.get("sprache", "")
    if chosen in language.LANGUAGES:
        session[language.SESSION_KEY] = chosen
    return redirect(_back())


def _back() -> str:
    return plain_requests.own_address(request.form.get("zurueck", "")) or url_for("home")


def _allowed(entries: tuple[Entry, ...]) -> list[Entry]:
    """Einträge der Hauptnavigation, die der angemeldete Mensch benutzen darf."""
    identity = g.get("identity")
    return [entry for entry in entries if identity is not None and identity.may(entry.permission)]
