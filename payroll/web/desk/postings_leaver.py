"""Arbeitsbescheinigung am Schreibtisch (§ 312 SGB III)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import arbeitsbescheinigung
from payroll.filings.meldungen.beendigung import ENDEN, Beendigung
from payroll.web.desk.payment_reading import own_session, today
from tenants.web import inputs
from tenants.web.access import permission
from tenants.web.identity import current_mandate

leaver_desk = Blueprint("leaver", __name__, url_prefix="/mandanten/<uuid:mandant>/meldungen/arbeitsbescheinigung")
T = TypeVar("T")
Answer = str | Redirect | tuple[str, int]


@leaver_desk.get("")
@permission("filing.send")
def form(mandant: uuid.UUID) -> str:
    """Das Formular der Bescheinigung."""
    return _page({})


@leaver_desk.post("")
@permission("filing.send")
def create(mandant: uuid.UUID) -> Answer:
    """Erstellt die Bescheinigung als Meldung, die eine zweite Person freigibt."""
    raw: dict[str, str] = defaultdict(str, {name: str(value).strip() for name, value in request.form.items()})
    errors: dict[str, list[str]] = {}

    def read(field: str, kind: Callable[[str], T], empty: T) -> T:
        try:
            return kind(raw[field]) if raw[field] or field == "verlangt" else empty
        except inputs.InputError as refused:
            errors[field] = [str(refused)]
            return empty

    # Nobody is noted as dismissed, or without fault, because that was the first of a list (§ 159 SGB III).
    errors.update({field: [_("Bitte wählen")] for field in ("ende", "vertragswidrig") if not raw[field]})
    asked = read("verlangt", inputs.day, date.max)
    end = Beendigung(raw["ende"], read("erklaert", _day, None), raw["grund"], raw["frist"],
                     raw["vertragswidrig"] == "ja", read("abfindung", inputs.cents, 0))
    if errors:
        return _page(errors), 422
    try:
        with own_session() as session:
            made = arbeitsbescheinigung.request(session, raw["personalnummer"], end, asked=asked).meldung.public_id
    except FilingRefused as refused:
        return _page({"personalnummer": [str(refused)]}), 422
    flash(_("Die Bescheinigung ist erstellt. Freigeben muss eine zweite Person."), "success")
    return redirect(url_for("filings.page", mandant=current_mandate().public_id, meldung=made))


def _day(text: str) -> date | None:
    return inputs.day(text)


def _page(errors: dict[str, list[str]]) -> str:
    return render_template("payroll/desk/leaver.html", held=current_mandate(), errors=errors, raw=request.form,
                           ends=list(ENDEN.items()), today=today())
