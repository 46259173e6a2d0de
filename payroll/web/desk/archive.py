"""Archiv und Notfall am Schreibtisch: Verwahrende, neue Papiere, Neuausgabe an eine Person, Notpaket.

Jede Handlung braucht das Recht, einen Grund und den zweiten Faktor in diesem Augenblick; was den Archivschlüssel
öffnet, dazu die Codes zweier Verwahrender, die zwei Menschen eingeben. Auch Papiere ziehen zwei, jede Person in ihrer
Sitzung. Am Schreibtisch entsteht nur der erste Schlüssel; weitere legt der Betrieb an (kreislohn archive create).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from payroll.filings.emergency import payment_files
from payroll.masterdata.models import Person
from payroll.runs.errors import RunRefused
from payroll.statements import emergency
from payroll.statements.reissue import reissue, waiting
from payroll.web.desk.archive_reading import state_of
from payroll.web.desk.person_reading import name_of
from payroll.web.desk.whose import person_of
from tenants.db.session import PlatformSession, platform_session, tenant_session
from tenants.documents import DocumentKeyError, drawing, pairing
from tenants.documents.paper import Paper
from tenants.models import Tenant
from tenants.security import recipient
from tenants.users.step_up import StepUpRefused, confirm
from tenants.web import exports
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate

archive_desk = Blueprint("archive", __name__, url_prefix="/mandanten/<uuid:mandant>")
LABELS = {"faktor": "Zweiter Faktor", "grund": "Grund", "name": "Name auf dem Papier", "code": "Code",
          "verwahrende": "Verwahrende"}
PACK = "application/octet-stream"
Answer = str | BaseResponse | tuple[str, int]


@archive_desk.get("/archiv")
@permission("archive.use")
def index(mandant: uuid.UUID) -> str:
    """Stand des Archivschlüssels, Verwahrende, letztes Notpaket."""
    return _page({})


@archive_desk.post("/archiv/ziehen")
@permission("archive.use")
def draw(mandant: uuid.UUID) -> Answer:
    """Erste Person: zieht die Papiere ihrer Verwahrenden; deren Codes stehen nur hier, einmal. Gibt es schon Papiere,
    gibt sie dazu ein heutiges ein."""
    algorithm = recipient.HYBRID if "hybrid" in request.form else recipient.X25519
    return _drawn(False, lambda session, tenant, reason: drawing.draw(session, tenant, _holders(), reason, algorithm,
                                                                      today=_paper()))


@archive_desk.post("/archiv/abschliessen")
@permission("archive.use")
def complete(mandant: uuid.UUID) -> Answer:
    """Zweite Person, in ihrer Sitzung: zieht die anderen Papiere; jetzt gilt der Schlüssel mit ihnen. Gab es ihn schon,
    gibt sie das zweite heutige Papier ein, und die alten öffnen nichts mehr."""
    return _drawn(True, lambda session, tenant, reason: drawing.complete(session, tenant, _holders(), reason,
                                                                         today=_paper()))


@archive_desk.post("/archiv/verwerfen")
@permission("archive.use")
def discard(mandant: uuid.UUID) -> Answer:
    """Verwirft, was gezogen wurde und noch nicht gilt."""
    try:
        reason = _reason()
        _factor()
        with platform_session(actor=current().login) as session:
            drawing.discard(session, session.get_one(Tenant, current_mandate().tenant_id), reason)
    except (DocumentKeyError, StepUpRefused) as refused:
        return _page({"": [str(refused)]}), 422
    flash(_("Die gezogenen Papiere sind verworfen: sie öffnen nie etwas."), "success")
    return redirect(url_for("archive.index", mandant=mandant))


@archive_desk.post("/archiv/notpaket")
@permission("archive.use")
@shows_answer
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
    """Versiegelt alle Dokumente der Person an ihren heutigen Schlüssel; kein Inhalt wird geöffnet.

    Die erste Person gibt ein Papier ein, es wartet; mit dem der zweiten wird neu ausgegeben.
    """
    held, me = current_mandate(), current()
    try:
        with tenant_session(held.tenant_id, actor=me.login) as session:
            if session.scalars(select(Person.id).where(Person.public_id == person)).first() is None:
                abort(404)
            needed = bool(state_of(session).holders)
        reason = _reason()
        _factor()
        with platform_session(actor=me.login) as platform:
            papers = _both(platform, pairing.for_person(person), reason) if needed else []
            if papers is None:
                flash(_("Ihr Papier ist eingegeben und wartet einen Tag: jetzt gibt eine andere Person mit dem Recht "
                        "zum Archiv ihres ein, in ihrer Sitzung."), "success")
                return redirect(url_for("archive.form", mandant=mandant, person=person))
            with tenant_session(held.tenant_id, actor=me.login) as session:
                done = reissue(session, person, papers, reason)
    except (DocumentKeyError, StepUpRefused) as refused:
        return _reissue_page(person, {"": [str(refused)]}), 422
    issued = ngettext("%(num)s Dokument neu ausgegeben", "%(num)s Dokumente neu ausgegeben", done.sealed)
    readable = ngettext("%(num)s war schon lesbar.", "%(num)s waren schon lesbar.", done.already)
    flash(f"{issued}, {readable}", "success")
    if done.other_archive:
        flash(_("%(num)s stehen unter einem früheren Archivschlüssel.", num=done.other_archive), "warning")
    return redirect(url_for("archive.form", mandant=mandant, person=person))


@archive_desk.post("/personen/<uuid:person>/neuausgabe/zuruecknehmen")
@permission("archive.use")
def withdraw(mandant: uuid.UUID, person: uuid.UUID) -> Answer:
    """Nimmt ein wartendes Papier zurück, etwa nach einem vertippten Code."""
    held = current_mandate()
    try:
        reason = _reason()
        _factor()
        with platform_session(actor=current().login) as session:
            tenant = session.get_one(Tenant, held.tenant_id)
            if not pairing.withdraw(session, tenant, pairing.for_person(person), reason):
                raise DocumentKeyError("Es wartet kein Papier.")
    except (DocumentKeyError, StepUpRefused) as refused:
        return _reissue_page(person, {"": [str(refused)]}), 422
    flash(_("Das Papier ist zurückgenommen: es öffnet nichts."), "success")
    return redirect(url_for("archive.form", mandant=mandant, person=person))


def _both(session: PlatformSession, purpose: str, reason: str) -> list[Paper] | None:
    """Beide Papiere für diesen Zweck; None, wenn das erste jetzt wartet."""
    tenant, paper = session.get_one(Tenant, current_mandate().tenant_id), _paper() or Paper("", "")
    if pairing.waiting(session, tenant.id, purpose) is None:
        pairing.wait(session, tenant, purpose, paper, reason)
        return None
    return pairing.join(session, tenant, purpose, paper)


def _paper() -> Paper | None:
    """Das Papier, das diese Sitzung eingibt; None, wenn das Formular keines verlangt."""
    if "name" not in request.form:
        return None
    return Paper(" ".join(request.form["name"].split()), request.form.get("code", "").strip())


def _holders() -> list[str]:
    return [name.strip() for name in request.form.get("verwahrende", "").split(",") if name.strip()]


def _reason() -> str:
    reason = request.form.get("grund", "").strip()
    if not reason:
        raise DocumentKeyError("Grund fehlt; er steht im Protokoll.")
    return reason


def _factor() -> None:
    confirm(current().user_id, request.form.get("faktor", ""), datetime.now(UTC), request.remote_addr)


def _drawn(done: bool, step: Callable[[PlatformSession, Tenant, str], list[Paper]]) -> Answer:
    held = current_mandate()
    try:
        reason = _reason()
        _factor()
        with platform_session(actor=current().login) as session:
            made = step(session, session.get_one(Tenant, held.tenant_id), reason)
    except (DocumentKeyError, StepUpRefused) as refused:
        return _page({"": [str(refused)]}), 422
    return render_template("payroll/desk/archive_papers.html", held=held, papers=made, done=done)


def _page(errors: dict[str, list[str]]) -> str:
    held = current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        state = state_of(session, drawing.OPEN_FOR)
    return render_template("payroll/desk/archive.html", held=held, state=state, errors=errors,
                           labels=LABELS, values=request.form)


def _reissue_page(person: uuid.UUID, errors: dict[str, list[str]]) -> str:
    held = current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = person_of(session, person)
        name = name_of(session, found.id, datetime.now(UTC).date())
        count, papers_needed = waiting(session, person), bool(state_of(session).holders)
        first = pairing.waiting(session, held.tenant_id, pairing.for_person(person))
    return render_template("payroll/desk/reissue.html", held=held, person=person, name=name, waiting=count, first=first,
                           papers_needed=papers_needed, errors=errors, labels=LABELS, values=request.form)
