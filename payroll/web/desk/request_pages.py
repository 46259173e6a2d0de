"""Anliegen aus dem Portal: lesen, annehmen oder ablehnen, mit einer Antwort an die Person."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import UTC, date, datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from payroll.masterdata import anliegen
from payroll.masterdata.anliegen import AnliegenError
from payroll.masterdata.models import Anliegen, Person
from payroll.masterdata.service import FactError
from payroll.runs.reading import checked_months
from payroll.web.desk.person_reading import named_on
from payroll.web.desk.whose import is_me
from tenants import audit
from tenants.db.session import platform_session, tenant_session
from tenants.models.user import User
from tenants.outbox import service as outbox
from tenants.web import namesakes
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing
from tenants.web.shell import settings_of

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
            if is_me(session, session.scalars(select(Person).filter_by(id=found.row.person_id)).one()):
                raise AnliegenError("Über das eigene Anliegen entscheidet niemand selbst, auch nicht, wer ebenso "
                                    "heißt: jemand anderes muss darüber entscheiden.")
            told = anliegen.decide(session, found.row, accept=request.form.get("schritt") == "annehmen",
                                   antwort=request.form.get("antwort", ""), today=_today(),
                                   closed=checked_months(session))
            user = notices.scalars(select(User).where(User.login == found.row.gestellt_von)).one_or_none()
            if user is not None:
                outbox.answered(notices, user, datetime.now(UTC))
    except (AnliegenError, FactError) as refused:
        return _page(str(refused)), 422
    flash(_("Entschieden. Die Person liest die Antwort im Portal."), "success")
    if told:
        flash(told, "warning")
    return redirect(url_for("requests.index", mandant=mandant))


def _page(refused: str | None) -> str:
    """Die Liste; geöffnet werden nur die gezeigten Anliegen, und ihr Lesen steht je Person im Protokoll."""
    held, done, me = current_mandate(), request.args.get("stand") == "erledigt", current().login
    with tenant_session(held.tenant_id, actor=me) as session:
        sealed = anliegen.of_tenant(session, done=done)
        known = named_on(session, {_asked(row) for row in sealed})
        found = listing([(row, *known[_asked(row)]) for row in sealed],
                        columns={"am": lambda row: row[0].gestellt_am, "name": lambda row: row[2]},
                        searched=lambda row: f"{row[2]} {row[0].bereich}", default="am", keep=("stand",))
        shown = [(anliegen.opened(session, row), person, name,
                  row.gestellt_von == me or namesakes.is_me(person, [name]))
                 for row, person, name in found.rows]
        read = Counter(person for _row, person, _name in found.rows)
        audit.record_many(session, [audit.Entry("anliegen.gelesen", f"person:{person}", {"anliegen": number})
                                    for person, number in read.items()])
    return render_template("payroll/desk/requests.html", held=held, listing=found, shown=shown, done=done,
                           refused=refused, typed=request.form.get("antwort", ""), on=_today(),
                           at=str((request.view_args or {}).get("kennung", "")))


def _asked(row: Anliegen) -> tuple[int, date]:
    return row.person_id, row.gestellt_am.date()


def _today() -> date:
    return settings_of(current_app).today()
