"""Preisblätter am Schreibtisch: erfassen, anheben, als zweite Person freigeben."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from payroll.verbund import preisblatt, schritte
from payroll.verbund.errors import BillingRefused
from payroll.verbund.models import Preisblatt
from payroll.web.desk import billing_reading
from payroll.web.desk.billing import Answer, given
from payroll.web.desk.payment_reading import own_session
from tenants.db.session import TenantSession
from tenants.web import inputs
from tenants.web.access import permission
from tenants.web.identity import current_mandate

price_desk = Blueprint("prices", __name__, url_prefix="/mandanten/<uuid:mandant>/kosten/preise")


@price_desk.get("")
@permission("billing.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Preisblätter."""
    return billing_reading.prices_page({})


@price_desk.post("")
@permission("billing.write")
def record(mandant: uuid.UUID) -> Answer:
    """Erfasst ein Preisblatt."""

    def act(session: TenantSession) -> object:
        return preisblatt.record(session, request.form, ab=inputs.day(given("gilt_ab")), reason=given("grund"))

    return _step(act, "gilt_ab", _("Erfasst. Es gilt, sobald eine zweite Person es freigegeben hat."))


@price_desk.post("/anheben")
@permission("billing.write")
def higher(mandant: uuid.UUID) -> Answer:
    """Hebt alle Preise des geltenden an."""

    def act(session: TenantSession) -> object:
        points = int(inputs.decimal(given("prozent"), places=2).scaleb(2))
        return preisblatt.raise_prices(session, points, ab=inputs.day(given("anheben_ab")),
                                       reason=given("anheben_grund"))

    return _step(act, "prozent", _("Erfasst. Es gilt, sobald eine zweite Person es freigegeben hat."))


@price_desk.post("/<uuid:blatt>/freigeben")
@permission("billing.release")
def release(mandant: uuid.UUID, blatt: uuid.UUID) -> Answer:
    """Gibt als zweite Person frei, was gezeigt wurde."""
    shown = given("pruefsumme")
    return _step(lambda session: schritte.release(session, Preisblatt, blatt, sha256=shown), "freigabe",
                 _("Freigegeben."))


@price_desk.post("/<uuid:blatt>/zurueckziehen")
@permission("billing.write")
def withdraw(mandant: uuid.UUID, blatt: uuid.UUID) -> Answer:
    """Zieht ein noch nicht freigegebenes Preisblatt zurück."""
    reason = given("grund_zurueck")
    return _step(lambda session: schritte.withdraw(session, Preisblatt, blatt, reason=reason), "grund_zurueck",
                 _("Zurückgezogen."))


def _step(act: Callable[[TenantSession], object], field: str, message: str) -> Answer:
    try:
        with own_session() as session:
            act(session)
    except (BillingRefused, inputs.InputError) as refused:
        found = {field: list(refused.problems) if isinstance(refused, BillingRefused) and refused.problems
                 else [str(refused)]}
        return billing_reading.prices_page(found), 422
    flash(message, "success")
    return redirect(url_for("prices.index", mandant=current_mandate().public_id))
