"""Abrechnungen einer Person am Schreibtisch: Liste und Zweitschrift; jedes Öffnen steht im Protokoll."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, abort, render_template

from payroll.statements.office import office_copy, office_list
from payroll.statements.reissue import waiting
from payroll.statements.service import DocumentMissing
from payroll.web.desk.person_reading import name_of
from payroll.web.desk.whose import person_of
from tenants.db.session import tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate

slip_desk = Blueprint("slips", __name__, url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>/abrechnungen")


@slip_desk.get("")
@permission("slip.read_all")
def index(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Alle ausgestellten Abrechnungen der Person."""
    held, me = current_mandate(), current()
    with tenant_session(held.tenant_id, actor=me.login) as session:
        found = person_of(session, person)
        entries = office_list(session, person=person, reader=me.login)
        name = name_of(session, found.id, entries[0].monat) if entries else ""
        sealed = waiting(session, person)
    return render_template(
        "payroll/desk/slips.html", held=held, person=person, name=name, entries=entries, waiting=sealed
    )


@slip_desk.get("/<uuid:dokument>.pdf")
@permission("slip.read_all")
def pdf(mandant: uuid.UUID, person: uuid.UUID, dokument: uuid.UUID) -> Response:
    """Zweitschrift einer Abrechnung aus den Daten des Laufs."""
    held, me = current_mandate(), current()
    try:
        with tenant_session(held.tenant_id, actor=me.login) as session:
            opened = office_copy(session, dokument, me.login, person=person)
    except DocumentMissing:
        abort(404)
    return exports.attachment(opened.pdf, "application/pdf", opened.filename)
