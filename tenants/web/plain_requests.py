"""Was an einer Anfrage stimmen muss, bevor jemand sie liest: keine Steuerzeichen, kein Übermaß, eigene Ziele."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Flask, abort, request

from tenants.plain_text import CONTROL

IN_ADDRESSES = re.compile(r"[\x00-\x1f\x7f\\]")
FORM_LIMIT = 512 * 1024
FORM = "application/x-www-form-urlencoded"


def install(app: Flask) -> None:
    """Weist Unlesbares ab: die Datenbank nimmt kein Nullzeichen, Tabellendateien keine Steuerzeichen."""

    @app.before_request
    def check() -> None:
        if IN_ADDRESSES.search(request.path):
            abort(404)
        if request.mimetype == FORM and (request.content_length or 0) > FORM_LIMIT:
            abort(413)
        if any(CONTROL.search(text) for text in _texts()):
            abort(400)


def own_address(wanted: str) -> str | None:
    """Die Adresse, wenn sie auf eine eigene Seite führt; Browser lassen Tabulatoren fallen und lesen „\\“ als „/“."""
    inside = wanted.startswith("/") and not wanted.startswith("//") and not IN_ADDRESSES.search(wanted)
    return wanted if inside else None


def _texts() -> Iterable[str]:
    for given in (request.args, request.form):
        for name, values in given.lists():
            yield name
            yield from values
    for name, file in request.files.items(multi=True):
        yield name
        yield file.filename or ""
