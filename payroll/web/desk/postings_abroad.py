"""Antrag auf eine A1-Bescheinigung am Schreibtisch."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import entsendung
from payroll.filings.meldungen.entsendung import STAATEN, Reise
from payroll.web.desk.payment_reading import own_session
from tenants.web import inputs
from tenants.web.access import permission
from tenants.web.identity import current_mandate

abroad_desk = Blueprint("abroad", __name__, url_prefix="/mandanten/<uuid:mandant>/meldungen/a1-antrag")
Answer = str | Redirect | tuple[str, int]


@abroad_desk.get("")
@permission("filing.send")
def form(mandant: uuid.UUID) -> str:
    """Das Formular des Antrags."""
    return _page({})


@abroad_desk.post("")
@permission("filing.send")
def create(mandant: uuid.UUID) -> Answer:
    """Erstellt den Antrag als Meldung, die eine zweite Person freigibt."""
    raw = {name: str(value).strip() for name, value in request.form.items()}
    try:
        trip = Reise(raw.get("staat", ""), inputs.day(raw.get("von", "")), inputs.day(raw.get("bis", "")),
                     raw.get("ort", ""), raw.get("stelle", ""))
        with own_session() as session:
            made = entsendung.request(session, raw.get("personalnummer", ""), trip).meldung.public_id
    except (FilingRefused, inputs.InputError) as refused:
        return _page({"personalnummer": [str(refused)]}), 422
    flash(_("Der Antrag ist erstellt. Freigeben muss eine zweite Person."), "success")
    return redirect(url_for("filings.page", mandant=current_mandate().public_id, meldung=made))


def _page(errors: dict[str, list[str]]) -> str:
    return render_template("payroll/desk/abroad.html", held=current_mandate(), errors=errors, raw=request.form,
                           states=[(key, f"{name} ({key})") for key, name in STAATEN.items()])
