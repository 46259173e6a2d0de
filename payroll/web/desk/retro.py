"""Rückrechnungen eines Monats: wen sie treffen, woher sie kommen, was anders ist, was auf Bestätigung wartet."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.runs.errors import RunRefused
from payroll.runs.retro import confirm
from payroll.web.desk.retro_reading import changeable, found_in, retro_month, run_of
from payroll.web.desk.runs import month_of
from tenants.db.session import TenantSession, tenant_session
from tenants.web import formats, lists
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

retro_desk = Blueprint("retro", __name__, url_prefix="/mandanten/<uuid:mandant>/abrechnung/<monat>/rueckrechnungen")
COLUMNS = {
    "name": lambda one: one.name,
    "monat": lambda one: one.ab,
    "auszahlung": lambda one: one.auszahlung,
}


@retro_desk.get("")
@permission("run.read")
def page(mandant: uuid.UUID, monat: str) -> str:
    """Gebuchtes, Angehaltenes und Vorträge; vor der Rechnung die Vorschau."""
    return _page(month_of(monat))


@retro_desk.post("/<uuid:beschaeftigung>/bestaetigen")
@permission("run.calculate")
def confirmed(mandant: uuid.UUID, monat: str, beschaeftigung: uuid.UUID) -> Response | tuple[str, int]:
    """Bestätigt mit Grund, dass eine weit zurückreichende Rückrechnung gewollt ist."""
    month, held = month_of(monat), current_mandate()
    try:
        with tenant_session(held.tenant_id, actor=current().login) as session:
            _confirm(session, month, beschaeftigung)
    except RunRefused as refused:
        return _page(month, str(refused)), 409
    flash(_("Bestätigt. Die Rückrechnung wird gebucht, sobald der Monat (neu) gerechnet ist."), "success")
    return redirect(url_for("retro.page", mandant=mandant, monat=monat))


def _confirm(session: TenantSession, month: date, employment: uuid.UUID) -> None:
    lauf = run_of(session, month)
    if not changeable(lauf):
        raise RunRefused("Der Monat ist schon geprüft. Erst die Prüfung zurücknehmen, dann bestätigen und neu rechnen.")
    found = next((o for o in found_in(session, month, lauf) if o.beschaeftigung_public_id == employment), None)
    if found is None or not found.rueckfrage:
        abort(404)
    if request.form.get("ab") != formats.month_key(found.ab):
        raise RunRefused("Die Rückrechnung reicht anders weit zurück als gezeigt. Bitte noch einmal ansehen.")
    confirm(
        session,
        month,
        ab_monat=found.ab,
        grund=request.form.get("grund", ""),
        beschaeftigung_id=found.beschaeftigung_id,
    )


def _page(month: date, refused: str | None = None) -> str:
    held = current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = retro_month(session, month, settings_of(current_app).today())
    listing = lists.listing(
        found.booked, columns=COLUMNS, searched=lambda one: f"{one.personalnummer} {one.name}", default="name"
    )
    return render_template(
        "payroll/desk/retro.html", held=held, month=month, found=found, listing=listing, refused=refused
    )
