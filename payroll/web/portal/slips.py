"""Portal: meine Abrechnungen, eine Abrechnung als Seite und PDF, warum ein Betrag so ist."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from payroll.law.engine import Explanation
from payroll.runs.errors import RunRefused
from payroll.runs.names import Name
from payroll.runs.values import TITLES
from payroll.statements.opening import DocumentLocked
from payroll.statements.privacy import reading as read_by
from payroll.statements.service import Opened
from payroll.statements.view import Page
from payroll.web.portal import finding, reading
from payroll.web.portal.tax_certificates import own_tax_certificates
from payroll.web.reasons import told
from payroll.web.spoken import named
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.documents import own_key
from tenants.web.identity import current, current_mandate

portal = Blueprint("portal", __name__, url_prefix="/portal")
ONE = "/<uuid:mandant>/abrechnungen/<uuid:dokument>"
PDF = "application/pdf"


@portal.errorhandler(DocumentLocked)
def locked(refused: DocumentLocked) -> BaseResponse | tuple[str, int]:
    """Versiegelt: ohne geöffneten Schlüssel zur Seite des Kennworts, sonst der Grund."""
    if own_key() is None:
        return redirect(url_for("documents.form", weiter=request.path))
    return render_template("payroll/portal/locked.html", reason=str(refused)), 409


@portal.get("")
@permission("slip.read_own")
def slips() -> str:
    """Alle eigenen Abrechnungen aller Arbeitgeber, nach Jahren."""
    me, key, found, certificates, taxes = current(), own_key(), [], [], []
    for held in me.holding("slip.read_own"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            found += reading.own_slips(session, held, me.login, key)
            certificates += reading.own_certificates(session, held, me.login, key)
            taxes += own_tax_certificates(session, held)
    wanted = " ".join(request.args.get("suche", "").split())[: finding.LONGEST]
    several = len({slip.held.tenant_id for slip in found}) > 1
    return render_template(
        "payroll/portal/slips.html",
        years=reading.by_year(found),
        several=several,
        unlocked=key is not None,
        sealed=[slip for slip in found if not slip.entry.opened],
        certificates=certificates,
        tax_certificates=taxes,
        certificate_name=named,
        wanted=wanted,
        found=finding.find(reading.newest_first(found), wanted) if wanted else [],
    )


@portal.get(ONE)
@permission("slip.read_own")
def slip(mandant: uuid.UUID, dokument: uuid.UUID) -> str:
    """Eine Abrechnung als Seite: was Sie bekommen, was abgezogen wird, was sich geändert hat."""
    held, me = current_mandate(), current()
    with tenant_session(held.tenant_id, actor=me.login) as session:
        page = reading.own_page(session, held, dokument, me.login, own_key())
        if page is None:
            abort(404)
        places = reading.line_places(session, dokument, page)
        reasons = reading.reasons_of(session, dokument, page)
    return render_template(
        "payroll/portal/slip.html",
        held=held,
        page=page,
        document=dokument,
        explained=reading.EXPLAINED,
        places=places,
        reasons_found=reasons,
    )


@portal.get("/leseprotokoll")
@permission("slip.read_own")
def read_log() -> str:
    """Wer die eigene Akte, Berechnung und Abrechnungen gelesen hat, je Arbeitgeber, das Jüngste zuerst."""
    me, found = current(), []
    for held in me.holding("slip.read_own"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            subjects = set().union(*(read_by.subjects_of(session, person) for person in held.person_public_ids))
            entries = read_by.readings(session, subjects, own=me.login)
        found.append((held, [(entry, read_by.WORDS[entry.action]) for entry in entries]))
    return render_template("payroll/portal/read_log.html", found=found)


@portal.get(f"{ONE}/pdf")
@permission("slip.read_own")
def pdf(mandant: uuid.UUID, dokument: uuid.UUID) -> Response:
    """Dieselbe Abrechnung zum Aufheben."""
    held, me = current_mandate(), current()
    with tenant_session(held.tenant_id, actor=me.login) as session:
        opened = reading.own_pdf(session, held, dokument, me.login, own_key())
    if opened is None:
        abort(404)
    return _file(opened)


@portal.get("/<uuid:mandant>/bescheinigungen/<uuid:dokument>/pdf")
@permission("slip.read_own")
def certificate(mandant: uuid.UUID, dokument: uuid.UUID) -> Response:
    """Eine eigene Bescheinigung, mit dem eigenen Schlüssel geöffnet."""
    held, me = current_mandate(), current()
    with tenant_session(held.tenant_id, actor=me.login) as session:
        opened = reading.own_certificate(session, held, dokument, me.login, own_key())
    if opened is None:
        abort(404)
    return _file(opened)


@portal.get(f"{ONE}/warum/<name>")
@permission("slip.read_own")
def why(mandant: uuid.UUID, dokument: uuid.UUID, name: str) -> str:
    """Warum ein Betrag so ist: die nächsten Schritte mit Angaben und Recht, der ganze Weg zugeklappt."""
    if name not in reading.EXPLAINED:
        abort(404)
    return _why(dokument, named(TITLES[name]), lambda session: reading.explain_document(session, dokument, name))


@portal.get(f"{ONE}/zeilen/<int:zeile>/warum")
@permission("slip.read_own")
def why_line(mandant: uuid.UUID, dokument: uuid.UUID, zeile: int) -> str:
    """Warum eine Zeile der Abrechnung so ist; je Zeitabschnitt des Monats eine Erklärung."""
    return _why(dokument, zeile, lambda session: reading.explain_place(session, dokument, zeile))


def _why(document: uuid.UUID, what: Name | int, explain: Callable[[TenantSession], list[Explanation]]) -> str:
    """Seite einer Erklärung; what ist die Überschrift oder die Position der Zeile."""
    held, me = current_mandate(), current()
    parts, refused = [], None
    with tenant_session(held.tenant_id, actor=me.login) as session:
        page = reading.own_page(session, held, document, me.login, own_key())
        if page is None:
            abort(404)
        title, amount = (what, None) if isinstance(what, Name) else _row_at(session, document, page, what)
        try:
            parts = told(explain(session))
        except RunRefused as reason:
            refused = str(reason)
    return render_template(
        "payroll/portal/why.html",
        held=held,
        page=page,
        document=document,
        title=title,
        parts=parts,
        refused=refused,
        amount=amount,
    )


def _file(opened: Opened) -> Response:
    """Das PDF zum Aufheben; an einem Terminal macht die Tür daraus eines nur zum Ansehen."""
    return exports.attachment(opened.pdf, PDF, opened.filename)


def _row_at(session: TenantSession, document: uuid.UUID, page: Page, position: int) -> tuple[Name, str]:
    """Text und Betrag der Zeile, wie sie auf der Abrechnung stehen; eine, die es dort nicht gibt, ist 404."""
    places = reading.line_places(session, document, page)
    found = next((place for place, held in places.items() if held == position), None)
    if found is None:
        abort(404)
    rows = {table.key: table.rows for section in page.sections for table in section.tables}[found[0]]
    row = rows[found[1]]
    return Name(row.cells[0], row.german), row.cells[-1]
