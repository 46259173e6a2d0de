"""Freigabevermerk: was freigegeben wurde, von wem, und der gesiegelte Kopf des Protokolls als Anker auf Papier."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, current_app, render_template

from payroll.runs import reading, service
from payroll.web.desk import month_range
from payroll.web.desk.runs import month_of
from tenants.db.session import tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

release_desk = Blueprint("release", __name__, url_prefix="/mandanten/<uuid:mandant>/abrechnung/<monat>")


@release_desk.get("/freigabevermerk")
@permission("run.read")
def page(mandant: uuid.UUID, monat: str) -> str:
    """Der Vermerk zum Drucken; es gibt ihn, sobald beide Seiten freigegeben haben."""
    month, held, me = month_of(monat), current_mandate(), current()
    with tenant_session(held.tenant_id, actor=me.login) as session:
        if not month_range.reachable(session, month, settings_of(current_app).today()):
            abort(404)
        state, seal = reading.month_state(session, month), service.release_seal(session, month)
    released = state is not None and state.lauf.zustand in ("freigegeben", "abgeschlossen")
    if state is None or seal is None or not released:
        abort(404)
    return render_template("payroll/desk/release.html", held=held, month=month, lauf=state.lauf, seal=seal)
