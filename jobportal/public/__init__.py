"""Die Tür zur Straße: Liste, Anzeige, Bewerbung, Verzeichnisse. Eigene Seiten, eigene Grenzen, keine Sitzung.

Lesende bekommen keinen Keks; was jemand darf, sagt allein die Adresse. Deshalb gibt es hier auch keinen
Formularschlüssel: ohne Anmeldung gibt es nichts, das eine fremde Seite im Namen eines anderen tun könnte.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask, g, request

from jobportal import documents
from jobportal.documents import Paper
from jobportal.public import apply_pages, feed_pages, forms, hire_pages, limits, listing, status_pages
from jobportal.public.door import board, failed, to
from tenants.db.session import TenantSession
from tenants.web.errors import DOORS
from tenants.web.language import LANGUAGES, SESSION_KEY

PREFIX = "/stellen"
# The modules hang their views onto the blueprint of door.py.
PAGES = (listing, feed_pages, apply_pages, status_pages, hire_pages)
CATALOGUES = Path(__file__).parents[1] / "catalogues"


def register(app: Flask, funds: Callable[[TenantSession], list[str]], paper: Paper) -> None:
    """Hängt die Tür an die Anwendung; `funds` nennt die Krankenkassen eines Arbeitgebers, `paper` zeichnet PDF."""
    app.extensions[documents.KEY] = paper
    app.extensions[hire_pages.FUNDS] = funds
    if "board" not in app.blueprints:
        app.register_blueprint(board, url_prefix=PREFIX)
    app.extensions["csrf"].exempt(board)
    app.extensions.setdefault(DOORS, {})[PREFIX] = failed
    app.extensions[limits.KEY] = limits.Limits()
    app.jinja_env.globals["board_to"] = to
    forms.install(app)


@board.before_request
def language_of_page() -> None:
    """Sprache aus der Adresse, sonst die des Geräts; Bremse je Absender."""
    chosen = request.args.get("sprache", "")
    if chosen not in LANGUAGES:
        chosen = request.accept_languages.best_match(list(LANGUAGES), default="de") or "de"
    setattr(g, SESSION_KEY, chosen)
    limits.reading()
