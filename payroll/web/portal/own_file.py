"""Portal: meine Dokumente – was der Arbeitgeber ausgegeben hat und was man selbst eingereicht hat."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from payroll.masterdata import ausgeschieden
from payroll.masterdata.models import Person
from payroll.statements.akte import ablage
from payroll.statements.akte.ablage import AkteError, Einreichung
from payroll.statements.akte.klassen import BY_NAME, KLASSEN, SELBST
from payroll.statements.akte.models import AkteDokument
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import HeldMandate, current, current_mandate
from tenants.web.shell import settings_of
from tenants.web.terminal import at_terminal

own_file_portal = Blueprint("ownfile", __name__, url_prefix="/portal")
ONE = "/<uuid:mandant>/dokumente/<uuid:person>"
LONGEST_SEARCH = 100
Answer = BaseResponse | str | tuple[str, int]


@dataclass(frozen=True)
class OwnFile:
    """Die eigene Akte bei einem Arbeitgeber, so weit sie im Portal steht; closed: nach dem Austritt nur noch lesen."""

    held: HeldMandate
    person: uuid.UUID
    rows: list[AkteDokument]
    closed: bool


@own_file_portal.get("/dokumente")
@permission("slip.read_own")
def index() -> str:
    """Alle eigenen Dokumente bei allen Arbeitgebern."""
    return _page({}, None)


@own_file_portal.get(f"{ONE}/<uuid:dokument>/pdf")
@permission("slip.read_own")
def document(mandant: uuid.UUID, person: uuid.UUID, dokument: uuid.UUID) -> Response:
    """Ein eigenes Dokument."""
    held, me = current_mandate(), current()
    with tenant_session(held.tenant_id, actor=me.login) as session:
        one = ablage.find(session, _own(session, held, person), dokument, KLASSEN, hidden=())
        if one is None or one.entfernt_am is not None or not (one.im_portal or one.quelle == "portal"):
            abort(404)
        shown = ablage.open_view(session, one, reader=me.login)
    return exports.attachment(shown.pdf, "application/pdf", shown.dateiname)


@own_file_portal.post(ONE)
@permission("person.write_own")
def add(mandant: uuid.UUID, person: uuid.UUID) -> Answer:
    """Reicht ein Dokument ein; dieselbe Seite zweimal abgeschickt reicht es einmal ein."""
    held, me = current_mandate(), current()
    try:
        with tenant_session(held.tenant_id, actor=me.login) as session:
            owner = _own(session, held, person)
            if _gone(session, person) or at_terminal():
                raise AkteError(_("Einreichen geht hier nicht; bitte an die Personalstelle wenden."))
            ablage.file_upload(session, owner, _given(), _today())
    except AkteError as refused:
        return _page({"datei": [str(refused)]}, person), 422
    flash(_("Ihr Dokument ist angekommen."), "success")
    return redirect(url_for("ownfile.index"))


def _page(errors: dict[str, list[str]], asked: uuid.UUID | None) -> str:
    me, found = current(), []
    wanted = " ".join(request.args.get("suche", "").split())[:LONGEST_SEARCH]
    for held in me.holding("slip.read_own"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            for person in sorted(held.person_public_ids):
                owner = session.scalars(select(Person).where(Person.public_id == person)).one_or_none()
                if owner is not None:
                    rows = ablage.of_person(session, owner, KLASSEN, reader=me.login, hidden=(), portal=True)
                    closed = _gone(session, person) or not held.may("person.write_own")
                    found.append(OwnFile(held, person, ablage.search(session, rows, wanted), closed))
    return render_template("payroll/portal/documents.html", found=found, words=BY_NAME, own_classes=SELBST,
                           errors=errors, asked=asked, values=request.form, wanted=wanted, key=uuid.uuid4)


def _given() -> Einreichung:
    form, sent = request.form, request.files.get("datei")
    try:
        key = uuid.UUID(form.get("vorgang", ""))
    except ValueError as wrong:
        raise AkteError(_("Die Seite ist veraltet: bitte neu laden.")) from wrong
    if sent is None or not sent.filename:
        raise AkteError(_("Bitte eine Datei auswählen."))
    if form.get("klasse", "") not in {one.name for one in SELBST}:
        raise AkteError(_("Bitte angeben, worum es geht."))
    return Einreichung(form["klasse"], form.get("titel", "").strip() or sent.filename, _today(), sent.filename,
                       sent.read(), key, "portal")


def _own(session: TenantSession, held: HeldMandate, person: uuid.UUID) -> Person:
    found = session.scalars(select(Person).where(Person.public_id == person)).one_or_none() \
        if person in held.person_public_ids else None
    if found is None:
        abort(404)
    return found


def _gone(session: TenantSession, person: uuid.UUID) -> bool:
    last = ausgeschieden.last_days(session, [person]).get(person)
    return last is not None and last < _today()


def _today() -> date:
    return settings_of(current_app).today()
