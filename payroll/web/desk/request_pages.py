"""Anliegen aus dem Portal: lesen, annehmen oder ablehnen, mit einer Antwort an die Person."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from payroll.masterdata import anliegen
from payroll.masterdata.anliegen import AnliegenError, Gestellt
from payroll.masterdata.models import Person
from payroll.masterdata.service import FactError
from payroll.web.desk.person_reading import name_of
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.models.user import User
from tenants.outbox import service as outbox
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing

request_desk = Blueprint("requests", __name__, url_prefix="/mandanten/<uuid:mandant>/anliegen")
STATES = ("offen", "angenommen", "abgelehnt", "zurueckgenommen")


@request_desk.get("")
@permission("person.read")
def index(mandant: uuid.UUID) -> str:
    """Die offenen Anliegen, mit stand=erledigt die entschiedenen."""
    return _page(None)


@request_desk.post("/<uuid:kennung>")
@permission("person.write")
def decide(mandant: uuid.UUID, kennung: uuid.UUID) -> Response | tuple[str, int]:
    """Nimmt an oder lehnt ab; die Person bekommt eine Nachricht ohne Inhalt."""
    held, me = current_mandate(), current()
    try:
        with (platform_session(actor=me.login) as notices,
              tenant_session(held.tenant_id, actor=me.login) as session):
            found = anliegen.find(session, kennung, lock=True)
            if found is None:
                abort(404)
            anliegen.decide(session, found.row, accept=request.form.get("schritt") == "annehmen",
                            antwort=request.form.get("antwort", ""))
            user = notices.scalars(select(User).where(User.login == found.row.gestellt_von)).one_or_none()
            if user is not None:
                outbox.answered(notices, user, datetime.now(UTC))
    except (AnliegenError, FactError) as refused:
        return _page(str(refused)), 422
    flash(_("Entschieden. Die Person liest die Antwort im Portal."), "success")
    return redirect(url_for("requests.index", mandant=mandant))


def _page(refused: str | None) -> str:
    held, done = current_mandate(), request.args.get("stand") == "erledigt"
    with tenant_session(held.tenant_id, actor=current().login) as session:
        rows = [(one, *_whose(session, one)) for one in anliegen.of_tenant(session, done=done)]
    found = listing(rows, columns={"am": lambda row: row[0].row.gestellt_am, "name": lambda row: row[2]},
                    searched=lambda row: f"{row[2]} {row[0].row.bereich}", default="am", keep=("stand",))
    return render_template("payroll/desk/requests.html", held=held, listing=found, done=done, refused=refused,
                           typed=request.form.get("antwort", ""), at=str((request.view_args or {}).get("kennung", "")))


def _whose(session: TenantSession, one: Gestellt) -> tuple[uuid.UUID, str]:
    person = session.get_one(Person, (session.info["tenant"], one.row.person_id))
    return person.public_id, name_of(session, person.id, one.row.gestellt_am.date())
