"""Abwesenheiten aus Zeitdateien, die das Entgelt ändern: jede übernimmt oder verwirft ein Mensch."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from timekeeping.handover import proposals
from timekeeping.imports.problems import ImportFehler
from timekeeping.web import sharing

timeabsence_desk = Blueprint("timeabsence", __name__, url_prefix="/mandanten/<uuid:mandant>/zeiten/fehlzeiten")


@timeabsence_desk.get("")
@permission("time.read")
def index(mandant: uuid.UUID) -> str:
    """Offene Vorschläge."""
    with sharing.session() as session:
        return _index(session)


@timeabsence_desk.post("")
@permission("person.write")
def decide(mandant: uuid.UUID) -> str | tuple[str, int] | Response:
    """Übernimmt einen Vorschlag als Fehlzeit oder verwirft ihn."""
    with sharing.session() as session:
        try:
            with session.begin_nested():
                number = _number(sharing.text("nummer"))
                if sharing.text("was") == "uebernehmen":
                    sharing.ports().adopt(session, number, reason=sharing.text("grund"))
                    words = _("Als Fehlzeit übernommen.")
                else:
                    proposals.decide(session, proposals.proposal(session, number), "verworfen",
                                     reason=sharing.text("grund"))
                    words = _("Verworfen.")
        except ImportFehler as refused:
            return _index(session, str(refused)), 422
    flash(words, "success")
    return redirect(url_for("timeabsence.index", mandant=mandant))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ImportFehler(_("Kein Vorschlag gewählt"), _("Seite neu laden"))
    return int(text)


def _index(session: TenantSession, refused: str | None = None) -> str:
    people = sharing.people_by_id(session)
    return render_template("timekeeping/absences.html", held=current_mandate(), refused=refused, people=people,
                           proposals=proposals.open_proposals(session), raw=request.form)
