"""Mandate und Vertretungen eines Menschen: erteilen, beenden, einrichten; nie für sich selbst."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from tenants.db.session import PlatformSession
from tenants.models.access import Deputy
from tenants.models.tenant import Tenant
from tenants.models.user import Mandate
from tenants.users import deputies, service, units
from tenants.users.errors import UserError
from tenants.web.access import permission
from tenants.web.admin import shared
from tenants.web.identity import current

mandate_pages = Blueprint("adminmandates", __name__, url_prefix="/verwaltung")
ONE = "/zugaenge/<uuid:zugang>"


@mandate_pages.post(f"{ONE}/mandate")
@permission(shared.ADMIN)
def give(zugang: uuid.UUID) -> Response:
    """Erteilt ein Mandat."""
    with shared.changing() as session:
        user, tenant = shared.account(session, zugang), _tenant(session, request.form.get("arbeitgeber", ""))
        role, first, last = request.form.get("rolle", ""), shared.day_field("von"), shared.optional_day("bis")
        unit = units.find(tenant.id, request.form.get("einheit", "").strip(), current().login)
        service.give_mandate(session, tenant.id, user, role, first, last, unit=unit)
        flash(_("Das Mandat ist erteilt."), "success")
    return redirect(url_for("adminusers.page", zugang=zugang))


@mandate_pages.post(f"{ONE}/mandate/<uuid:mandat>/ende")
@permission(shared.ADMIN)
def end(zugang: uuid.UUID, mandat: uuid.UUID) -> Response:
    """Beendet ein Mandat mit Ablauf eines Tages."""
    with shared.changing() as session:
        user = shared.account(session, zugang)
        row = session.scalars(select(Mandate).where(Mandate.public_id == mandat, Mandate.user_id == user.id)).first()
        if row is None:
            abort(404)
        shared.not_oneself(user)
        service.end_mandate(session, row, shared.day_field("bis"), shared.reason())
        flash(_("Das Mandat endet mit diesem Tag."), "success")
    return redirect(url_for("adminusers.page", zugang=zugang))


@mandate_pages.post(f"{ONE}/vertretung")
@permission(shared.ADMIN)
def appoint(zugang: uuid.UUID) -> Response:
    """Richtet ein, wer diesen Menschen vertritt."""
    with shared.changing() as session:
        absent = shared.account(session, zugang)
        try:
            deputy = shared.account(session, uuid.UUID(request.form.get("vertretung", "")))
        except ValueError:
            raise UserError("Bitte einen Menschen für die Vertretung wählen.") from None
        rows = deputies.appoint(
            session, absent, deputy, shared.day_field("von"), shared.day_field("bis"), shared.reason()
        )
        flash(_("Die Vertretung ist eingerichtet, Mandanten: %(count)s.", count=len(rows)), "success")
    return redirect(url_for("adminusers.page", zugang=zugang))


@mandate_pages.get("/vertretungen")
@permission(shared.ADMIN)
def standing() -> str:
    """Laufende und künftige Vertretungen."""
    with shared.platform() as session:
        rows = deputies.standings(session, since=shared.today())
    return render_template("admin/deputies.html", rows=rows, day=shared.today())


@mandate_pages.post("/vertretungen/<uuid:vertretung>/ende")
@permission(shared.ADMIN)
def end_deputy(vertretung: uuid.UUID) -> Response:
    """Beendet eine Vertretung früher."""
    with shared.changing() as session:
        row = session.scalars(select(Deputy).where(Deputy.public_id == vertretung)).first()
        if row is None:
            abort(404)
        withdrawn = deputies.end(session, row, shared.day_field("bis"), shared.reason(), today=shared.today())
        flash(_("Die Vertretung ist zurückgezogen.") if withdrawn else _("Die Vertretung endet mit diesem Tag."),
              "success")
    return redirect(url_for("adminmandates.standing"))


def _tenant(session: PlatformSession, public_id: str) -> Tenant:
    try:
        found = session.scalars(select(Tenant).where(Tenant.public_id == uuid.UUID(public_id))).one_or_none()
    except ValueError:
        found = None
    if found is None:
        raise UserError("Bitte einen Arbeitgeber wählen.")
    return found
