"""Betrieb im Web: Nummer je Anfrage, Zeile im Log, Messwerte, Spuren, Fragen nach Leben und Bereitschaft."""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from contextlib import ExitStack

from flask import Blueprint, Flask, Response, current_app, g, request

from tenants.operation import readiness, tracing
from tenants.operation.metrics import Metrics
from tenants.web.access import public

EXTENSION = "kreislohn.metrics"
GIVEN_NUMBER = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET = frozenset({"operation.alive", "operation.ready", "shell.static"})
log = logging.getLogger("kreislohn.zugriff")

operation = Blueprint("operation", __name__)


def install(app: Flask, *, behind_proxy: bool) -> None:
    """Gibt jeder Anfrage eine Nummer; hinter einem Webserver gilt dessen X-Request-ID, wenn sie eine ist."""
    metrics = Metrics()
    app.extensions[EXTENSION] = metrics

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "") if behind_proxy else ""
        g.request_id = given if GIVEN_NUMBER.fullmatch(given) else secrets.token_hex(8)
        g.begun = time.perf_counter()
        g.spans = _spans()

    @app.after_request
    def end(response: Response) -> Response:
        if "begun" not in g:  # refused before anything began, for example under a foreign name
            return response
        response.headers["X-Request-ID"] = g.request_id
        seconds = time.perf_counter() - g.begun
        door = request.blueprint or ("-" if request.endpoint is None else "start")
        method = request.method if request.method in METHODS else "andere"
        metrics.saw(door, method, response.status_code, seconds)
        tracing.mark({"http.response.status_code": response.status_code})
        if response.status_code >= 500:
            tracing.failed(str(response.status_code))
        if request.endpoint not in QUIET or response.status_code >= 400:
            rule = request.url_rule.rule if request.url_rule is not None else "-"
            log.info("%s %s %s", method, rule, response.status_code, extra={"fields": {"ms": round(seconds * 1000, 1)}})
        return response

    @app.teardown_request
    def over(_error: BaseException | None) -> None:
        g.pop("spans", ExitStack()).close()

    app.register_blueprint(operation)


def _spans() -> ExitStack:
    """Die Spur dieser Anfrage, offen bis zu ihrem Ende; Weg als Muster, Nummer wie im Log."""
    rule = request.url_rule.rule if request.url_rule is not None else "-"
    method = request.method if request.method in METHODS else "andere"
    held = ExitStack()
    if request.endpoint not in QUIET:
        held.enter_context(tracing.span(f"{method} {rule}", {
            "http.request.method": method, "http.route": rule, "kreislohn.door": request.blueprint or "-",
            "kreislohn.request_id": g.request_id}, serving=True))
    return held


def metrics_of(app: Flask) -> Metrics:
    """Messwerte dieser Anwendung."""
    found = app.extensions[EXTENSION]
    assert isinstance(found, Metrics)
    return found


@operation.get("/healthz")
@public("sagt nur, dass der Prozess lebt")
def alive() -> Response:
    """Der Prozess antwortet."""
    return current_app.response_class('{"status": "lebt"}\n', mimetype="application/json")


@operation.get("/readyz")
@public("sagt nur, ob Datenbank und Hauptschlüssel da sind")
def ready() -> tuple[Response, int]:
    """Ob der Server Anfragen beantworten kann; 503, wenn nicht."""
    found = readiness.check()
    body = current_app.response_class(json.dumps(found.as_dict()) + "\n", mimetype="application/json")
    return body, 200 if found.ready else 503
