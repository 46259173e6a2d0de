"""Zuwendungen an Dritte am Schreibtisch (§ 37b EStG): erfassen, aufheben; angemeldet werden sie mit der Lohnsteuer."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from payroll.postings import zuwendungen
from payroll.postings.errors import PostingRefused
from payroll.web.desk.payment_reading import own_session, today
from payroll.web.desk.whose import beside_field
from tenants.web import inputs
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from tenants.web.lists import listing

gift_desk = Blueprint("gifts", __name__, url_prefix="/mandanten/<uuid:mandant>/meldungen/zuwendungen")
Answer = str | Redirect | tuple[str, int]
LABELS = {"anlass": "Anlass", "monat": zuwendungen.MONTH, "empfaenger": zuwendungen.PEOPLE, "wert": zuwendungen.COST,
          "kostenstelle": "Kostenstelle"}


@gift_desk.get("")
@permission("filing.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Zuwendungen mit ihren Steuern, und das Formular."""
    return _page({})


@gift_desk.post("")
@permission("filing.send")
def record(mandant: uuid.UUID) -> Answer:
    """Erfasst eine Zuwendung; ihre Steuern rechnet die Anwendung."""
    try:
        given = _given()
        with own_session() as session:
            zuwendungen.record(session, today=today(), **given)
    except PostingRefused as refused:
        return _page(beside_field(refused, LABELS)), 422
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
        return _page({}, (zuwendung, str(refused))), 422
    flash(_("Die Zuwendung ist aufgehoben."), "success")
    return redirect(url_for("gifts.index", mandant=current_mandate().public_id))


def _given() -> dict[str, Any]:
    """Die Angaben des Formulars. Wirft PostingRefused mit dem Namen des Feldes."""
    raw = {name: str(value).strip() for name, value in request.form.items()}
    readers = {"monat": ("month", inputs.month), "empfaenger": ("empfaenger", inputs.whole),
               "wert": ("wert", inputs.cents)}
    given: dict[str, Any] = {name: raw.get(name, "") for name in ("anlass", "kostenstelle")}
    for name, (argument, read) in readers.items():
        try:
            given[argument] = read(raw.get(name, ""))
        except inputs.InputError as wrong:
            raise PostingRefused(f"{LABELS[name]}: {wrong}") from wrong
    return given


def _page(errors: dict[str, list[str]], kept: tuple[uuid.UUID, str] | None = None) -> str:
    """kept: die Zuwendung, die sich nicht aufheben ließ, und warum."""
    with own_session() as session:
        shown = listing(zuwendungen.listed(session), columns={"monat": lambda one: -one.monat.toordinal(),
                                                              "wert": lambda one: one.wert},
                        searched=lambda one: f"{one.anlass} {one.monat:%m/%Y} {one.kostenstelle}", default="monat")
        return render_template("payroll/desk/gifts.html", held=current_mandate(), listing=shown, errors=errors,
                               kept=kept, labels=LABELS, raw=request.form, month=f"{today():%Y-%m}")
