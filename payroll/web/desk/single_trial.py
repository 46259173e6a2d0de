"""Probelauf eines Menschen: rechnen, ansehen, nichts schreiben."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template, request

from payroll.runs.errors import RunRefused
from payroll.runs.wirkung.einzeln import Einzelprobe, one_trial
from payroll.web.desk.runs import month_of
from tenants.db.session import tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate

trial_desk = Blueprint("trials", __name__, url_prefix="/mandanten/<uuid:mandant>/abrechnung/<monat>/einzeln")


@trial_desk.get("")
@permission("run.calculate")
def page(mandant: uuid.UUID, monat: str) -> str | tuple[str, int]:
    """Fragt nach der Personalnummer und zeigt, was der Lauf diesem Menschen jetzt zahlen würde."""
    month, held, number = month_of(monat), current_mandate(), request.args.get("nummer", "").strip()[:20]
    found: list[Einzelprobe] = []
    refused = ""
    if number:
        try:
            with tenant_session(held.tenant_id, actor=current().login) as session:
                found = one_trial(session, month, number)
        except RunRefused as error:
            refused = str(error)
    shown = render_template("payroll/desk/single_trial.html", held=held, month=month, number=number, found=found,
                            refused=refused)
    return (shown, 422) if refused else shown
