"""Das Merkmal eines Terminals und was an ihm nie geschieht: eine Datei bleibt auf dem Gerät zurück."""

from __future__ import annotations

from flask import Flask, Response, has_request_context, render_template, request
from flask_babel import gettext

COOKIE, SHOWN = "terminal", "application/pdf"


def install(app: Flask) -> None:
    """An einem Terminal wird ein PDF gezeigt statt gespeichert, jede andere Datei verweigert."""

    @app.after_request
    def leave_nothing(response: Response) -> Response:
        stated = response.headers.get("Content-Disposition", "")
        if not at_terminal() or not stated.lower().startswith("attachment"):
            return response
        if response.mimetype == SHOWN:
            response.headers["Content-Disposition"] = f"inline{stated[len('attachment'):]}"
            return response
        return _refused(response)


def at_terminal() -> bool:
    """Ob dieses Gerät ein Terminal ist."""
    return has_request_context() and request.cookies.get(COOKIE) == "1"


def _refused(response: Response) -> Response:
    response.direct_passthrough = False
    response.set_data(render_template(
        "shell/error.html", code=403, number=None, back=None, title=gettext("Dateien gibt es an diesem Gerät nicht"),
        remedy=gettext("An einem Terminal bleibt nichts zurück. Sehen Sie die Seite hier an oder drucken Sie sie; "
                       "die Datei bekommen Sie an einem eigenen Gerät.")))
    response.status_code, response.content_type = 403, "text/html; charset=utf-8"
    del response.headers["Content-Disposition"]
    return response
