"""Wächter vor jedem Weg: angemeldet, Mandat, Recht. Fremdes gibt es nicht (404), Verbotenes heißt 403."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta

from flask import Flask, Response, abort, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from tenants.web import plain_requests
from tenants.web.access import access_of
from tenants.web.identity import HeldMandate, Identity

TENANT_ARGUMENT = "mandant"
NEXT_KEY, SINCE_KEY = "next", "since"


def install(app: Flask, longest: timedelta) -> None:
    """Stellt den Wächter vor alle Wege; keine Sitzung dauert länger als longest."""

    @app.before_request
    def check() -> BaseResponse | None:
        stated = access_of(app, request.endpoint) if request.endpoint else None
        impersonal = stated is not None and stated.public_reason and not stated.personal
        g.identity = None if impersonal else identity(longest)  # a font needs no look into the database
        if stated is None or stated.public_reason:
            return None
        if g.identity is None:
            return _to_sign_in()
        if g.identity.must_enrol and not stated.before_factor:
            return redirect(url_for("security.factor"))
        if stated.permission is not None:
            g.mandate = _mandate(g.identity, stated.permission, by_unit=stated.by_unit)
        return None


def identity(longest: timedelta) -> Identity | None:
    """Der angemeldete Mensch; eine zu alte Sitzung wird beendet."""
    found = current_user._get_current_object()
    if not isinstance(found, Identity):
        return None
    if time.time() - session.get(SINCE_KEY, 0) > longest.total_seconds():
        session.clear()
        return None
    return found


def _mandate(identity: Identity, permission: str, *, by_unit: bool) -> HeldMandate | None:
    """Mandat der Adresse; ohne Mandant in der Adresse reicht das Recht bei irgendeinem, nicht nur für eine Einheit."""
    public_id = (request.view_args or {}).get(TENANT_ARGUMENT)
    if public_id is None:
        if not identity.may(permission) or (not by_unit and _only_by_unit(identity, permission)):
            abort(403)
        return None
    assert isinstance(public_id, uuid.UUID)
    mandate = identity.mandate(public_id)
    if mandate is None:
        abort(404)
    if not mandate.may(permission) or (not by_unit and mandate.limit(permission) is not None):
        abort(403)
    return mandate


def _only_by_unit(identity: Identity, permission: str) -> bool:
    held = identity.holding(permission)
    return bool(held) and all(one.limit(permission) is not None for one in held)


def _to_sign_in() -> BaseResponse:
    if request.method not in ("GET", "HEAD"):
        abort(401)
    session[NEXT_KEY] = request.full_path if request.query_string else request.path
    return redirect(url_for("signin.form"))


def next_address() -> str:
    """Wohin nach der Anmeldung: die zuvor verlangte eigene Seite oder der Anfang."""
    wanted = str(session.pop(NEXT_KEY, "") or "")
    return plain_requests.own_address(wanted) or url_for("home")


def forbid_cross_site(app: Flask) -> None:
    """Ändernde Anfragen von fremden Seiten enden vor jeder Ansicht (zusätzlich zum Formularschlüssel)."""

    @app.before_request
    def same_site() -> Response | None:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return None
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            abort(403)
        return None
