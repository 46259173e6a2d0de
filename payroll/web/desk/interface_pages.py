"""Zugänge für andere Programme am Schreibtisch: Liste, ausgeben (das Zeichen erscheint einmal), widerrufen."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from tenants.db.session import platform_session, tenant_session
from tenants.interfaces import service
from tenants.web import inputs
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

interface_desk = Blueprint("interfaces", __name__, url_prefix="/mandanten/<uuid:mandant>/schnittstelle")
RIGHT = "interface.manage"
SCOPES = {
    "tatsachen.lesen": lazy_gettext("Personen und Tatsachen lesen"),
    "tatsachen.schreiben": lazy_gettext("Personen und Tatsachen einreichen"),
    "zeiten.lesen": lazy_gettext("Gebuchte Zeiten lesen"),
    "zeiten.schreiben": lazy_gettext("Zeiten einreichen"),
    "ergebnisse.lesen": lazy_gettext("Ergebnisse abgeschlossener Monate lesen"),
    "stellen.lesen": lazy_gettext("Stellen lesen"),
    "stellen.schreiben": lazy_gettext("Stellen einrichten und besetzen"),
    "buchungen.lesen": lazy_gettext("Buchungen lesen"),
    "personal.folgen": lazy_gettext("Eintritte, Wechsel, Austritte verfolgen"),
    "pflichten.lesen": lazy_gettext("Pflichten als Kalender abonnieren"),
}


@interface_desk.get("")
@permission(RIGHT)
def index(mandant: uuid.UUID) -> str:
    """Alle Zugänge dieses Arbeitgebers und das Formular."""
    return _page()


@interface_desk.post("")
@permission(RIGHT)
@shows_answer
def issue(mandant: uuid.UUID) -> str | tuple[str, int]:
    """Gibt einen Zugang aus und zeigt sein Zeichen, nur jetzt."""
    try:
        day = inputs.day(request.form.get("bis", ""))
        with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
            row, token = service.issue(session, request.form.get("name", ""), request.form.getlist("bereich"), day,
                                       today=settings_of(current_app).today(), rights=current_mandate().permissions)
            name = row.name
    except (service.AccessRefused, inputs.InputError) as refused:
        return _page(refused=str(refused)), 422
    return _page(token=token, name=name)


@interface_desk.post("/<uuid:zugang>/widerruf")
@permission(RIGHT)
def revoke(mandant: uuid.UUID, zugang: uuid.UUID) -> Response | tuple[str, int]:
    """Widerruft einen Zugang; er öffnet ab sofort nichts mehr."""
    try:
        with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
            row = service.revoke(session, zugang, reason=request.form.get("grund", "")[:300], now=datetime.now(UTC))
    except service.AccessRefused as refused:
        return _page(refused=str(refused)), 422
    if row is None:
        abort(404)
    flash(_("Der Zugang ist widerrufen."), "success")
    return redirect(url_for("interfaces.index", mandant=mandant))


def _page(*, refused: str | None = None, token: str | None = None, name: str | None = None) -> str:
    held = current_mandate()
    day = settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        rows = service.listed(session)
    with platform_session(actor=current().login) as session:
        rights = service.rights_behind(session, held.tenant_id, {row.created_by for row in rows}, day)
    carried = {row.id: service.carried(row, rights[row.created_by]) for row in rows}
    return render_template("payroll/desk/interfaces.html", held=held, rows=rows, scopes=SCOPES, carried=carried,
                           offered=[one for one in SCOPES if held.may(service.SCOPES[one])], refused=refused,
                           token=token, name=name, day=day,
                           chosen=set() if refused is None else set(request.form.getlist("bereich")),
                           given="" if refused is None else request.form.get("name", ""))
