"""Zuwendungen an Dritte am Schreibtisch (§ 37b EStG): erfassen, aufheben; angemeldet werden sie mit der Lohnsteuer."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from payroll.postings import zuwendungen
from payroll.postings.errors import PostingRefused
from payroll.web.desk.payment_reading import own_session, today
from tenants.web import inputs
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from tenants.web.lists import listing

gift_desk = Blueprint("gifts", __name__, url_prefix="/mandanten/<uuid:mandant>/meldungen/zuwendungen")
Answer = str | Redirect | tuple[str, int]


@gift_desk.get("")
@permission("filing.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Zuwendungen mit ihren Steuern, und das Formular."""
    return _page({})


@gift_desk.post("")
@permission("filing.send")
def record(mandant: uuid.UUID) -> Answer:
    """Erfasst eine Zuwendung; ihre Steuern rechnet die Anwendung."""
    raw = {name: str(value).strip() for name, value in request.form.items()}
    try:
        month, number = inputs.month(raw.get("monat", "")), raw.get("empfaenger", "")
        if not number.isascii() or not number.isdigit() or len(number) > 6:
            raise inputs.InputError(_("Zahl der Empfänger: eine ganze Zahl angeben."))
        with own_session() as session:
            zuwendungen.record(session, month, anlass=raw.get("anlass", ""), empfaenger=int(number),
                               wert=inputs.cents(raw.get("wert", "")), kostenstelle=raw.get("kostenstelle", ""))
    except (PostingRefused, inputs.InputError) as refused:
        return _page({"anlass": [str(refused)]}), 422
    flash(_("Erfasst. Die Steuern stehen in der Lohnsteuer-Anmeldung des Monats; eine schon erstellte neu erstellen."),
          "success")
    return redirect(url_for("gifts.index", mandant=current_mandate().public_id))


@gift_desk.post("/<uuid:zuwendung>/aufheben")
@permission("filing.send")
def cancel(mandant: uuid.UUID, zuwendung: uuid.UUID) -> Answer:
    """Hebt eine Zuwendung auf, solange ihr Monat nicht gebucht ist."""
    try:
        with own_session() as session:
            zuwendungen.cancel(session, zuwendung, grund=str(request.form.get("grund", "")))
    except PostingRefused as refused:
        return _page({"anlass": [str(refused)]}), 422
    flash(_("Die Zuwendung ist aufgehoben."), "success")
    return redirect(url_for("gifts.index", mandant=current_mandate().public_id))


def _page(errors: dict[str, list[str]]) -> str:
    with own_session() as session:
        shown = listing(zuwendungen.listed(session), columns={"monat": lambda one: -one.monat.toordinal(),
                                                              "wert": lambda one: one.wert},
                        searched=lambda one: f"{one.anlass} {one.monat:%m/%Y} {one.kostenstelle}", default="monat")
        return render_template("payroll/desk/gifts.html", held=current_mandate(), listing=shown, errors=errors,
                               raw=request.form, month=f"{today():%Y-%m}")
