"""Liste der Stufenwechsel der nächsten Monate; die Wechsel eines Monats kommen auf Wunsch in die Akten."""

from __future__ import annotations

import uuid
from datetime import date
from operator import attrgetter

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from payroll.masterdata.stufenwechsel import adopt, upcoming
from tenants.db.session import tenant_session
from tenants.web import exports, formats, inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing, sort_key
from tenants.web.shell import settings_of

step_desk = Blueprint("stepchanges", __name__, url_prefix="/mandanten/<uuid:mandant>/personen/stufenwechsel")
HEADER = ("Personalnummer", "Name", "Tarifwerk", "Gruppe", "Stufe bisher", "Stufe neu", "gezahlt ab", "Laufzeit seit",
          "Grund")


@step_desk.get("")
@permission("person.read")
def index(mandant: uuid.UUID) -> str | Response:
    """Wechsel im Monat und den zwei folgenden, als Seite oder Tabelle."""
    held, month = current_mandate(), _month()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        changes = upcoming(session, month)
    found = listing(
        changes,
        columns={"gezahlt_ab": lambda one: (one.gezahlt_ab, sort_key(one.name)), "name": attrgetter("name"),
                 "personalnummer": attrgetter("personalnummer")},
        searched=lambda one: f"{one.personalnummer} {one.name} {one.entgeltgruppe}",
        default="gezahlt_ab",
        keep=("monat",),
    )  # fmt: skip
    if kind := request.args.get("format"):
        rows = [(c.personalnummer, c.name, c.tarifwerk, c.entgeltgruppe, c.bisher, c.stufe, formats.day(c.gezahlt_ab),
                 formats.day(c.am), c.grund) for c in found.rows]  # fmt: skip
        return exports.respond(kind, f"stufenwechsel-{month:%Y-%m}", HEADER, rows)
    first = sum(1 for one in changes if one.gezahlt_ab.replace(day=1) == month)
    return render_template("payroll/desk/step_changes.html", held=held, month=month, listing=found, first=first)


@step_desk.post("")
@permission("person.write")
def store(mandant: uuid.UUID) -> Response:
    """Übernimmt die Wechsel des Monats in die Akten."""
    held, month = current_mandate(), _month()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        count = adopt(session, month, reason="Stufenwechsel übernommen")
    flash(ngettext("%(num)d Stufenwechsel übernommen.", "%(num)d Stufenwechsel übernommen.", count), "success")
    return redirect(url_for("stepchanges.index", mandant=mandant, monat=formats.month_key(month)))


def _month() -> date:
    if not request.args.get("monat"):
        return settings_of(current_app).today().replace(day=1)
    try:
        return inputs.month(request.args["monat"])
    except inputs.InputError:
        abort(404)
