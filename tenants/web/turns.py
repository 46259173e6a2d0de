"""Ändernde Anfragen laufen nacheinander, je Seite und Gegenstand; ein doppelter Klick zählt einmal."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

from flask import Flask, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.db import turns
from tenants.web.access import access_of, answers_by_showing
from tenants.web.guard import TENANT_ARGUMENT
from tenants.web.plain_requests import FORM, own_address

ARGUMENT = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
READING = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = frozenset({FORM, "multipart/form-data"})
PIECE = 1 << 20  # bytes of a file read at once
NOT_COMPARED = "csrf_token"  # two windows with the same form differ in it


def install(app: Flask) -> None:
    """Nach dem Wächter: erst dann steht fest, wer fragt."""

    @app.before_request
    def ask() -> None:
        name = _name(app)
        refused = name is not None and request.mimetype in FORMS and not answers_by_showing(app, request.endpoint or "")
        turns.ask(name, _twin(name) if name is not None and refused else None)

    @app.teardown_request
    def over(_error: BaseException | None) -> None:
        turns.ask(None)

    @app.errorhandler(turns.Doubled)
    def doubled(_error: turns.Doubled) -> Response:
        flash(_("Das kam zweimal zugleich an und wurde einmal bearbeitet; was jetzt gilt, zeigt diese Seite."),
              "warning")
        return redirect(_came_from(app) or url_for("home"))


def _came_from(app: Flask) -> str | None:
    """Die Seite mit dem Formular, samt Filter; nicht die Adresse eines Formulars, das nur Abgeschicktes annimmt."""
    parts = urlsplit(request.referrer or "")
    if not app.create_url_adapter(request).test(parts.path, method="GET"):  # type: ignore[union-attr]  # in a request
        return None
    return own_address(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _name(app: Flask) -> str | None:
    """Wonach sich die Anfrage einreiht; None beim Lesen und an Türen ohne Anmeldung, die ihre eigene Sperre haben.

    Der Gegenstand ist die erste Angabe der Adresse nach dem Mandanten: so warten auch Freigeben und Zurückziehen
    desselben Auftrags aufeinander, und zwei verschiedene Personen nicht.
    """
    identity, stated = g.get("identity"), access_of(app, request.endpoint) if request.endpoint else None
    if request.method in READING or identity is None or stated is None or request.url_rule is None:
        return None
    given = request.view_args or {}
    named = [name for name in ARGUMENT.findall(request.url_rule.rule) if name != TENANT_ARGUMENT]
    own = stated.permission is None or stated.permission.endswith("_own")
    return ":".join(str(part) for part in (
        given.get(TENANT_ARGUMENT, "-"), request.blueprint, identity.user_id if own else "-",
        given.get(named[0], "-") if named else "-"))


def _twin(name: str) -> str:
    """Dieselbe Anfrage: derselbe Mensch, dieselbe Adresse, dieselben Felder und Dateien."""
    told = hashlib.sha256(f"{name}\0{g.identity.user_id}\0{request.full_path}".encode())
    for field, text in request.form.items(multi=True):
        if field != NOT_COMPARED:
            told.update(f"\0{len(field)}:{field}{len(text)}:{text}".encode())
    for field, file in request.files.items(multi=True):
        told.update(f"\0{field}:{file.filename}".encode())
        while piece := file.stream.read(PIECE):
            told.update(piece)
        file.stream.seek(0)
    return told.hexdigest()
