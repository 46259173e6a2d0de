"""Abrechnung eines Monats: rechnen, ansehen, prüfen, freigeben, abschließen."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.masterdata.slices.tarif import overlays
from payroll.runs import reading, service, sonderzahlung, termine
from payroll.sammellauf import stuecke
from payroll.statements.publish import close_and_publish
from payroll.web.desk import bonus, month_range, retro_reading, run_reading, run_steps
from tenants.db.session import TenantSession, tenant_session
from tenants.web import formats, inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

run_desk = Blueprint("runs", __name__, url_prefix="/mandanten/<uuid:mandant>/abrechnung")
Answer = Response | str | tuple[str, int]


def month_of(text: str) -> date:
    """Monat der Adresse; ein unmöglicher ist 404."""
    try:
        return inputs.month(text)
    except inputs.InputError:
        abort(404)


@run_desk.get("")
@permission("run.read")
def index(mandant: uuid.UUID) -> Response:
    """Zum laufenden Monat."""
    month = settings_of(current_app).today().replace(day=1)
    return redirect(url_for("runs.page", mandant=mandant, monat=formats.month_key(month)))


@run_desk.get("/<monat>")
@permission("run.read")
def page(mandant: uuid.UUID, monat: str) -> str:
    """Der Monat: Schritte, Summen, Befunde nach Ursache."""
    return _page(month_of(monat))


def _page(month: date, refused: str | None = None) -> str:
    held, me, today = current_mandate(), current(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=me.login) as session:
        first, last = month_range.first_month(session, today), month_range.last_month(today)
        if not first <= month <= last:
            abort(404)
        previous, following = month_range.neighbours(month, first, last)
        state = reading.month_state(session, month)
        before = reading.month_state(session, run_reading.previous_month(month))
        groups = run_reading.finding_groups(session, month)
        employed = run_reading.employed(session, month)
        retro_people = retro_reading.affected_people(session, state.lauf if state else None)
        without_bonus = sonderzahlung.yearly_bonus_missing(session, month)
        days = termine.pay_days(month, overlays(session, month, None))
        seal = service.release_seal(session, month)
    lauf = state.lauf if state else None
    return render_template(
        "payroll/desk/run.html",
        held=held,
        month=month,
        state=state,
        lauf=lauf,
        before=before.lauf if before and before.lauf.zustand != "offen" else None,
        groups=groups,
        employed=employed,
        retro_people=retro_people,
        seal=seal,
        without_bonus=without_bonus,
        pay_days=days,
        bonus_open=month.month == bonus.MONTH and (lauf is None or lauf.zustand in bonus.STATES),
        steps=run_steps.steps(lauf),
        actions=run_steps.actions(lauf, held, me.login),
        missing=service.missing_releases(lauf) if lauf and lauf.zustand in ("geprueft", "freigegeben") else [],
        request_key=uuid.uuid4(),
        refused=refused,
        previous=previous,
        following=following,
    )


def _step(monat: str, done: str, work: Callable[[TenantSession, date], Any]) -> Answer:
    """Führt einen Schritt aus; eine Ablehnung erscheint mit ihrem Grund auf der Seite des Monats."""
    month, held = month_of(monat), current_mandate()
    try:
        with tenant_session(held.tenant_id, actor=current().login) as session:
            if not month_range.reachable(session, month, settings_of(current_app).today()):
                abort(404)
            work(session, month)
    except service.RunRefused as refused:
        return _page(month, str(refused)), 409
    flash(done, "success")
    return redirect(url_for("runs.page", mandant=held.public_id, monat=monat))


def _shown() -> str:
    return request.form.get("ergebnis_hash", "")


@run_desk.post("/<monat>/rechnen")
@permission("run.calculate")
def calculate(mandant: uuid.UUID, monat: str) -> Answer:
    """Rechnet den Monat zur Probe; dieselbe Anforderung zweimal rechnet einmal."""
    key = request.form.get("schluessel", "")
    return _step(monat, _("Der Probelauf ist gerechnet."), lambda s, month: _whole(s, month, key))


def _whole(session: TenantSession, month: date, key: str) -> None:
    stuecke.require_undivided(session, month)
    service.calculate(session, month, key=key)


@run_desk.post("/<monat>/pruefen")
@permission("run.check")
def check(mandant: uuid.UUID, monat: str) -> Answer:
    """Bestätigt die Prüfung dessen, was gezeigt wurde."""
    shown = _shown()
    return _step(monat, _("Die Prüfung ist bestätigt."), lambda s, month: service.check(s, month, ergebnis_hash=shown))


@run_desk.post("/<monat>/freigeben")
@permission("run.release")
def release(mandant: uuid.UUID, monat: str) -> Answer:
    """Freigabe des Kreises."""
    shown = _shown()
    return _step(monat, _("Freigabe erteilt."), lambda s, month: service.release(s, month, ergebnis_hash=shown))


@run_desk.post("/<monat>/freigeben-arbeitgeber")
@permission("run.release_municipality")
def release_municipality(mandant: uuid.UUID, monat: str) -> Answer:
    """Freigabe des Arbeitgebers."""
    shown = _shown()
    return _step(
        monat, _("Freigabe erteilt."), lambda s, month: service.release_municipality(s, month, ergebnis_hash=shown)
    )


@run_desk.post("/<monat>/abschliessen")
@permission("run.close")
def close(mandant: uuid.UUID, monat: str) -> Answer:
    """Schließt den Monat ab und stellt die Abrechnungen aus."""
    shown = _shown()
    return _step(
        monat,
        _("Der Monat ist abgeschlossen, die Abrechnungen liegen im Portal bereit."),
        lambda s, month: close_and_publish(s, month, ergebnis_hash=shown),
    )


@run_desk.post("/<monat>/zuruecknehmen")
@permission("run.check")
def withdraw(mandant: uuid.UUID, monat: str) -> Answer:
    """Nimmt Prüfung und Freigaben mit Grund zurück."""
    reason = request.form.get("grund", "")
    return _step(
        monat,
        _("Prüfung und Freigaben sind zurückgenommen."),
        lambda s, month: service.withdraw(s, month, reason=reason),
    )


@run_desk.post("/<monat>/befunde/<uuid:befund>")
@permission("run.check")
def acknowledge(mandant: uuid.UUID, monat: str, befund: uuid.UUID) -> Answer:
    """Lässt einen Befund mit Begründung stehen."""
    reason = request.form.get("begruendung", "")
    return _step(
        monat,
        _("Der Hinweis bleibt mit Begründung stehen."),
        lambda s, _m: service.acknowledge(s, befund, begruendung=reason),
    )


@run_desk.post("/<monat>/befunde")
@permission("run.check")
def acknowledge_group(mandant: uuid.UUID, monat: str) -> Answer:
    """Lässt alle offenen Befunde einer Ursache mit einer Begründung stehen."""
    cause = {name: request.form.get(name, "") for name in ("stufe", "feld", "abhilfe", "begruendung")}
    shown = _shown()
    return _step(
        monat,
        _("Die Hinweise bleiben mit Begründung stehen."),
        lambda s, month: service.acknowledge_group(s, month, ergebnis_hash=shown, **cause),
    )
