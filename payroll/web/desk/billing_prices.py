"""Preisblätter am Schreibtisch: erfassen, anheben, als zweite Person freigeben."""

from __future__ import annotations

import uuid

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from payroll.verbund import preisblatt
from payroll.verbund.models import Preisblatt
from payroll.web.desk import billing_reading, price_fields
from payroll.web.desk.billing_steps import Answer, Steps, given, read
from tenants.db.session import TenantSession
from tenants.web import inputs
from tenants.web.access import permission
from tenants.web.identity import current_mandate

price_desk = Blueprint("prices", __name__, url_prefix="/mandanten/<uuid:mandant>/kosten/preise")
STEPS = Steps(billing_reading.prices_page, lambda: url_for("prices.index", mandant=current_mandate().public_id))


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
        return preisblatt.record(session, request.form, ab=read("gilt_ab", inputs.day), reason=given("grund"))

    return STEPS.take(act, "gilt_ab", _("Erfasst. Es gilt, sobald eine zweite Person es freigegeben hat."),
                      fields=price_fields.OWN)


@price_desk.post("/anheben")
@permission("billing.write")
def higher(mandant: uuid.UUID) -> Answer:
    """Hebt alle Preise des geltenden an."""

    def act(session: TenantSession) -> object:
        points = int(read("prozent", lambda text: inputs.decimal(text, places=2)).scaleb(2))
        return preisblatt.raise_prices(session, points, ab=read("anheben_ab", inputs.day, as_field="gilt_ab"),
                                       reason=given("anheben_grund"))

    return STEPS.take(act, "prozent", _("Erfasst. Es gilt, sobald eine zweite Person es freigegeben hat."),
                      fields=price_fields.RAISE)


@price_desk.post("/<uuid:blatt>/freigeben")
@permission("billing.release")
def release(mandant: uuid.UUID, blatt: uuid.UUID) -> Answer:
    """Gibt als zweite Person frei, was gezeigt wurde."""
    return STEPS.release(Preisblatt, blatt)


@price_desk.post("/<uuid:blatt>/zurueckziehen")
@permission("billing.write")
def withdraw(mandant: uuid.UUID, blatt: uuid.UUID) -> Answer:
    """Zieht ein noch nicht freigegebenes Preisblatt zurück."""
    return STEPS.withdraw(Preisblatt, blatt)
