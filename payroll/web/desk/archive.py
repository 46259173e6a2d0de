"""Archiv und Notfall am Schreibtisch: Verwahrende, neue Papiere, Neuausgabe an eine Person, Notpaket.

Jede Handlung braucht das Recht, einen Grund und den zweiten Faktor in diesem Augenblick; was den Archivschlüssel
öffnet, dazu die Codes zweier Verwahrender. Am Schreibtisch entsteht nur der erste Schlüssel; einen weiteren legt der
Betrieb an (kreislohn archive create).
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from payroll.filings.emergency import payment_files
from payroll.masterdata.models import Person
from payroll.runs.errors import RunRefused
from payroll.statements import emergency
from payroll.statements.reissue import reissue, waiting
from payroll.web.desk.archive_reading import state_of
from payroll.web.desk.person_reading import name_of
from tenants.db.session import platform_session, tenant_session
from tenants.documents import DocumentKeyError, archive
from tenants.documents.archive import Paper
from tenants.models import Tenant
from tenants.security import recipient
from tenants.users.step_up import SecondPerson, StepUpRefused, confirm, confirm_second
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate

archive_desk = Blueprint("archive", __name__, url_prefix="/mandanten/<uuid:mandant>")
LABELS = {"faktor": "Zweiter Faktor", "grund": "Grund", "name1": "Erster Name", "code1": "Erster Code",
          "name2": "Zweiter Name", "code2": "Zweiter Code", "verwahrende": "Verwahrende"}
PACK = "application/octet-stream"
Answer = str | BaseResponse | tuple[str, int]


@archive_desk.get("/archiv")
@permission("archive.use")
def index(mandant: uuid.UUID) -> str:
    """Stand des Archivschlüssels, Verwahrende, letztes Notpaket."""
    return _page({})


@archive_desk.post("/archiv/anlegen")
@permission("archive.use")
def create(mandant: uuid.UUID) -> Answer:
    """Der erste Archivschlüssel des Mandanten, durch zwei Menschen mit diesem Recht; gibt es schon einen, geschieht
    nichts. Die Codes stehen nur hier; wer sie hier sah, öffnet mit ihnen nichts (archive.refuse_who_saw_both)."""
    held, me = current_mandate(), current()
    algorithm = recipient.HYBRID if "hybrid" in request.form else recipient.X25519
    try:
        reason = _reason()
        _factor()
        second = _second()
        with platform_session(actor=me.login) as session:
            tenant = session.scalars(select(Tenant).where(Tenant.id == held.tenant_id).with_for_update()).one()
            made = archive.create_first(session, tenant, _holders(), reason, second, algorithm)
    except (DocumentKeyError, StepUpRefused) as refused:
        return _page({"": [str(refused)]}), 422
    return render_template("payroll/desk/archive_papers.html", held=held, papers=made, first=True)


@archive_desk.post("/archiv/papiere")
@permission("archive.use")
def papers(mandant: uuid.UUID) -> Answer:
    """Neue Papiere für denselben Schlüssel; die alten öffnen danach nichts mehr. Die Codes stehen nur hier, einmal."""
    held, me = current_mandate(), current()
    try:
        reason = _reason()
        _factor()
        with platform_session(actor=me.login) as session:
            tenant = session.get_one(Tenant, held.tenant_id)
            archive.refuse_who_saw_both(session, tenant)
            made = archive.exchange_papers(session, tenant, _papers(), _holders(), reason)
    except (DocumentKeyError, StepUpRefused) as refused:
        return _page({"": [str(refused)]}), 422
    return render_template("payroll/desk/archive_papers.html", held=held, papers=made, first=False)


@archive_desk.post("/archiv/notpaket")
@permission("archive.use")
def pack(mandant: uuid.UUID) -> Answer:
    """Das versiegelte Notpaket des letzten abgeschlossenen Monats als Datei."""
    held, me = current_mandate(), current()
    try:
        _reason()
        _factor()
        with tenant_session(held.tenant_id, actor=me.login) as session:
            raw, about = emergency.build(session, _reason(), payment_files(session))
    except (RunRefused, DocumentKeyError, StepUpRefused) as refused:
        return _page({"": [str(refused)]}), 422
    return exports.attachment(raw, PACK, f"{held.number}-{about['monat']}.notpaket")


@archive_desk.get("/personen/<uuid:person>/neuausgabe")
@permission("archive.use")
def form(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Formular der Neuausgabe."""
    return _reissue_page(person, {})


@archive_desk.post("/personen/<uuid:person>/neuausgabe")
@permission("archive.use")
def issue_again(mandant: uuid.UUID, person: uuid.UUID) -> Answer:
    """Versiegelt alle Dokumente der Person an ihren heutigen Schlüssel; kein Inhalt wird geöffnet."""
    held, me = current_mandate(), current()
    try:
        with tenant_session(held.tenant_id, actor=me.login) as session:
            if session.scalars(select(Person.id).where(Person.public_id == person)).first() is None:
                abort(404)
            reason = _reason()
            _factor()
            done = reissue(session, person, _used_papers() if state_of(session).holders else [], reason)
    except (DocumentKeyError, StepUpRefused) as refused:
        return _reissue_page(person, {"": [str(refused)]}), 422
    words = _("%(new)s Dokumente neu ausgegeben, %(old)s waren schon lesbar.", new=done.sealed, old=done.already)
    flash(words, "success")
    if done.other_archive:
        flash(_("%(num)s stehen unter einem früheren Archivschlüssel.", num=done.other_archive), "warning")
    return redirect(url_for("archive.form", mandant=mandant, person=person))


def _used_papers() -> list[Paper]:
    with platform_session(actor=current().login) as session:
        archive.refuse_who_saw_both(session, session.get_one(Tenant, current_mandate().tenant_id))
    return _papers()


def _papers() -> list[Paper]:
    given = [Paper(request.form.get(f"name{n}", "").strip(), request.form.get(f"code{n}", "").strip()) for n in (1, 2)]
    if not all(paper.holder and paper.code for paper in given) or given[0].holder == given[1].holder:
        raise DocumentKeyError("Zwei verschiedene Verwahrende geben je Namen und Code ihres Papiers an.")
    return given


def _holders() -> list[str]:
    return [name.strip() for name in request.form.get("verwahrende", "").split(",") if name.strip()]


def _reason() -> str:
    reason = request.form.get("grund", "").strip()
    if not reason:
        raise DocumentKeyError("Grund fehlt; er steht im Protokoll.")
    return reason


def _factor() -> None:
    confirm(current().user_id, request.form.get("faktor", ""), datetime.now(UTC), request.remote_addr)


def _second() -> str:
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        if state_of(session).key is not None:
            raise DocumentKeyError(archive.EXISTS)
    given = SecondPerson(*(request.form.get(name, "") for name in ("zweite", "kennwort2", "faktor2")))
    return confirm_second(given, current().user_id, current_mandate().tenant_id, "archive.use", datetime.now(UTC),
                          request.remote_addr)


def _page(errors: dict[str, list[str]]) -> str:
    held = current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        state = state_of(session)
    return render_template("payroll/desk/archive.html", held=held, state=state, errors=errors, labels=LABELS,
                           values=request.form)


def _reissue_page(person: uuid.UUID, errors: dict[str, list[str]]) -> str:
    held = current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = session.scalars(select(Person).where(Person.public_id == person)).one_or_none()
        if found is None:
            abort(404)
        name = name_of(session, found.id, datetime.now(UTC).date())
        count, papers_needed = waiting(session, person), bool(state_of(session).holders)
    return render_template("payroll/desk/reissue.html", held=held, person=person, name=name, waiting=count,
                           papers_needed=papers_needed, errors=errors, labels=LABELS, values=request.form)
