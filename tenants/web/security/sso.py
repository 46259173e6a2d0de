"""Eigene Verknüpfungen mit Verzeichnisdiensten: verbinden (mit Kennwort bestätigt), trennen."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tenants.db.session import platform_session
from tenants.models.access import SsoProvider
from tenants.users import sso
from tenants.users.errors import SigninRefused, Throttled
from tenants.web.access import shows_answer, signed_in
from tenants.web.identity import current
from tenants.web.security import own
from tenants.web.signin.sso import LINKING

own_sso_pages = Blueprint("ownsso", __name__, url_prefix="/sicherheit/dienste/<uuid:dienst>")
Answer = Response | str | tuple[str, int]


@own_sso_pages.get("")
@signed_in
def form(dienst: uuid.UUID) -> str:
    """Erklärt das Verbinden und fragt nach dem Kennwort."""
    return _form(dienst, {})


@own_sso_pages.post("")
@signed_in
@shows_answer
def connect(dienst: uuid.UUID) -> Answer:
    """Merkt vor, dass die nächste Rückkehr von diesem Dienst verknüpft statt anmeldet."""
    me, provider = current(), _provider(dienst)
    try:
        own.confirm_way_in(me, request.form.get("kennwort", ""), request.remote_addr)
    except Throttled as refused:
        return _form(dienst, {"kennwort": [str(refused)]}), 429
    except SigninRefused as refused:
        return _form(dienst, {"kennwort": [str(refused)]}), 422
    session[LINKING] = [me.user_id, provider.id, datetime.now(UTC).isoformat()]
    return render_template("security/sso.html", provider=provider, ready=True, errors={}, has_password=False)


@own_sso_pages.post("/trennen")
@signed_in
def unlink(dienst: uuid.UUID) -> Response:
    """Löst die eigene Verknüpfung; Sitzungen über diesen Dienst enden mit ihr."""
    me, provider = current(), _provider(dienst)
    try:
        own.require_recent(me)
    except SigninRefused as refused:
        flash(str(refused), "warning")
        return redirect(url_for("security.overview"))
    with platform_session(actor=me.login) as held:
        row = sso.identities(held, me.user_id).get(provider.id)
        if row is None:
            abort(404)
        sso.unlink(held, row, datetime.now(UTC))
    flash(_("Der Verzeichnisdienst ist getrennt."), "success")
    return redirect(url_for("security.overview"))


def _form(dienst: uuid.UUID, errors: dict[str, list[str]]) -> str:
    me, provider = current(), _provider(dienst)
    with platform_session(actor=me.login) as held:
        has_password = own.own_account(held, me).password_hash is not None
    return render_template(
        "security/sso.html", provider=provider, ready=False, errors=errors, has_password=has_password
    )


def _provider(public_id: uuid.UUID) -> SsoProvider:
    with platform_session(actor=current().login) as held:
        found = next((row for row in sso.providers(held) if row.public_id == public_id), None)
    if found is None:
        abort(404)
    return found
