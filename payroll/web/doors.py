"""Die Türen des Lohnbereichs: welche Seiten es gibt und was in der Navigation steht."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_babel import lazy_gettext as _

from payroll.web.desk.fact_forms import field_labels
from payroll.web.desk.people import people_desk
from payroll.web.desk.person import person_desk
from payroll.web.desk.start import home, start_desk
from tenants.web.shell import Entry

CATALOGUES = Path(__file__).parent / "catalogues"
NAVIGATION = (Entry(_("Start"), "home", "person.read", "start"),)
TENANT_TABS = ((_("Personen"), "people.index", "person.read"),)


def register(app: Flask) -> None:
    """Meldet die Seiten an."""
    app.register_blueprint(start_desk)
    app.register_blueprint(people_desk)
    app.register_blueprint(person_desk)
    app.add_url_rule("/", "home", home)
    app.jinja_env.globals.update(tenant_tabs=lambda: TENANT_TABS, field_labels=field_labels)
    app.jinja_env.filters["choice_text"] = lambda item: (item[0], item[1][1])
