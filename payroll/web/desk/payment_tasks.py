"""Rückmeldungen der Bank am Schreibtisch: einlesen, Aufgaben mit Grund und Abhilfe, erledigen, Namen übernehmen."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from payroll.filings.errors import FilingRefused
from payroll.filings.sepa import feedback, followup
from payroll.filings.sepa.report import MAX_BYTES
from payroll.web.desk.payment_reading import own_session, today
from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current_mandate

feedback_desk = Blueprint("feedback", __name__, url_prefix="/mandanten/<uuid:mandant>/zahlungen/rueckmeldungen")
Answer = Redirect | tuple[str, int]


@feedback_desk.get("")
@permission("posting.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Aufgaben, offene zuerst."""
    return _page({})


@feedback_desk.post("")
@permission("posting.release")
def upload(mandant: uuid.UUID) -> Answer:
    """Liest eine Rückmeldung ein."""
    sent = request.files.get("datei")
    if sent is None or not sent.filename:
        return _page({"datei": [_("Bitte die Rückmeldung der Bank wählen (XML).")]}), 422
    content = sent.read(MAX_BYTES + 1)
    try:
        with own_session() as session:
            found = feedback.take(session, content)
    except FilingRefused as refused:
        return _page({"datei": [str(refused)]}), 422
    flash(_("Eingelesen zu %(order)s: neue Aufgaben %(count)s.", order=found.auftrag.msg_id, count=found.aufgaben)
          if found.neu else _("Diese Rückmeldung war schon eingelesen; es ändert sich nichts."), "success")
    return redirect(url_for("feedback.index", mandant=current_mandate().public_id))


@feedback_desk.post("/<uuid:aufgabe>/erledigen")
@permission("filing.send")
def settle(mandant: uuid.UUID, aufgabe: uuid.UUID) -> Answer:
    """Erledigt eine Aufgabe mit Begründung."""
    return _done(lambda session: feedback.settle(session, aufgabe, reason=_reason()), aufgabe, _("Erledigt."))


@feedback_desk.post("/<uuid:aufgabe>/name")
@permission("person.write")
def take_name(mandant: uuid.UUID, aufgabe: uuid.UUID) -> Answer:
    """Übernimmt den Namen der Bank als Inhaber des Kontos."""
    return _done(lambda session: followup.take_name(session, aufgabe, valid_from=today(), reason=_reason()), aufgabe,
                 _("Der Name der Bank ist jetzt Inhaber des Kontos."))


def _done(act: Callable[[TenantSession], object], aufgabe: uuid.UUID, message: str) -> Answer:
    try:
        with own_session() as session:
            act(session)
    except FilingRefused as refused:
        return _page({f"grund-{aufgabe}": [str(refused)]}), 422
    flash(message, "success")
    return redirect(url_for("feedback.index", mandant=current_mandate().public_id))


def _reason() -> str:
    return str(request.form.get("grund", "")).strip()


def _page(errors: dict[str, list[str]]) -> str:
    with own_session() as session:
        found = feedback.tasks(session, open_only=False)
    return render_template("payroll/desk/payment_tasks.html", held=current_mandate(), errors=errors,
                           waiting=[one for one in found if one.meldung.erledigt_am is None],
                           done=[one for one in found if one.meldung.erledigt_am is not None])
