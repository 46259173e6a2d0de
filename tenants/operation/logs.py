"""Log auf der Fehlerausgabe: als Text oder eine JSON-Zeile je Eintrag, mit der Nummer der Anfrage.

Im Log stehen Wege als Muster (``/mandanten/<uuid:mandant>/personen``), nie Adressen, Suchworte oder Menschen.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from flask import g, has_request_context

from tenants.web.quiet_errors import described

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def install(form: str = "text", level: str = "info", stream: TextIO | None = None) -> logging.Handler:
    """Ersetzt die Ausgabe des Logs dieses Prozesses; ein zweiter Aufruf ersetzt die erste."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Json() if form == "json" else Text())
    handler.addFilter(_with_request)
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one.formatter, Json | Text)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(LEVELS[level])
    return handler


def _with_request(record: logging.LogRecord) -> bool:
    record.request_id = g.get("request_id") if has_request_context() else None
    return True


class Json(logging.Formatter):
    """Eine Zeile JSON: time (UTC), level, logger, message, request_id und die Felder des Eintrags."""

    def format(self, record: logging.LogRecord) -> str:
        """Der Eintrag als Zeile."""
        return json.dumps(_content(record), ensure_ascii=False, default=str)


class Text(logging.Formatter):
    """Eine lesbare Zeile."""

    def format(self, record: logging.LogRecord) -> str:
        """Der Eintrag als Zeile."""
        content = _content(record)
        rest = " ".join(f"{name}={value}" for name, value in content.items()
                        if name not in ("time", "level", "logger", "message"))
        return f"{content['time']} {content['level']} {content['logger']}: {content['message']} {rest}".rstrip()


def _content(record: logging.LogRecord) -> dict[str, Any]:
    content: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage(),
    }
    if number := getattr(record, "request_id", None):
        content["request_id"] = number
    content.update(getattr(record, "fields", {}))
    if record.exc_info and record.exc_info[1] is not None:
        content["error"] = described(record.exc_info[1])  # never the message: it carries values of people
    return content
