"""Zeiten am Schreibtisch: Dateien, Formate, Zeitmonate, Fehlzeiten."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_babel import lazy_gettext as _

from tenants.web import told
from timekeeping.web.absence_pages import timeabsence_desk
from timekeeping.web.confirm_pages import timeconfirm_desk
from timekeeping.web.custom_pages import timecustom_desk
from timekeeping.web.file_list import times_desk
from timekeeping.web.file_page import timefile_desk
from timekeeping.web.leave_desk import leave_desk
from timekeeping.web.mapping_pages import timemap_desk
from timekeeping.web.month_pages import timemonth_desk
from timekeeping.web.own_desk import timeown_desk
from timekeeping.web.portal_leave import feeds, myleave
from timekeeping.web.portal_times import mytimes
from timekeeping.web.sentences import SENTENCES
from timekeeping.web.sharing import Ports
from timekeeping.web.source_pages import timesource_desk
from timekeeping.web.words import LIGHTS, REQUEST_STATES, WEEKDAYS

CATALOGUES = Path(__file__).parent / "catalogues"
TAB = (_("Zeiten"), "times.index", "time.read")
PAGES = (times_desk, timefile_desk, timeconfirm_desk, timemap_desk, timemonth_desk, timeabsence_desk,
         timesource_desk, timeown_desk, timecustom_desk, leave_desk, mytimes, myleave, feeds)
BELONGS_TO_TAB = dict.fromkeys(
    ("timefile", "timeconfirm", "timemap", "timemonth", "timeabsence", "timesource", "timeown", "timecustom",
     "leave"), "times")


def register(app: Flask, ports: Ports) -> None:
    """Meldet die Seiten an; ports gibt dazu, was andere Stockwerke wissen."""
    app.extensions[Ports.KEY] = ports
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    told.know(app, SENTENCES)
    app.jinja_env.globals.update(weekdays=WEEKDAYS, lights=LIGHTS, request_states=REQUEST_STATES)
