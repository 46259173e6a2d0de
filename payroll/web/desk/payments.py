"""Zahlungen am Schreibtisch: Aufträge erstellen, als zweite Person freigeben, herunterladen, Arbeitgeberkonto."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from payroll.filings.errors import FilingRefused
from payroll.filings.models import Zahlungsauftrag
from payroll.filings.sepa import by_hand, employer_account, followup, orders
from payroll.runs.errors import RunRefused
from payroll.web.desk import payment_reading
from payroll.web.desk.payment_reading import own_session, today
from tenants.db.session import TenantSession
from tenants.web import exports, inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate

payment_desk = Blueprint("payments", __name__, url_prefix="/mandanten/<uuid:mandant>/zahlungen")
treasury_desk = Blueprint("treasury", __name__, url_prefix="/zahlungen")
Answer = str | Redirect | tuple[str, int]
XML_TYPE = "application/xml"


@treasury_desk.get("")
@permission("posting.read")
def overview() -> str:
    """Alle Arbeitgeber des Mandats: was freizugeben ist, was offen ist."""
    return render_template("payroll/desk/treasury.html", rows=payment_reading.all_tenants())


@payment_desk.get("")
@permission("posting.read")
def index(mandant: uuid.UUID) -> str:
    """Aufträge eines Arbeitgebers, Monate ohne Auftrag, Konto."""
    return _index({})


@payment_desk.post("/auftrag")
@permission("filing.send")
def create(mandant: uuid.UUID) -> Answer:
    """Erstellt den Auftrag eines abgeschlossenen Monats."""

    def act(session: TenantSession) -> orders.Erstellt:
        month = inputs.month(_given("monat"))
        return orders.create(session, month, today=today(), now=datetime.now(UTC))

    return _made(act, "monat", lambda errors: (_index(errors), 422))


@payment_desk.get("/<uuid:auftrag>")
@permission("posting.read")
def page(mandant: uuid.UUID, auftrag: uuid.UUID) -> str | Response:
    """Ein Auftrag mit Blöcken, Zahlungen, Aufgaben und Schritten."""
    return payment_reading.order_page(auftrag, {})


@payment_desk.post("/<uuid:auftrag>/freigeben")
@permission("posting.release")
def release(mandant: uuid.UUID, auftrag: uuid.UUID) -> Answer:
    """Gibt als zweite Person frei, was gezeigt wurde."""
    shown = _given("pruefsumme")
    return _step(auftrag, lambda session: orders.release(session, auftrag, sha256=shown, today=today()), "freigabe",
                 lambda order: _("Freigegeben. Die Datei lässt sich jetzt herunterladen.") if order.anzahl
                 else _("Freigegeben. Dieser Auftrag hat keine Datei."))


@payment_desk.post("/<uuid:auftrag>/zurueckziehen")
@permission("filing.send")
def withdraw(mandant: uuid.UUID, auftrag: uuid.UUID) -> Answer:
    """Zieht einen Auftrag zurück, dessen Datei das Haus nicht verlassen hat."""
    reason = _given("grund_zurueck")
    return _step(auftrag, lambda session: orders.withdraw(session, auftrag, reason=reason), "grund_zurueck",
                 lambda order: _("Zurückgezogen. Für den Monat lässt sich ein neuer Auftrag erstellen.")
                 if order.art == "lauf" else _("Zurückgezogen. Seine Zahlungen sind wieder offen."))


@payment_desk.get("/<uuid:auftrag>/datei.xml")
@permission("posting.release")
def download(mandant: uuid.UUID, auftrag: uuid.UUID) -> Answer | Response:
    """Die freigegebene Datei; jeder Abruf steht im Protokoll."""
    try:
        with own_session() as session:
            content, name = orders.download(session, auftrag)
    except FilingRefused as refused:
        return payment_reading.refused_page(auftrag, {"freigabe": [str(refused)]})
    return exports.attachment(content, XML_TYPE, name)


@payment_desk.post("/<uuid:auftrag>/folgeauftrag")
@permission("filing.send")
def follow_up(mandant: uuid.UUID, auftrag: uuid.UUID) -> Answer:
    """Folgeauftrag mit dem, was abgelehnt oder nicht überwiesen ist."""
    reason = _given("grund_folge")

    def act(session: TenantSession) -> orders.Erstellt:
        return followup.create(session, auftrag, reason=reason, today=today(), now=datetime.now(UTC))

    return _made(act, "grund_folge", lambda errors: payment_reading.refused_page(auftrag, errors))


@payment_desk.post("/<uuid:auftrag>/von-hand")
@permission("filing.send")
def paid_by_hand(mandant: uuid.UUID, auftrag: uuid.UUID) -> Answer:
    """Hält fest, was bar oder von Hand gezahlt ist."""

    def act(session: TenantSession) -> orders.Erstellt:
        return by_hand.record(session, auftrag, _chosen(), day=inputs.day(_given("tag_hand")),
                              note=_given("beleg_hand"), today=today(), now=datetime.now(UTC))

    return _made(act, "beleg_hand", lambda errors: payment_reading.refused_page(auftrag, errors))


def _chosen() -> list[uuid.UUID]:
    try:
        return [uuid.UUID(one) for one in request.form.getlist("zahlung")]
    except ValueError as error:
        raise FilingRefused("Diese Zahlung gibt es nicht. Die Seite neu laden.") from error


@payment_desk.post("/konto")
@permission("filing.send")
def account(mandant: uuid.UUID) -> Answer:
    """Erfasst ein Arbeitgeberkonto."""

    def act(session: TenantSession) -> object:
        return employer_account.record_account(
            session, iban=_given("iban"), inhaber=_given("inhaber"), bic=_given("bic"),
            valid_from=inputs.day(_given("gilt_ab")), reason=_given("grund_konto"))

    return _account(act, "iban", _("Erfasst. Gezahlt wird davon, sobald eine zweite Person es bestätigt hat."))


@payment_desk.post("/konto/<uuid:konto>/bestaetigen")
@permission("posting.release")
def confirm(mandant: uuid.UUID, konto: uuid.UUID) -> Answer:
    """Bestätigt ein Arbeitgeberkonto als zweite Person."""
    return _account(lambda session: employer_account.confirm_account(session, konto), "konto",
                    _("Das Arbeitgeberkonto ist bestätigt."))


def _made(act: Callable[[TenantSession], orders.Erstellt], field: str,
          failed: Callable[[dict[str, list[str]]], Answer]) -> Answer:
    try:
        with own_session() as session:
            made = act(session)
    except (FilingRefused, RunRefused, inputs.InputError) as refused:
        return failed({field: [str(refused)]})
    for hint in made.hinweise:
        flash(hint, "info")
    if made.neu:
        flash(_("Erstellt. Freigeben muss eine zweite Person."), "success")
    return redirect(url_for("payments.page", mandant=current_mandate().public_id, auftrag=made.auftrag.public_id))


def _step(auftrag: uuid.UUID, act: Callable[[TenantSession], Zahlungsauftrag], field: str,
          told: Callable[[Zahlungsauftrag], str]) -> Answer:
    try:
        with own_session() as session:
            message = told(act(session))
    except FilingRefused as refused:
        return payment_reading.refused_page(auftrag, {field: [str(refused)]})
    flash(message, "success")
    return redirect(url_for("payments.page", mandant=current_mandate().public_id, auftrag=auftrag))


def _account(act: Callable[[TenantSession], object], field: str, message: str) -> Answer:
    try:
        with own_session() as session:
            act(session)
    except (FilingRefused, inputs.InputError) as refused:
        return _index({field: [str(refused)]}), 422
    flash(message, "success")
    return redirect(url_for("payments.index", mandant=current_mandate().public_id))


def _index(errors: dict[str, list[str]]) -> str:
    values: dict[str, Any] = payment_reading.index_values()
    return render_template("payroll/desk/payments.html", held=current_mandate(), errors=errors, raw=request.form,
                           own_login=current().login, **values)


def _given(name: str) -> str:
    return str(request.form.get(name, "")).strip()
