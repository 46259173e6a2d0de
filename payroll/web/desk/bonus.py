"""Jahressonderzahlung des Novembers: erfassen, Beträge ansehen, sehen, wer offen ist und warum."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.runs import reading, service, sonderzahlung
from payroll.runs.models import Lauf
from payroll.web.desk.people_reading import PersonRow, people
from tenants.db.session import TenantSession, tenant_session
from tenants.web import inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

bonus_desk = Blueprint("bonus", __name__, url_prefix="/mandanten/<uuid:mandant>/abrechnung/<monat>/jahressonderzahlung")
MONTH, STATES = 11, ("offen", "probe")


@dataclass(frozen=True)
class Open:
    """Wer noch keine Jahressonderzahlung hat, mit Grund."""

    person: PersonRow
    reason: str


@bonus_desk.get("")
@permission("person.read")
def page(mandant: uuid.UUID, monat: str) -> str:
    """Erfasste Beträge je Person und die Offenen."""
    return _page(_november(monat))


@bonus_desk.post("")
@permission("run.calculate")
def record(mandant: uuid.UUID, monat: str) -> Response | tuple[str, int]:
    """Erfasst die Jahressonderzahlung aller Anspruchsberechtigten; wiederholt entsteht nichts doppelt."""
    month, held = _november(monat), current_mandate()
    try:
        with tenant_session(held.tenant_id, actor=current().login) as session:
            if not _changeable(_run(session, month)):
                raise service.RunRefused(
                    "Der November ist schon geprüft. Erst die Prüfung zurücknehmen, dann die Jahressonderzahlung "
                    "erfassen und neu rechnen."
                )
            sonderzahlung.record_yearly_bonus(session, month.year)
    except service.RunRefused as refused:
        return _page(month, str(refused)), 409
    flash(_("Die Jahressonderzahlung ist erfasst. Der November muss danach (neu) gerechnet werden."), "success")
    return redirect(url_for("bonus.page", mandant=mandant, monat=monat))


def _page(month: date, refused: str | None = None) -> str:
    held, today = current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        given = sonderzahlung.recorded_yearly_bonus(session, month.year)
        rows = sorted(people(session, today), key=lambda row: (row.name.casefold(), row.personalnummer))
        changeable = _changeable(_run(session, month))
    return render_template(
        "payroll/desk/bonus.html",
        held=held,
        month=month,
        paid=[(row, given.betraege[row.beschaeftigung_id]) for row in rows if row.beschaeftigung_id in given.betraege],
        total=sum(given.betraege.values()),
        waiting=_waiting(rows, given.gruende),
        changeable=changeable,
        refused=refused,
    )


def _waiting(rows: list[PersonRow], reasons: Mapping[str, str]) -> list[Open]:
    return [Open(row, reasons[row.personalnummer]) for row in rows if row.personalnummer in reasons]


def _run(session: TenantSession, month: date) -> Lauf | None:
    state = reading.month_state(session, month)
    return state.lauf if state else None


def _changeable(lauf: Lauf | None) -> bool:
    return lauf is None or lauf.zustand in STATES


def _november(text: str) -> date:
    try:
        month = inputs.month(text)
    except inputs.InputError:
        abort(404)
    if month.month != MONTH:
        abort(404)
    return month
