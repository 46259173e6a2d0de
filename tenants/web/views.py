"""Gespeicherte Ansichten einer Liste: Suche, Filter und Reihenfolge unter einem eigenen Namen, je Mensch."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Flask, abort, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from tenants.db.session import TenantSession, tenant_session
from tenants.models import SavedView
from tenants.web import plain_requests
from tenants.web.access import signed_in
from tenants.web.identity import HeldMandate, current

saved_views = Blueprint("savedviews", __name__, url_prefix="/mandanten/<uuid:mandant>/ansichten")
MOST, LONGEST_NAME, LONGEST_ADDRESS = 20, 60, 1000
NOT_KEPT = frozenset({"seite", "format", "als", "tabelle"})


@dataclass(frozen=True)
class Shown:
    """Eine Ansicht in der Liste; here: sie ist gerade zu sehen."""

    public_id: uuid.UUID
    name: str
    address: str
    here: bool


def install(app: Flask) -> None:
    """Meldet die Wege an und gibt der Vorlage die Ansichten der Liste, die sie zeigt."""
    app.register_blueprint(saved_views)
    app.jinja_env.globals.update(own_views=own_views, view_address=kept_address, is_list=lambda: bool(g.get("is_list")))


def own_views() -> list[Shown]:
    """Eigene Ansichten dieser Liste; keine Abfrage auf Seiten, die keine Liste sind."""
    held = g.get("mandate")
    if not g.get("is_list") or held is None:
        return []
    with tenant_session(held.tenant_id, actor=current().login) as session:
        rows = sorted(((row.public_id, row.name, row.adresse) for row in _rows(session, request.endpoint or "")),
                      key=lambda row: row[1].casefold())
    now = kept_address()
    return [Shown(key, name, address, address == now) for key, name, address in rows]


def kept_address() -> str:
    """Suche, Filter und Reihenfolge der gezeigten Seite, ohne Seitenzahl; leer, wenn es nichts zu merken gibt."""
    kept = sorted((name, value) for name, value in request.args.items(multi=True) if value and name not in NOT_KEPT)
    return urlencode(kept)


@saved_views.post("")
@signed_in
def save(mandant: uuid.UUID) -> Response:
    """Merkt sich eine Ansicht; gleicher Name ersetzt die frühere."""
    held, form = _held(mandant), request.form
    name, page, address = " ".join(form.get("name", "").split()), form.get("liste", ""), form.get("adresse", "")
    fits = 0 < len(name) <= LONGEST_NAME and 0 < len(address) <= LONGEST_ADDRESS and address.isprintable()
    if not fits or not _known(page):
        flash(_("Die Ansicht braucht einen Namen mit höchstens %(num)s Zeichen.", num=LONGEST_NAME), "danger")
        return redirect(_back())
    with tenant_session(held.tenant_id, actor=current().login) as session:
        rows = _rows(session, page)
        for row in rows:
            if row.name == name:
                session.delete(row)
        if len(rows) >= MOST and all(row.name != name for row in rows):
            flash(_("Mehr als %(num)s Ansichten je Liste gibt es nicht; bitte zuerst eine löschen.", num=MOST),
                  "danger")
        else:
            session.add(SavedView(user_id=current().user_id, seite=page, name=name, adresse=address))
    return redirect(_back())


@saved_views.post("/<uuid:ansicht>/loeschen")
@signed_in
def delete(mandant: uuid.UUID, ansicht: uuid.UUID) -> Response:
    """Löscht eine eigene Ansicht."""
    with tenant_session(_held(mandant).tenant_id, actor=current().login) as session:
        row = session.scalars(select(SavedView).where(
            SavedView.public_id == ansicht, SavedView.user_id == current().user_id)).one_or_none()
        if row is None:
            abort(404)
        session.delete(row)
    return redirect(_back())


def _rows(session: TenantSession, page: str) -> list[SavedView]:
    return list(session.scalars(select(SavedView).where(
        SavedView.user_id == current().user_id, SavedView.seite == page).order_by(SavedView.id)))


def _held(mandant: uuid.UUID) -> HeldMandate:
    held = current().mandate(mandant)
    if held is None:
        abort(404)
    return held


def _known(page: str) -> bool:
    return page in current_app.view_functions


def _back() -> str:
    return plain_requests.own_address(request.form.get("zurueck", "")) or url_for("home")
