"""Schnittstelle für andere Programme: /api/v1, JSON, Zeichen je Mandant und Bereich; dieselben Prüfungen wie am
Schreibtisch. Beschreibung: /api/v1/openapi.json."""

from __future__ import annotations

from flask import Flask

from payroll.web.api import facts, feed, posts, reading, times
from payroll.web.api.calendar import calendar_door
from payroll.web.api.door import PREFIX, api, failed
from tenants.web.errors import DOORS, PROGRAMS

# The modules hang their views onto the blueprint of door.py.
PAGES = (facts, times, posts, reading, feed)


def register(app: Flask) -> None:
    """Hängt die Schnittstelle an die Anwendung; sie kennt keine Kekse, deshalb auch keinen Formularschlüssel."""
    app.register_blueprint(api, url_prefix=PREFIX)
    app.register_blueprint(calendar_door)
    app.extensions["csrf"].exempt(api)
    app.extensions.setdefault(DOORS, {})[PREFIX] = failed
    app.extensions.setdefault(PROGRAMS, []).append(PREFIX)
