"""Aufbewahrung am Schreibtisch: Vorschau, Sperren, Auftrag und Genehmigung. Gelöscht wird nachts mit dem Befehl."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Redirect

from payroll.statements.privacy.report import PersonMissing
from payroll.statements.retention import holding, service
from payroll.statements.retention.classes import DATENARTEN
from tenants.db.session import TenantSession, tenant_session
from tenants.retention import orders
from tenants.retention.errors import DeletionRefused
from tenants.retention.holds import end_hold, holds
from tenants.retention.models import DeletionOrder
from tenants.web import exports, inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

retention_desk = Blueprint("retention", __name__, url_prefix="/mandanten/<uuid:mandant>/datenschutz/aufbewahrung")


@retention_desk.get("")
@permission("retention.read")
def index(mandant: uuid.UUID) -> str:
    """Was heute (oder am gewählten Tag) fällig ist, was bleibt und warum, Sperren und Aufträge."""
    return _page({})


@retention_desk.post("/auftrag")
@permission("retention.order")
def order(mandant: uuid.UUID) -> Redirect | tuple[str, int]:
    """Ordnet an, was die Vorschau gezeigt hat."""
    reason, shown = _given("grund"), _given("pruefsumme")

    def act(session: TenantSession) -> object:
        return service.order(session, _day(), today=_today(), digest=shown, reason=reason)

    return _done(act, "grund", _("Angeordnet. Genehmigen muss eine zweite Person."))


@retention_desk.post("/auftrag/<uuid:auftrag>/genehmigen")
@permission("retention.approve")
def approve(mandant: uuid.UUID, auftrag: uuid.UUID) -> Redirect | tuple[str, int]:
    """Genehmigt den gezeigten Auftrag."""
    shown = _given("pruefsumme")
    return _done(lambda session: orders.approve(session, auftrag, digest=shown), "pruefsumme",
                 _("Genehmigt. Gelöscht wird beim nächsten Nachtlauf."))


@retention_desk.post("/auftrag/<uuid:auftrag>/zurueckziehen")
@permission("retention.order")
def withdraw(mandant: uuid.UUID, auftrag: uuid.UUID) -> Redirect | tuple[str, int]:
    """Zieht einen offenen Auftrag zurück."""
    reason = _given("grund_zurueck")
    return _done(lambda session: orders.withdraw(session, auftrag, reason=reason), "grund_zurueck",
                 _("Zurückgezogen."))


@retention_desk.post("/sperre")
@permission("retention.order")
def hold(mandant: uuid.UUID) -> Redirect | tuple[str, int]:
    """Setzt eine Sperre."""
    number, kind, reason, last = (_given(name) for name in ("personalnummer", "datenart", "grund_sperre", "bis"))

    def act(session: TenantSession) -> object:
        return holding.set_by_number(session, number or None, kind or None, valid_from=_today(),
                                     valid_to=_typed(last) if last else None, reason=reason)

    return _done(act, "grund_sperre", _("Sperre gesetzt."))


@retention_desk.post("/sperre/<uuid:sperre>/beenden")
@permission("retention.order")
def release(mandant: uuid.UUID, sperre: uuid.UUID) -> Redirect | tuple[str, int]:
    """Beendet eine Sperre mit dem heutigen Tag."""
    reason = _given("grund_ende")
    return _done(lambda session: end_hold(session, sperre, last_day=_today(), reason=reason), "grund_ende",
                 _("Sperre beendet."))


@retention_desk.get("/auftrag/<uuid:auftrag>/urkunde.json")
@permission("retention.read")
def certificate(mandant: uuid.UUID, auftrag: uuid.UUID) -> Response:
    """Die unterschriebene Urkunde eines ausgeführten Auftrags."""
    with _session() as session:
        found = session.scalars(select(DeletionOrder).where(DeletionOrder.public_id == auftrag)).one_or_none()
        if found is None or found.certificate is None:
            abort(404)
        text = json.dumps(found.certificate, ensure_ascii=False, indent=2)
    return exports.attachment(text.encode(), "application/json", f"loeschung-{auftrag}.json")


def _done(act: Callable[[TenantSession], object], field: str, message: str) -> Redirect | tuple[str, int]:
    try:
        with _session() as session:
            act(session)
    except (DeletionRefused, PersonMissing, inputs.InputError) as refused:
        return _page({field: [str(refused)]}), 422
    flash(message, "success")
    return redirect(url_for("retention.index", mandant=current_mandate().public_id))


def _page(errors: dict[str, list[str]]) -> str:
    with _session() as session:
        made = service.plan(session, _day())
        shown = {"plan": made.summary(), "digest": made.digest, "due": len(made.items), "day": made.day,
                 "holds": holds(session, _today()), "orders": orders.orders(session)}
        return render_template("payroll/desk/retention.html", held=current_mandate(), errors=errors,
                               values=request.form, own_login=current().login, kinds=_kinds(), today=_today(), **shown)


def _kinds() -> list[tuple[str, str]]:
    return [("", _("alle Datenarten")), *((one.name, one.titel) for one in DATENARTEN)]


def _day() -> date:
    text = request.values.get("stichtag", "").strip()
    if not text:
        return _today()
    try:
        return _typed(text)
    except inputs.InputError:
        abort(404)


def _typed(text: str) -> date:
    return inputs.day(text)


def _today() -> date:
    return settings_of(current_app).today()


def _given(name: str) -> str:
    return str(request.form.get(name, "")).strip()


def _session() -> Any:
    return tenant_session(current_mandate().tenant_id, actor=current().login)
