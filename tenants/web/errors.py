"""Fehlerseiten in einfachem Deutsch: was ist, warum, wie weiter."""

from __future__ import annotations

import errno
import logging
import secrets
from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from psycopg.errors import (
    DeadlockDetected,
    DiskFull,
    ExclusionViolation,
    LockNotAvailable,
    QueryCanceled,
    SerializationFailure,
    UniqueViolation,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import Conflict, HTTPException, InternalServerError, SecurityError, ServiceUnavailable

from tenants.db import apart
from tenants.web import form_owner, guard
from tenants.web.quiet_errors import described
from tenants.web.terminal import at_terminal

log = logging.getLogger(__name__)
DOORS = "kreislohn.doors"  # address prefix: error page of a door of its own (the job board: no session, no cookie)
PROGRAMS = "kreislohn.programs"  # address prefixes of doors for programs: errors of ours go to them too
TOO_LARGE = 413
TOO_LONG = 503

TEXTS = {
    400: (_("Diese Anfrage war unvollständig"), _("Bitte gehen Sie zurück und senden Sie das Formular noch einmal.")),
    401: (_("Bitte melden Sie sich an"), _("Ihre Sitzung ist beendet. Nach der Anmeldung können Sie weiterarbeiten.")),
    403: (
        _("Das dürfen Sie hier nicht"),
        _("Ihre Rolle bei diesem Mandanten erlaubt das nicht. Wer sie ändern kann, weiß Ihre Verwaltung."),
    ),
    404: (
        _("Das gibt es hier nicht"),
        _("Die Adresse stimmt nicht, oder der Eintrag gehört zu einem Mandanten, für den Sie keinen Auftrag haben."),
    ),
    405: (_("So lässt sich diese Seite nicht aufrufen"), _("Bitte benutzen Sie die Schaltflächen der Seite.")),
    409: (
        _("Inzwischen hat sich etwas geändert"),
        _("Bitte laden Sie die Seite neu und prüfen Sie den Stand, bevor Sie weitermachen."),
    ),
    TOO_LARGE: (_("Diese Datei ist zu groß"), _("Erlaubt sind höchstens 20 MB. Bitte teilen Sie die Datei auf.")),
    429: (_("Zu viele Versuche"), _("Bitte warten Sie einige Minuten und versuchen Sie es dann noch einmal.")),
    TOO_LONG: (
        _("Das dauert zu lange"),
        _("Die Abfrage wurde nach einer Minute abgebrochen, gespeichert wurde nichts. Bitte enger suchen oder später."),
    ),
    500: (
        _("Da ist bei uns etwas schiefgegangen"),
        _("Es wurde nichts gespeichert. Bitte versuchen Sie es noch einmal; bleibt der Fehler, nennen Sie die Nummer."),
    ),
}
DATABASE_AWAY = (
    _("Die Datenbank ist gerade nicht erreichbar"),
    _("Gespeichert wurde nichts. Bitte versuchen Sie es in einer Minute noch einmal."),
)
BUSY = (
    _("Gerade ändert jemand dasselbe"),
    _("Gespeichert wurde hiervon nichts. Bitte den Stand in einer Minute ansehen und, wenn nötig, noch einmal senden."),
)
NO_SPACE = 507
DISK_FULL = (
    _("Auf dem Server ist kein Platz mehr"),
    _("Gespeichert wurde nichts. Bitte verständigen Sie die Verwaltung der Anwendung und versuchen Sie es danach noch "
      "einmal."),
)
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
VERSIONS_APART = (
    _("Gerade wird aktualisiert"),
    _("Programm und Datenbank passen im Augenblick nicht zusammen. Gespeichert wurde nichts. Bitte versuchen Sie es in "
      "einer Minute noch einmal; bleibt es dabei, verständigen Sie die Verwaltung der Anwendung."),
)
FORM_EXPIRED = (
    _("Das Formular ist abgelaufen"),
    _("Zur Sicherheit gilt ein Formular nur für Ihre laufende Sitzung. Bitte öffnen Sie die Seite neu."),
)
NEVER_AGAIN = frozenset({"csrf_token", "kennwort", "neu", "wiederholung", "passkey", "faktor", "faktor2",
                         "schluessel", "geheimnis"})
NEVER_PREFIXES = ("code", "kennwort")
SECRET_PAGES = frozenset({"signin", "sso", "links", "letter", "passkeys", "sessions", "ownsso", "security", "codes",
                          "documents", "shell", "colours", "kiosk", "archive", "timesource", "adminproviders"})


def install(app: Flask, longest: timedelta) -> None:
    """Richtet die Fehlerseiten ein; longest ist die längste Dauer einer Sitzung."""

    def recognise() -> None:
        if "identity" not in g:  # refused before the guard, for example an upload that is too large
            g.identity = guard.identity(longest)

    @app.errorhandler(CSRFError)
    def expired(_error: CSRFError) -> tuple[str, int]:
        recognise()
        return _again() or _page(400, FORM_EXPIRED), 400

    @app.errorhandler(SecurityError)
    def not_our_name(_error: SecurityError) -> Response:  # no page: its addresses would need the host that is refused
        return Response("Unter diesem Namen gibt es hier nichts.", 400, content_type="text/plain; charset=utf-8")

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> Any:
        code = error.code or 500
        if code < 400:
            return error
        if (told := _of_the_door(error)) is not None:
            return told
        recognise()
        return _page(code, TEXTS.get(code, TEXTS[400 if code < 500 else 500])), code

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> Any:
        if app.testing and app.config.get("PROPAGATE_ERRORS"):
            raise error
        return _ours(error)


def _ours(error: Exception) -> Any:
    """Seite zu einem Fehler auf unserer Seite: was fehlt, wenn es bekannt ist, sonst die Nummer, die im Log steht."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, QueryCanceled):
        log.error("Abfrage abgebrochen: %s", request.endpoint)
        return _to_program(ServiceUnavailable()) or (_page(TOO_LONG, TEXTS[TOO_LONG]), TOO_LONG)
    if _is_full(error):
        log.error("Kein Platz mehr: %s, %s", request.endpoint, described(error))
        return _to_program(ServiceUnavailable()) or (_page(NO_SPACE, DISK_FULL), NO_SPACE)
    if isinstance(getattr(error, "orig", None), LockNotAvailable):
        log.error("Zu lange gewartet: %s", request.endpoint)
        return _to_program(Conflict()) or (_page(409, BUSY), 409)
    number = secrets.token_hex(4)
    if _overtaken(error):  # with its number: what comes again and again is a fault of ours
        log.error("Fehler %s: gleichzeitig geändert: %s, %s", number, request.endpoint, described(error))
        return _to_program(Conflict()) or (_page(409, TEXTS[409], number), 409)
    if isinstance(error, OperationalError):
        log.error("Datenbank nicht erreichbar: %s, %s", request.endpoint, described(error))
        return _to_program(ServiceUnavailable()) or (_page(TOO_LONG, DATABASE_AWAY), TOO_LONG)
    if apart.versions_apart(error):  # with its number: outside an update it is a fault of ours like any other
        log.error("Fehler %s: Programm und Datenbank passen nicht zusammen: %s, %s", number, request.endpoint,
                  described(error))
        return _to_program(ServiceUnavailable()) or (_page(TOO_LONG, VERSIONS_APART, number), TOO_LONG)
    log.error("Fehler %s: %s", number, described(error))
    return _to_program(InternalServerError()) or (_page(500, TEXTS[500], number), 500)


def _overtaken(error: Exception) -> bool:
    """Ob jemand anderes zwischen dem Nachsehen und dem Schreiben dasselbe eingetragen, geändert oder entfernt hat."""
    causes = (UniqueViolation, ExclusionViolation, DeadlockDetected, SerializationFailure)
    return isinstance(error, StaleDataError) or isinstance(getattr(error, "orig", None) or error, causes)


def _is_full(error: Exception) -> bool:
    """Ob auf der Platte des Servers oder der Datenbank kein Platz mehr ist."""
    cause = getattr(error, "orig", None) or error
    return isinstance(cause, DiskFull) or (isinstance(cause, OSError) and cause.errno in FULL)


def _of_the_door(error: HTTPException) -> Any:
    """Antwort der Tür, zu der die Adresse gehört; None, wenn sie zu keiner gehört."""
    for prefix, answer in current_app.extensions.get(DOORS, {}).items():
        if request.path == prefix or request.path.startswith(f"{prefix}/"):
            return answer(error)
    return None


def _to_program(error: HTTPException) -> Any:
    """Wie _of_the_door, aber nur für Türen, hinter denen Programme stehen: Menschen bekommen die Seite mit Nummer."""
    prefixes = current_app.extensions.get(PROGRAMS, ())
    return _of_the_door(error) if any(request.path.startswith(f"{one}/") for one in prefixes) else None


def secret(name: str) -> bool:
    """Ob der Wert eines Feldes nie wieder auf einer Seite stehen darf."""
    return name in NEVER_AGAIN or name.startswith(NEVER_PREFIXES)


def _again() -> str | None:
    """Seite, die ein abgelaufenes Formular mit allem Eingegebenen wieder anbietet; None, wo das nicht geht.

    Nur was sicher von der eigenen Seite kam, nur dem, dem das Formular gehörte, und erst wieder angemeldet; an einem
    Terminal, Kennwörter, Codes, Dateien und die Seiten der Anmeldung nie.
    """
    fields = [(name, value) for name, value in request.form.items(multi=True) if not secret(name)]
    own = request.headers.get("Sec-Fetch-Site") == "same-origin" and request.method == "POST"
    if not own or not fields or request.files or request.blueprint in SECRET_PAGES or request.endpoint is None \
            or at_terminal():
        return None
    me = g.get("identity")
    owner = form_owner.owner_of(request.form.get("csrf_token", ""))
    if owner is None or (me is not None and owner != form_owner.mark(me.user_id)):
        return None
    address = request.full_path if request.query_string else request.path
    return render_template("shell/again.html", fields=fields if me is not None else [], address=address)


def _is_page() -> bool:
    """Ob es unter der Adresse des abgeschickten Formulars auch eine Seite gibt."""
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(method="GET")


def _page(code: int, text: tuple[object, object], number: str | None = None) -> str:
    back = request.path if code == TOO_LARGE and g.get("identity") and _is_page() else None
    return render_template("shell/error.html", code=code, title=text[0], remedy=text[1], number=number, back=back)
