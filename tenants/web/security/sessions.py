"""Eigene Sitzungen: einzelne beenden, alle anderen beenden, neue Geräte bestätigen."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tenants.db.session import platform_session
from tenants.users import sessions
from tenants.web.access import signed_in
from tenants.web.identity import current
from tenants.web.security import own

session_pages = Blueprint("sessions", __name__, url_prefix="/sicherheit/sitzungen")


@session_pages.post("/<uuid:sitzung>/beenden")
@signed_in
def end(sitzung: uuid.UUID) -> Response:
    """Beendet eine eigene Sitzung."""
    me = current()
    with platform_session(actor=me.login) as session:
        if not sessions.end_one(session, me.user_id, sitzung, datetime.now(UTC)):
            abort(404)
    flash(_("Die Sitzung ist beendet."), "success")
    return redirect(url_for("security.overview"))


@session_pages.post("/andere-beenden")
@signed_in
def end_others() -> Response:
    """Beendet alle Sitzungen außer dieser; neue Geräte, die gemeldet sind, bleiben fremd."""
    me, now = current(), datetime.now(UTC)
    with platform_session(actor=me.login) as session:
        count = sessions.end_others(session, own.own_account(session, me), me.session_id, now)
        sessions.reject(session, me.user_id, me.session_id, now)
    flash(ngettext("%(num)d andere Sitzung ist beendet.", "%(num)d andere Sitzungen sind beendet.", count), "success")
    return redirect(url_for("security.overview"))


@session_pages.post("/bestaetigen")
@signed_in
def acknowledge() -> Response:
    """Der Mensch kennt die neuen Geräte."""
    me = current()
    with platform_session(actor=me.login) as session:
        known = sessions.acknowledge(session, me.user_id, me.session_id, datetime.now(UTC))
    if not known:
        flash(_("Dieses Gerät ist selbst neu: bitte von einem Gerät bestätigen, mit dem Sie sich schon früher "
                "angemeldet haben."), "warning")
    return redirect(url_for("security.overview"))
