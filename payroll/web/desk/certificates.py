"""Bescheinigungen einer Person am Schreibtisch: ausstellen und die Liste der ausgestellten."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Blueprint, Response, abort, current_app, render_template, request

from payroll.filings.jahresende import ausdruck
from payroll.masterdata.models import Beschaeftigung, Person
from payroll.statements.certificates import service
from payroll.statements.certificates.content import OUTSIDE_LABELS, CertificateRefused, Wanted
from payroll.web.desk.person_reading import name_of
from payroll.web.desk.whose import jobs_of, person_of
from tenants.db.session import TenantSession, tenant_session
from tenants.documents import DocumentKeyError
from tenants.web import exports, inputs
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

certificate_desk = Blueprint(
    "certificates", __name__, url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>/bescheinigungen")
LABELS = {"beschaeftigung": "Beschäftigung", "von": "Erster Monat", "bis": "Letzter Monat", "zweck": "Zweck",
          "stelle": "Empfangende Stelle", "zeichen": "Zeichen der Stelle", "grund": "Grund"}


@certificate_desk.get("")
@permission("certificate.issue")
def form(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Formular und Liste."""
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        return _page(session, person_of(session, person), {})


@certificate_desk.post("")
@permission("certificate.issue")
@shows_answer
def issue(mandant: uuid.UUID, person: uuid.UUID) -> Response | tuple[str, int]:
    """Stellt aus und gibt das Dokument einmal heraus; danach öffnen es nur die Person und das Archiv."""
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        found = person_of(session, person)
        job = _job(session, found)
        wanted, key, errors = _given()
        if errors or wanted is None or key is None:
            return _page(session, found, errors), 422
        try:
            made = service.issue(session, job, wanted, key=key, reason=request.form.get("grund", ""))
        except (CertificateRefused, DocumentKeyError) as refused:
            return _page(session, found, {"": [str(refused)]}), 422
    return exports.attachment(made.pdf, "application/pdf", made.filename)


@certificate_desk.get("/lohnsteuer/<uuid:kennung>/pdf")
@permission("certificate.issue")
def pdf(mandant: uuid.UUID, person: uuid.UUID, kennung: uuid.UUID) -> Response:
    """Der Ausdruck einer gemeldeten Lohnsteuerbescheinigung, für alle ohne Portal."""
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        made = ausdruck.printed(session, person_of(session, person).public_id, kennung, reader=current().login)
    if made is None:
        abort(404)
    return exports.attachment(made[0].pdf, "application/pdf", made[1])


def _job(session: TenantSession, person: Person) -> Beschaeftigung:
    given = request.form.get("beschaeftigung", "")
    job = next((one for one in jobs_of(session, person) if str(one.public_id) == given), None)
    if job is None:
        abort(404)
    return job


def _given() -> tuple[Wanted | None, uuid.UUID | None, dict[str, list[str]]]:
    errors: dict[str, list[str]] = {}
    months = {name: _month(name, errors) for name in ("von", "bis")}
    if not request.form.get("grund", "").strip():
        errors["grund"] = ["Angeben, wer die Bescheinigung verlangt hat."]
    if not request.form.get("stelle", "").strip():
        errors["stelle"] = ["Angeben, wer die Bescheinigung erhält."]
    try:
        key = uuid.UUID(request.form.get("vorgang", ""))
    except ValueError:
        key, errors[""] = None, ["Die Seite ist veraltet: neu laden und noch einmal ausfüllen."]
    first, last = months["von"], months["bis"]
    if errors or first is None or last is None:
        return None, key, errors
    wanted = Wanted(first, last, request.form.get("zweck", ""), request.form.get("stelle", "")[:120],
                    request.form.get("zeichen", "")[:60], settings_of(current_app).today())
    return wanted, key, errors


def _month(name: str, errors: dict[str, list[str]]) -> date | None:
    try:
        return inputs.month(request.form.get(name, "").strip())
    except inputs.InputError as refused:
        errors[name] = [str(refused)]
        return None


def _page(session: TenantSession, person: Person, errors: dict[str, list[str]]) -> str:
    today = settings_of(current_app).today()
    jobs = jobs_of(session, person)
    return render_template(
        "payroll/desk/certificates.html", held=current_mandate(), person=person.public_id,
        name=name_of(session, person.id, today.replace(day=1)), errors=errors, values=request.form, labels=LABELS,
        jobs=[(job.public_id, job.personalnummer) for job in jobs], key=uuid.uuid4(),
        purposes=[(name, f"{words} ({law})" if law else words) for name, (words, law) in OUTSIDE_LABELS.items()],
        taxes=ausdruck.of_person(session, person.public_id),
        issued=service.of_person(session, person.public_id, reader=current().login))
