"""Abwesenheiten aus Zeitdateien, die das Entgelt ändern: jede übernimmt oder verwirft ein Mensch."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from timekeeping.handover import proposals
from timekeeping.imports.problems import ImportFehler
from timekeeping.web import sharing

SHOWN = 200
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
    """Übernimmt Vorschläge als Fehlzeiten oder verwirft sie."""
    with sharing.session() as session:
        try:
            with session.begin_nested():
                numbers, why = _numbers(request.form.getlist("nummer")), sharing.text("grund")
                if sharing.text("was") == "uebernehmen":
                    count = sharing.ports().adopt(session, numbers, reason=why)
                    words = ngettext("Als Fehlzeit übernommen.", "%(num)s als Fehlzeit übernommen.", count)
                elif sharing.text("was") == "zuruecknehmen":
                    count = sharing.ports().zuruecknehmen(session, numbers, reason=why)
                    words = ngettext("Fehlzeit zurückgenommen.", "%(num)s Fehlzeiten zurückgenommen.", count)
                else:
                    dropped = proposals.chosen(session, numbers)
                    proposals.decide(session, dropped, "verworfen", reason=why)
                    words = ngettext("Verworfen.", "%(num)s verworfen.", len(dropped))
        except ImportFehler as refused:
            return _index(session, str(refused)), 422
    flash(words, "success")
    return redirect(url_for("timeabsence.index", mandant=mandant))


def _numbers(texts: list[str]) -> set[int]:
    if not texts or not all(text.isascii() and text.isdigit() and len(text) < 16 for text in texts):
        raise ImportFehler(_("Kein Vorschlag gewählt"), _("mindestens einen ankreuzen; sonst Seite neu laden"))
    return {int(text) for text in texts}


def _index(session: TenantSession, refused: str | None = None) -> str:
    people, waiting = sharing.people_by_id(session), proposals.open_proposals(session)
    leave = [one for one in waiting if one.art == proposals.URLAUB]
    return render_template("timekeeping/absences.html", held=current_mandate(), refused=refused, people=people,
                           proposals=[one for one in waiting if one.art != proposals.URLAUB], leave=leave[:SHOWN],
                           orphans=sharing.ports().verwaist(session), more=len(leave[SHOWN:]),
                           chosen=request.form.getlist("nummer"), sent=request.form)
