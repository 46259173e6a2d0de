"""Dateien der Gestaltung aus dem Speicher: wenige, unveränderlich, gepackt ausgeliefert."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Response, abort, request

from tenants.web import assets

ONE_YEAR, ONE_HOUR = 31_536_000, 3600
PACKED = (".css", ".svg", ".js", ".webmanifest")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/manifest+json", ".webmanifest")


@dataclass(frozen=True)
class StaticFile:
    """Inhalt einer Datei, auch gepackt, mit Prüfsumme und Art."""

    content: bytes
    packed: bytes | None
    fingerprint: str
    content_type: str


@cache
def known() -> frozenset[str]:
    """Namen aller Dateien, die ausgeliefert werden; etwas anderes gibt es nicht."""
    return frozenset(str(path.relative_to(assets.STATIC)) for path in assets.STATIC.rglob("*") if path.is_file())


@cache
def load(name: str) -> StaticFile:
    """Liest eine Datei einmal je Prozess."""
    content = (assets.STATIC / name).read_bytes()
    packed = gzip.compress(content, 9, mtime=0) if Path(name).suffix in PACKED else None
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return StaticFile(content, packed, hashlib.sha256(content).hexdigest()[:12], kind)


def respond(name: str) -> Response:
    """Antwort mit der Datei; mit Prüfsumme in der Adresse darf sie lange bleiben."""
    if name not in known():
        abort(404)
    file = load(name)
    packed = file.packed if request.accept_encodings.quality("gzip") else None
    response = Response(packed or file.content, content_type=file.content_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(file.fingerprint)
    response.cache_control.public = True
    response.cache_control.max_age = ONE_YEAR if request.args.get("v") == file.fingerprint else ONE_HOUR
    response.make_conditional(request)
    return response
