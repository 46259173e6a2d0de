"""Datenschutz am Schreibtisch: Auskunft über eine Person, lesbar oder maschinenlesbar."""

from __future__ import annotations

import json
import uuid

from flask import Blueprint, Response, render_template, request

from payroll.statements.privacy import page
from payroll.statements.privacy.finding import by_number
from payroll.statements.privacy.report import PersonMissing, report
from tenants.db.session import tenant_session
from tenants.web import exports
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate

privacy_desk = Blueprint("privacy", __name__, url_prefix="/mandanten/<uuid:mandant>/datenschutz")
HTML, JSON = "text/html; charset=utf-8", "application/json"


@privacy_desk.get("")
@permission("privacy.read")
def form(mandant: uuid.UUID) -> str:
    """Formular der Auskunft."""
    return _form({})


@privacy_desk.post("")
@permission("privacy.read")
@shows_answer
def create(mandant: uuid.UUID) -> Response | tuple[str, int]:
    """Die Auskunft als Datei; jede steht mit Grund im Protokoll."""
    number, reason = request.form.get("personalnummer", "").strip(), request.form.get("grund", "").strip()
    if not reason:
        return _form({"grund": ["Den Grund angeben, zum Beispiel den Antrag mit Datum."]}), 422
    try:
        with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
            found = report(session, by_number(session, number), reason=reason)
    except PersonMissing as missing:
        return _form({"personalnummer": [str(missing)]}), 422
    if request.form.get("form") == "json":
        text = json.dumps(found, ensure_ascii=False, indent=1)
        return exports.attachment(text.encode(), JSON, f"auskunft-{number}.json")
    return exports.attachment(page.html(found).encode(), HTML, f"auskunft-{number}.html")


def _form(errors: dict[str, list[str]]) -> str:
    return render_template("payroll/desk/privacy.html", held=current_mandate(), errors=errors, values=request.form)
