"""Stellenmarkt am Schreibtisch: Ausschreibungen, Bewerbungen, Auswahl, Uhr, Einstellungen."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

from jobportal import words
from jobportal.web.applicant_pages import applicant_desk
from jobportal.web.clock_pages import clock_desk
from jobportal.web.hiring_pages import hiring_desk
from jobportal.web.inside_pages import inside_board
from jobportal.web.posting_list import posting_list_desk
from jobportal.web.posting_pages import posting_desk
from jobportal.web.selection_pages import selection_desk
from jobportal.web.sharing import Ports
from jobportal.web.vacancy_pages import vacancy_desk

TAB = (_("Stellenmarkt"), "postings.index", "recruiting.take_part")
PAGES = (posting_list_desk, posting_desk, selection_desk, applicant_desk, clock_desk, hiring_desk, vacancy_desk,
         inside_board)
BELONGS_TO_TAB = dict.fromkeys(("posting", "selection", "applicant", "recruitclock", "hiring", "vacancies"), "postings")


def register(app: Flask, ports: Ports) -> None:
    """Meldet die Seiten an; `ports` verbindet sie mit Tabelle, Katalog und Lohn."""
    app.extensions[Ports.KEY] = ports
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(posting_words=words.POSTING, application_words=words.APPLICATION,
                                 side_words=words.SIDES, outcome_words=words.OUTCOMES, job_fields=words.FIELDS)
