"""Kostenjahr beim Kreis und Kennzahlen aller Arbeitgeber des Mandats, für den Bericht an den Rat."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from payroll.verbund import bescheide, kennzahlen, kosten, schritte
from payroll.verbund.models import Kostenjahr
from payroll.web.desk.billing_reading import STATES
from payroll.web.desk.billing_steps import Answer, Steps, given
from payroll.web.desk.payment_reading import own_session, today
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports, formats, inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate

cost_desk = Blueprint("costyears", __name__, url_prefix="/mandanten/<uuid:mandant>/kosten/jahre")
figure_desk = Blueprint("verbund", __name__, url_prefix="/verbund")
FIRST, LAST = 2020, 2099


@figure_desk.get("")
@permission("billing.read")
def figures() -> str | Response:
    """Kennzahlen eines Jahres über alle Arbeitgeber des Mandats."""
    year = request.args.get("jahr", today().year, type=int)
    year = min(max(year, FIRST), LAST)
    found = []
    for held in current().holding("billing.read"):
        with tenant_session(held.tenant_id, actor=current().login) as session:
            found.append(kennzahlen.of_tenant(session, year, held.number, held.name))
    if "format" in request.args:
        return exports.respond(request.args["format"], f"kennzahlen-{year}", kennzahlen.HEADER, kennzahlen.rows(found))
    rows = kennzahlen.rows(found, formats.amount)
    return render_template("payroll/desk/billing_figures.html", rows=rows, header=kennzahlen.HEADER, year=year)


@cost_desk.get("")
@permission("billing.read")
def index(mandant: uuid.UUID) -> str:
    """Kostenjahre dieses Kreises."""
    return _page({})


@cost_desk.post("")
@permission("billing.write")
def record(mandant: uuid.UUID) -> Answer:
    """Erfasst Kosten eines Jahres; gezählt wird bei allen Arbeitgebern, für die das Mandat gilt."""

    def act(session: TenantSession) -> object:
        year = inputs.whole(given("jahr"))
        if not FIRST <= year <= LAST:
            raise inputs.InputError(_("Das Jahr liegt zwischen 2020 und 2099."))
        costs = {kind: inputs.cents(given(kind)) for kind in kosten.ARTEN if given(kind)}
        return kosten.record(session, year, costs, _counted(year),
                             vortrag=inputs.cents(given("vortrag")) if given("vortrag") else 0)

    return STEPS.take(act, "jahr", _("Erfasst. Freigeben muss eine zweite Person."))


@cost_desk.post("/<uuid:kostenjahr>/freigeben")
@permission("billing.release")
def release(mandant: uuid.UUID, kostenjahr: uuid.UUID) -> Answer:
    """Gibt als zweite Person frei, was gezeigt wurde."""
    return STEPS.release(Kostenjahr, kostenjahr)


@cost_desk.post("/<uuid:kostenjahr>/zurueckziehen")
@permission("billing.write")
def withdraw(mandant: uuid.UUID, kostenjahr: uuid.UUID) -> Answer:
    """Zieht ein noch nicht freigegebenes Kostenjahr zurück."""
    return STEPS.withdraw(Kostenjahr, kostenjahr)


def _counted(year: int) -> dict[str, int]:
    found = {}
    for held in current().holding("billing.write"):
        with tenant_session(held.tenant_id, actor=current().login) as session:
            if count := bescheide.year_count(session, year):
                found[held.number] = count
    return found


def _page(errors: dict[str, list[str]]) -> str:
    with own_session() as session:
        rows = [(row, kosten.shares(row), schritte.shown(row).hex()) for row in kosten.all_of(session)]
    return render_template("payroll/desk/billing_years.html", held=current_mandate(), rows=rows, errors=errors,
                           raw=request.form, kinds=kosten.ARTEN, states=STATES, own_login=current().login,
                           year=today().year)


STEPS = Steps(_page, lambda: url_for("costyears.index", mandant=current_mandate().public_id))
