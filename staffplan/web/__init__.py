"""Stellenplan am Schreibtisch: Liste, Stelle, Organisation, Pläne, Einlesen, Kennzahlen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from flask import Flask
from flask_babel import lazy_gettext as _

from staffplan import limits
from staffplan.documents.content import Inhalt
from staffplan.web.change_pages import change_desk
from staffplan.web.intake import staffplan_intake
from staffplan.web.organisation import organisation_desk
from staffplan.web.plan_pages import plan_desk
from staffplan.web.post_list import post_list_desk
from staffplan.web.post_pages import post_desk
from staffplan.web.sharing import Ports
from staffplan.web.valuation_pages import valuation_desk
from staffplan.web.words import MARKS, STATES
from tenants.db.session import TenantSession
from tenants.users import units

CATALOGUES = Path(__file__).parent / "catalogues"
TAB = (_("Stellenplan"), "staffplan.index", "staffplan.read")
PAGES = (post_list_desk, post_desk, organisation_desk, plan_desk, staffplan_intake, valuation_desk, change_desk)
BELONGS_TO_TAB = dict.fromkeys(("post", "organisation", "plan", "planintake", "valuation", "postchange"), "staffplan")


def register(
    app: Flask,
    names: Callable[[TenantSession], Mapping[str, str]],
    pdf: Callable[[Inhalt, date, str], bytes],
) -> None:
    """Meldet die Seiten an; `names` nennt die Personen zu Personalnummern, `pdf` zeichnet einen Plan."""
    app.extensions[Ports.KEY] = Ports(names, pdf)
    units.register(limits.public_id)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(mark_words=MARKS, occupation_words=STATES)
