"""Eigener Zugang der Überwachung neben dem Server: /metrics, /healthz, /readyz; nur lokal oder mit Kennwort."""

from __future__ import annotations

import hmac
import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

from waitress.server import create_server

from tenants.operation import readiness
from tenants.operation.metrics import Metrics

StartResponse = Callable[..., Any]


class MetricsApplication:
    """Kleine WSGI-Anwendung; token ist das Kennwort der Überwachung oder leer (dann nur lokal)."""

    def __init__(self, metrics: Metrics, token: str) -> None:
        self.metrics = metrics
        self.token = token

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Beantwortet eine Anfrage."""
        status, kind, body = self._answer(str(environ.get("PATH_INFO")), str(environ.get("HTTP_AUTHORIZATION", "")))
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body))),
                                ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")])
        return [body]

    def _answer(self, path: str, authorization: str) -> tuple[str, str, bytes]:
        if path == "/healthz":
            return "200 OK", "application/json", b'{"status": "lebt"}'
        if path == "/readyz":
            found = readiness.check()
            body = json.dumps(found.as_dict()).encode()
            return ("200 OK" if found.ready else "503 Service Unavailable"), "application/json", body
        if path != "/metrics":
            return "404 Not Found", "text/plain; charset=utf-8", b"Hier gibt es /metrics, /healthz und /readyz."
        expected = f"Bearer {self.token}".encode()
        if self.token and not hmac.compare_digest(authorization.encode("utf-8", "replace"), expected):
            return "401 Unauthorized", "text/plain; charset=utf-8", "Kennwort der Überwachung fehlt.".encode()
        return "200 OK", "text/plain; version=0.0.4; charset=utf-8", self.metrics.text()


def start(address: str, metrics: Metrics) -> Callable[[], None]:
    """Hört neben dem Server auf address; die Rückgabe beendet ihn wieder. OSError, wenn die Adresse nicht frei ist."""
    host, _, port = address.rpartition(":")
    application = MetricsApplication(metrics, os.environ.get("KREISLOHN_METRICS_TOKEN", ""))
    server = create_server(application, host=host.strip("[]"), port=int(port), threads=2, ident=None)
    threading.Thread(target=server.run, name="ueberwachung", daemon=True).start()
    return lambda: server.close()
