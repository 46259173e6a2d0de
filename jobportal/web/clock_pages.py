"""Die Uhr: überfällige Antworten, was heute zu löschen ist, Nachweise, Bewerberkreis."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from jobportal import applications, clock
from jobportal.models import Ausschreibung, Bewerbung
from jobportal.web import sharing
from tenants.web.access import permission
from tenants.web.identity import current_mandate

clock_desk = Blueprint("recruitclock", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenmarkt/uhr")


@clock_desk.get("")
@permission("recruiting.write")
def page(mandant: uuid.UUID) -> str:
    """Was versprochen und was fällig ist."""
    with sharing.session() as session:
        today = sharing.today()
        numbers = {row.id: row for row in session.scalars(select(Ausschreibung))}
        pool = session.scalars(select(Bewerbung).where(Bewerbung.pool_bis >= today).order_by(Bewerbung.pool_bis)).all()
        return render_template(
            "jobportal/clock.html", held=current_mandate(), today=today, postings=numbers,
            overdue=clock.overdue(session, today), due=clock.due(session, today), log=clock.log(session),
            pool=[(row, applications.details(session, row)) for row in pool])


@clock_desk.post("/loeschen")
@permission("recruiting.write")
def run(mandant: uuid.UUID) -> Response:
    """Löscht alles Fällige."""
    with sharing.session() as session:
        count = clock.run(session, sharing.today())
    flash(ngettext("%(num)s Bewerbung gelöscht.", "%(num)s Bewerbungen gelöscht.", count), "success")
    return redirect(url_for("recruitclock.page", mandant=mandant))
