"""Freie und frei werdende Stellen: mit einem Klick entsteht der Entwurf der Ausschreibung samt Mitwirkung."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from jobportal import settings, vacancies
from jobportal.errors import Refused
from jobportal.web import sharing
from staffplan.shares import short
from tenants.web.access import permission
from tenants.web.identity import current_mandate

vacancy_desk = Blueprint("vacancies", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenmarkt/freie-stellen")


@vacancy_desk.get("")
@permission("staffplan.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Vorschläge für das kommende Jahr."""
    return _page()


@vacancy_desk.post("")
@permission("recruiting.write")
def advertise(mandant: uuid.UUID) -> Response | tuple[str, int]:
    """Legt den Entwurf zu einer Stelle an."""
    try:
        with sharing.session() as session:
            today, number = sharing.today(), sharing.text("stelle", 30)
            found = [one for one in vacancies.proposals(session, today, sharing.ports().leaving(session, today))
                     if one.stelle == number]
            if not found:
                raise Refused(f"Stelle {number}: ist nicht frei und wird es im kommenden Jahr nicht; Seite neu laden.")
            row = vacancies.advertise(session, found[0], vacancies.next_number(session, today), today,
                                      sharing.ports().pay(session, found[0].gruppe, today))
            key = row.public_id
    except Refused as refused:
        return _page(str(refused)), 422
    flash(_("Der Entwurf ist angelegt; die Mitwirkung ist angehängt."), "success")
    return redirect(url_for("posting.page", mandant=mandant, ausschreibung=key))


def _page(refused: str | None = None) -> str:
    with sharing.session() as session:
        today = sharing.today()
        rows = vacancies.proposals(session, today, sharing.ports().leaving(session, today))
        days = settings.of(session, today).fristen
        return render_template("jobportal/vacancies.html", held=current_mandate(), rows=rows, refused=refused,
                               share=short, days=days, today=today)
