"""Einstellung am Schreibtisch: Angebot machen, Stand sehen, vollziehen, Einarbeitung abhaken."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from jobportal import hiring
from jobportal.content import from_json
from jobportal.errors import Refused
from jobportal.models import Ausschreibung, Bewerbung, Einstellung
from jobportal.web import letters, sharing
from jobportal.web.applicant_pages import find
from jobportal.words import TASKS
from staffplan import grades
from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current_mandate

hiring_desk = Blueprint(
    "hiring", __name__,
    url_prefix="/mandanten/<uuid:mandant>/stellenmarkt/<uuid:ausschreibung>/bewerbungen/<uuid:bewerbung>/einstellung")
Answer = Response | tuple[str, int]
Act = Callable[[TenantSession, Ausschreibung, Bewerbung], str]


@hiring_desk.get("")
@permission("recruiting.write")
def page(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID) -> str:
    """Angebot und Stand."""
    with sharing.session() as session:
        posting, row = find(session, ausschreibung, bewerbung)
        return _page(session, posting, row)


@hiring_desk.post("/anbieten")
@permission("recruiting.write")
def offer(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID) -> Answer:
    """Macht das Angebot; die Nachricht geht in den Postausgang."""
    outgoing: list[letters.Letter] = []

    def act(session: TenantSession, posting: Ausschreibung, row: Bewerbung) -> str:
        begin, end = sharing.day("ab", _("Beginn")), sharing.maybe_day("befristet_bis", _("Befristet bis"))
        trial = sharing.maybe_day("probezeit_bis", _("Probezeit bis"))
        hiring.offer(session, row, begin, hiring.Vertrag(
            posting.stelle or "", sharing.text("gruppe", 10), sharing.text("stufe", 1), sharing.text("stufe_grund"),
            sharing.text("wochenstunden", 8), sharing.text("vollzeitstunden", 8),
            trial.isoformat() if trial else "", end.isoformat() if end else "", sharing.text("zv_kasse", 20)),
            sharing.today(), steps=sharing.ports().steps(session, sharing.text("gruppe", 10), begin))
        outgoing.extend(letters.about(session, posting, [row]))
        return _("Das Angebot liegt auf der Seite der Person bereit.")
    answer = _acting(ausschreibung, bewerbung, act)
    letters.send("angebot", outgoing)
    return answer


@hiring_desk.post("/vollziehen")
@permission("person.write")
def carry_out(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID) -> Answer:
    """Legt Person, Beschäftigung und Tatsachen an und besetzt die Stelle."""
    def act(session: TenantSession, _posting: Ausschreibung, row: Bewerbung) -> str:
        made = hiring.of(session, row)
        if made is None:
            raise Refused(_("Erst das Angebot machen."))
        sharing.ports().hire(session, made, sharing.text("personalnummer", 20))
        return _("Eingestellt: Person, Beschäftigung und Besetzung sind angelegt.")
    return _acting(ausschreibung, bewerbung, act)


@hiring_desk.post("/erledigt")
@permission("recruiting.write")
def done(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID) -> Answer:
    """Hakt eine Aufgabe ab."""
    def act(session: TenantSession, _posting: Ausschreibung, row: Bewerbung) -> str:
        made = session.scalars(select(Einstellung).filter_by(bewerbung_id=row.id)).one_or_none()
        if made is None:
            raise Refused(_("Erst das Angebot machen."))
        hiring.done(session, made, sharing.text("was"))
        return _("Festgehalten.")
    return _acting(ausschreibung, bewerbung, act)


def _acting(key: uuid.UUID, application: uuid.UUID, act: Act) -> Answer:
    with sharing.session() as session:
        posting, row = find(session, key, application)
        try:
            with session.begin_nested():
                words = act(session, posting, row)
        except Refused as refused:
            session.refresh(row)
            return _page(session, posting, row, str(refused)), 422
    flash(words, "success")
    return redirect(url_for("hiring.page", mandant=current_mandate().public_id, ausschreibung=key,
                            bewerbung=application))


def _civil(group: str) -> bool:
    try:
        return grades.parse(group).civil
    except grades.UnknownGrade:
        return False


def _page(session: TenantSession, posting: Ausschreibung, row: Bewerbung, refused: str | None = None) -> str:
    return render_template("jobportal/hiring.html", held=current_mandate(), posting=posting, row=row, refused=refused,
                           made=hiring.of(session, row), ad=from_json(posting.inhalt), raw=request.form, tasks=TASKS,
                           pension_funds=sharing.ports().pension_funds(session),
                           civil=_civil(from_json(posting.inhalt).gruppe))
