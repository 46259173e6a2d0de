"""Kosten des Verbunds bei einem Arbeitgeber: Bescheide, einzelne Leistungen, Vorauszahlung und Abrechnung."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask_babel import gettext as _

from payroll.verbund import ausgabe, bescheide, faelle, leistungen, schritte, storno
from payroll.verbund.errors import BillingRefused
from payroll.verbund.models import Kostenbescheid
from payroll.web.desk import billing_reading
from payroll.web.desk.billing_steps import Answer, Steps, given
from payroll.web.desk.payment_reading import own_session, today
from tenants import audit
from tenants.db.session import TenantSession
from tenants.web import exports, inputs
from tenants.web.access import permission
from tenants.web.identity import current_mandate

billing_desk = Blueprint("billing", __name__, url_prefix="/mandanten/<uuid:mandant>/kosten")
INDEX = Steps(billing_reading.index_page, lambda: url_for("billing.index", mandant=current_mandate().public_id))
STEPS = Steps(billing_reading.notice_page, lambda bescheid: url_for(
    "billing.notice", mandant=current_mandate().public_id, bescheid=bescheid))


@billing_desk.get("")
@permission("billing.read")
def index(mandant: uuid.UUID) -> str:
    """Bescheide und Leistungen eines Arbeitgebers."""
    return billing_reading.index_page({})


@billing_desk.post("/vorauszahlung")
@permission("billing.write")
def advance(mandant: uuid.UUID) -> Answer:
    """Erstellt eine Vorauszahlung."""
    return _made("ab", lambda session: bescheide.advance(session, inputs.month(given("ab")), today=today()))


@billing_desk.post("/abrechnung")
@permission("billing.write")
def settle(mandant: uuid.UUID) -> Answer:
    """Rechnet einen Zeitraum ab; nach tatsächlichen Kosten mit dem Kostenjahr des Kreises."""
    try:
        von, bis = inputs.month(given("von")), inputs.month(given("bis"))
    except inputs.InputError as refused:
        return billing_reading.index_page({"von": [str(refused)]}), 422
    try:
        share = billing_reading.share_of(von.year, current_mandate().number)
    except BillingRefused as refused:
        return billing_reading.index_page({"von": [str(refused)]}), 422
    return _made("von", lambda session: bescheide.settle(session, von, bis, today=today(), share=share))


@billing_desk.post("/leistung")
@permission("billing.write")
def work(mandant: uuid.UUID) -> Answer:
    """Erfasst eine einzelne Leistung oder Auslage."""

    def act(session: TenantSession) -> object:
        hours, amount = (int(inputs.decimal(given(name), places=2).scaleb(2)) if given(name) else 0
                         for name in ("stunden", "betrag"))
        return leistungen.record(session, tag=inputs.day(given("tag")), text=given("text"), stunden=hours,
                                 betrag=amount)

    return INDEX.take(act, "text", _("Erfasst."))


@billing_desk.post("/leistung/<uuid:leistung>/streichen")
@permission("billing.write")
def strike(mandant: uuid.UUID, leistung: uuid.UUID) -> Answer:
    """Streicht eine Leistung mit Grund."""
    reason = given("grund_streichen")
    return INDEX.take(lambda session: leistungen.strike(session, leistung, reason=reason), "grund_streichen",
                      _("Gestrichen."))


@billing_desk.get("/bescheide/<uuid:bescheid>")
@permission("billing.read")
def notice(mandant: uuid.UUID, bescheid: uuid.UUID) -> str:
    """Ein Bescheid mit Positionen, Fällen und Schritten."""
    return billing_reading.notice_page(bescheid, {})


@billing_desk.post("/bescheide/<uuid:bescheid>/freigeben")
@permission("billing.release")
def release(mandant: uuid.UUID, bescheid: uuid.UUID) -> Answer:
    """Gibt als zweite Person frei, was gezeigt wurde."""
    return STEPS.release(Kostenbescheid, bescheid, bescheid)


@billing_desk.post("/bescheide/<uuid:bescheid>/zurueckziehen")
@permission("billing.write")
def withdraw(mandant: uuid.UUID, bescheid: uuid.UUID) -> Answer:
    """Zieht einen noch nicht freigegebenen Bescheid zurück."""
    return STEPS.withdraw(Kostenbescheid, bescheid, bescheid)


@billing_desk.post("/bescheide/<uuid:bescheid>/stornieren")
@permission("billing.write")
def cancel(mandant: uuid.UUID, bescheid: uuid.UUID) -> Answer:
    """Erstellt den Storno eines freigegebenen Bescheids."""
    try:
        with own_session() as session:
            number = storno.cancel(session, bescheid, reason=given("grund_storno"), today=today()).public_id
    except BillingRefused as refused:
        return billing_reading.notice_page(bescheid, {"grund_storno": [str(refused)]}), 422
    flash(_("Storno erstellt. Freigeben muss eine zweite Person."), "success")
    return redirect(url_for("billing.notice", mandant=current_mandate().public_id, bescheid=number))


@billing_desk.post("/bescheide/<uuid:bescheid>/bezahlt")
@permission("billing.write")
def paid(mandant: uuid.UUID, bescheid: uuid.UUID) -> Answer:
    """Hält den Ausgleich fest."""

    def act(session: TenantSession) -> object:
        row = schritte.find(session, Kostenbescheid, bescheid, lock=True)
        return bescheide.paid(session, row, day=inputs.day(given("bezahlt_am")), note=given("vermerk"))

    return STEPS.take(act, "vermerk", _("Der Ausgleich ist eingetragen."), bescheid)


@billing_desk.get("/bescheide/<uuid:bescheid>/bescheid.pdf")
@permission("billing.read")
def pdf(mandant: uuid.UUID, bescheid: uuid.UUID) -> Response:
    """Der Bescheid als PDF."""
    with own_session() as session:
        row = _found(session, bescheid)
        return exports.attachment(ausgabe.pdf(session, row), "application/pdf", f"{row.nummer}.pdf")


@billing_desk.get("/bescheide/<uuid:bescheid>/xrechnung.xml")
@permission("billing.read")
def download(mandant: uuid.UUID, bescheid: uuid.UUID) -> Answer | Response:
    """Der freigegebene Bescheid als XRechnung."""
    try:
        with own_session() as session:
            row = _found(session, bescheid)
            return exports.attachment(ausgabe.invoice(session, row), "application/xml", f"{row.nummer}.xml")
    except BillingRefused as refused:
        return billing_reading.notice_page(bescheid, {"freigabe": [str(refused)]}), 422


@billing_desk.get("/faelle/<monat>")
@permission("billing.read")
def export(mandant: uuid.UUID, monat: str) -> Response:
    """Nachweis der gezählten Abrechnungen eines Monats: Personalnummern, keine Namen."""
    try:
        month: date = inputs.month(monat)
    except inputs.InputError:
        abort(404)
    with own_session() as session:
        rows = faelle.numbers(session, month)
        audit.record(session, "faelle.nachweis", f"monat:{month:%Y-%m}", {"anzahl": len(rows)})
    return exports.respond("csv", f"faelle-{current_mandate().number}-{month:%Y-%m}",
                           [_("Personalnr."), _("Beschäftigungen dieser Person")], rows)


def _found(session: TenantSession, bescheid: uuid.UUID) -> Kostenbescheid:
    try:
        return schritte.find(session, Kostenbescheid, bescheid)
    except BillingRefused:
        abort(404)


def _made(field: str, act: Callable[[TenantSession], Kostenbescheid]) -> Answer:
    try:
        with own_session() as session:
            number = act(session).public_id
    except (BillingRefused, inputs.InputError) as refused:
        return billing_reading.index_page({field: [str(refused)]}), 422
    flash(_("Erstellt. Freigeben muss eine zweite Person."), "success")
    return redirect(url_for("billing.notice", mandant=current_mandate().public_id, bescheid=number))
