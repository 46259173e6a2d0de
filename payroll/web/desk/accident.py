"""Angaben des Arbeitgebers zur Unfallversicherung am Schreibtisch."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import unfall_angaben
from payroll.filings.meldungen.unfall_angaben import Unfallangaben
from payroll.verbund.felder import hundredths
from payroll.web.desk.payment_reading import own_session, today
from tenants.web import inputs
from tenants.web.access import permission
from tenants.web.identity import current_mandate

accident_desk = Blueprint("accident", __name__, url_prefix="/mandanten/<uuid:mandant>/meldungen/unfallversicherung")
Answer = str | Redirect | tuple[str, int]


@accident_desk.get("")
@permission("filing.read")
def index(mandant: uuid.UUID) -> str:
    """Was heute gilt, und das Formular für neue Angaben."""
    return _page({})


@accident_desk.post("")
@permission("filing.send")
def record(mandant: uuid.UUID) -> Answer:
    """Setzt die Angaben ab einem Tag."""
    raw = {name: str(value).strip() for name, value in request.form.items()}
    try:
        first = inputs.day(raw.get("gueltig_ab", ""))
        limit = inputs.cents(raw["hoechstentgelt"]) if raw.get("hoechstentgelt") else 0
        given = Unfallangaben(raw.get("traeger", ""), raw.get("unternehmernummer", ""),
                              raw.get("gefahrtarifstelle", ""), limit, raw.get("ohne_entgelt") == "ja")
        with own_session() as session:
            unfall_angaben.record(session, given, valid_from=first, reason=raw.get("grund", ""))
    except (FilingRefused, inputs.InputError) as refused:
        return _page({"traeger": [str(refused)]}), 422
    flash(_("Die Angaben zur Unfallversicherung sind eingetragen."), "success")
    return redirect(url_for("accident.index", mandant=current_mandate().public_id))


def _page(errors: dict[str, list[str]]) -> str:
    with own_session() as session:
        held = unfall_angaben.given_on(session, today())
    limit = hundredths(held.hoechstentgelt_cent) if held and held.hoechstentgelt_cent else ""
    return render_template("payroll/desk/accident.html", held=current_mandate(), given=held, errors=errors, limit=limit,
                           raw=request.form, first=date(today().year, 1, 1))
