"""Portal: eine Abrechnung als Kopie mit eigenem Kennwort, zum Aufheben auf fremden Geräten oder in einer Ablage."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from payroll.statements.opening import DocumentLocked
from payroll.statements.safe_copy import CopyRefused, checked, encrypted
from payroll.web.portal import reading
from payroll.web.portal.slips import locked
from tenants import audit
from tenants.db.session import tenant_session
from tenants.web import exports
from tenants.web.access import permission, shows_answer
from tenants.web.documents import own_key
from tenants.web.identity import current, current_mandate
from tenants.web.terminal import at_terminal

copy_portal = Blueprint("safecopy", __name__, url_prefix="/portal")
ONE = "/<uuid:mandant>/abrechnungen/<uuid:dokument>/kopie"
copy_portal.register_error_handler(DocumentLocked, locked)


@copy_portal.get(ONE)
@permission("slip.read_own")
def form(mandant: uuid.UUID, dokument: uuid.UUID) -> str:
    """Fragt nach dem Kennwort der Kopie."""
    return _form(dokument, {})


@copy_portal.post(ONE)
@permission("slip.read_own")
@shows_answer
def make(mandant: uuid.UUID, dokument: uuid.UUID) -> Response | tuple[str, int]:
    """Gibt die verschlüsselte Kopie aus."""
    if at_terminal():
        abort(403)
    held, me = current_mandate(), current()
    try:
        password = checked(request.form.get("kennwort", ""), request.form.get("wiederholung", ""))
    except CopyRefused as refused:
        return _form(dokument, {"kennwort": [str(refused).removeprefix("Kennwort: ")]}), 422
    with tenant_session(held.tenant_id, actor=me.login) as session:
        opened = reading.own_pdf(session, held, dokument, me.login, own_key())
        if opened is None:
            abort(404)
        audit.record(session, "abrechnung.kopie", str(dokument), {"verfahren": "AES-256"})
    name = opened.filename.replace(".pdf", "_verschluesselt.pdf")
    answer = exports.attachment(encrypted(opened.pdf, password), "application/pdf", name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _form(document: uuid.UUID, errors: dict[str, list[str]]) -> str:
    held, me = current_mandate(), current()
    with tenant_session(held.tenant_id, actor=me.login) as session:
        page = reading.own_page(session, held, document, me.login, own_key())
    if page is None:
        abort(404)
    return render_template("payroll/portal/safe_copy.html", held=held, document=document, page=page, errors=errors)
