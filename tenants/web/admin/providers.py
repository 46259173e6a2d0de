"""Verzeichnisdienste: eintragen und ändern; das Geheimnis wird nie wieder gezeigt."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from tenants.db.session import PlatformSession
from tenants.models.access import SsoProvider
from tenants.models.tenant import Tenant
from tenants.users import sso
from tenants.users.errors import UserError
from tenants.web.access import permission
from tenants.web.admin import shared
from tenants.web.signin import openid

provider_pages = Blueprint("adminproviders", __name__, url_prefix="/verwaltung/dienste")
RULES = {
    "immer": lazy_gettext("Eigener zweiter Faktor immer"),
    "amr": lazy_gettext("Eigener zweiter Faktor, wenn der Dienst keinen bezeugt (amr)"),
    "anbieter": lazy_gettext("Der Dienst verlangt selbst einen zweiten Faktor"),
}
Answer = Response | str | tuple[str, int]


@provider_pages.get("")
@permission(shared.ADMIN)
def index() -> str:
    """Alle Verzeichnisdienste."""
    with shared.platform() as session:
        rows = [(row, sso.linked(session, row)) for row in sso.providers(session, active=False)]
        names = {tenant.id: tenant.name for tenant in session.scalars(select(Tenant))}
    return render_template("admin/providers.html", rows=rows, rules=RULES, names=names)


@provider_pages.get("/neu")
@permission(shared.ADMIN)
def form() -> str:
    """Formular für einen neuen Dienst."""
    return _form(None, {"regel": "immer", "aktiv": "1"})


@provider_pages.post("/neu")
@permission(shared.ADMIN)
def create() -> Answer:
    """Trägt ihn ein."""
    return _save(None)


@provider_pages.get("/<uuid:dienst>")
@permission(shared.ADMIN)
def edit(dienst: uuid.UUID) -> str:
    """Formular mit den geltenden Angaben."""
    with shared.platform() as session:
        row = _found(session, dienst)
        tenant = session.get(Tenant, row.employer) if row.employer is not None else None
    return _form(
        row,
        {
            "name": row.name,
            "aussteller": row.issuer,
            "anwendung": row.client,
            "regel": row.factor_rule,
            "amr": row.accepted_amr,
            "arbeitgeber": str(tenant.public_id) if tenant else "",
            "aktiv": "1" if row.active else "",
        },
    )


@provider_pages.post("/<uuid:dienst>")
@permission(shared.ADMIN)
def change(dienst: uuid.UUID) -> Answer:
    """Ändert ihn."""
    return _save(dienst)


def _save(dienst: uuid.UUID | None) -> Answer:
    given = {name: value.strip() for name, value in request.form.items()}
    row = None
    try:
        with shared.platform() as session:
            row = _found(session, dienst) if dienst is not None else None
            sso.save_provider(
                session,
                row,
                name=given.get("name", ""),
                issuer=given.get("aussteller", ""),
                client=given.get("anwendung", ""),
                secret=given.get("geheimnis", ""),
                factor_rule=given.get("regel", ""),
                accepted_amr=given.get("amr", ""),
                employer=_employer(session, given.get("arbeitgeber", "")),
                active="aktiv" in given,
            )
    except UserError as refused:
        return _form(row, given, str(refused)), 422
    flash(_("Der Verzeichnisdienst ist gespeichert."), "success")
    return redirect(url_for("adminproviders.index"))


def _employer(session: PlatformSession, public_id: str) -> int | None:
    if not public_id:
        return None
    try:
        found = session.scalar(select(Tenant.id).where(Tenant.public_id == uuid.UUID(public_id)))
    except ValueError:
        found = None
    if found is None:
        raise UserError("Den Arbeitgeber gibt es nicht.")
    return found


def _found(session: PlatformSession, public_id: uuid.UUID) -> SsoProvider:
    row = session.scalars(select(SsoProvider).where(SsoProvider.public_id == public_id)).one_or_none()
    if row is None:
        abort(404)
    return row


def _form(row: SsoProvider | None, given: dict[str, str], refused: str | None = None) -> str:
    with shared.platform() as session:
        tenants = shared.employers(session)
    callback = openid.callback(row) if row is not None else None
    return render_template(
        "admin/provider.html", row=row, given=given, refused=refused, tenants=tenants, rules=RULES, callback=callback
    )
