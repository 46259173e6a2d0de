"""Portal: meine Abrechnungen, eine Abrechnung als Seite und PDF, warum ein Betrag so ist."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, abort, render_template

from payroll.runs.errors import RunRefused
from payroll.runs.values import TITLES
from payroll.web.portal import reading
from tenants.db.session import tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate

portal = Blueprint("portal", __name__, url_prefix="/portal")
ONE = "/<uuid:mandant>/abrechnungen/<uuid:dokument>"
PDF = "application/pdf"


@portal.get("")
@permission("slip.read_own")
def slips() -> str:
    """Alle eigenen Abrechnungen aller Arbeitgeber, nach Jahren."""
    me, found = current(), []
    for held in me.holding("slip.read_own"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            found += reading.own_slips(session, held, me.login)
    several = len({slip.held.tenant_id for slip in found}) > 1
    return render_template("payroll/portal/slips.html", years=reading.by_year(found), several=several)


@portal.get(ONE)
@permission("slip.read_own")
def slip(mandant: uuid.UUID, dokument: uuid.UUID) -> str:
    """Eine Abrechnung als Seite: was Sie bekommen, was abgezogen wird, was sich geändert hat."""
    held, me = current_mandate(), current()
    with tenant_session(held.tenant_id, actor=me.login) as session:
        page = reading.own_page(session, held, dokument, me.login)
    if page is None:
        abort(404)
    return render_template(
        "payroll/portal/slip.html", held=held, page=page, document=dokument, explained=reading.EXPLAINED
    )


@portal.get(f"{ONE}/pdf")
@permission("slip.read_own")
def pdf(mandant: uuid.UUID, dokument: uuid.UUID) -> Response:
    """Dieselbe Abrechnung zum Aufheben."""
    held, me = current_mandate(), current()
    with tenant_session(held.tenant_id, actor=me.login) as session:
        opened = reading.own_pdf(session, held, dokument, me.login)
    if opened is None:
        abort(404)
    return exports.attachment(opened.pdf, PDF, opened.filename)


@portal.get(f"{ONE}/warum/<name>")
@permission("slip.read_own")
def why(mandant: uuid.UUID, dokument: uuid.UUID, name: str) -> str:
    """Warum ein Betrag so ist: Schritt für Schritt, mit Angaben und Recht."""
    held, me = current_mandate(), current()
    if name not in reading.EXPLAINED:
        abort(404)
    explanation, refused = None, None
    with tenant_session(held.tenant_id, actor=me.login) as session:
        page = reading.own_page(session, held, dokument, me.login)
        if page is None:
            abort(404)
        try:
            explanation = reading.explain_document(session, dokument, name)
        except RunRefused as reason:
            refused = str(reason)
    return render_template(
        "payroll/portal/why.html",
        held=held,
        page=page,
        document=dokument,
        title=TITLES[name],
        explanation=explanation,
        refused=refused,
    )
