"""Das Angebot auf der Seite der Bewerbung: annehmen oder ablehnen, fehlende Angaben für die Abrechnung."""

from __future__ import annotations

import uuid

from flask import Response, current_app, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answered

from jobportal import hiring
from jobportal.errors import Refused
from jobportal.public.door import SECRET, board, to, today
from jobportal.public.secret import Opened, opened, private
from tenants.web.access import public

FUNDS = "kreislohn.stellenmarkt.kassen"


@board.get("/meine/<uuid:arbeitgeber>/<zeichen>/angebot")
@public(SECRET, personal=True)
def offer(arbeitgeber: uuid.UUID, zeichen: str) -> Response | Answered:
    """Das Angebot und, nach der Annahme, das Formular."""
    with opened(arbeitgeber, zeichen) as held:
        if hiring.of(held.session, held.row) is None:
            return private(redirect(to("status", **held.place)))  # type: ignore[arg-type]  # a redirect is a response
        return _page(held, {})


@board.post("/meine/<uuid:arbeitgeber>/<zeichen>/angebot")
@public(SECRET, personal=True)
def offer_store(arbeitgeber: uuid.UUID, zeichen: str) -> Response | Answered | tuple[Response, int]:
    """Antwort auf das Angebot oder die Angaben."""
    with opened(arbeitgeber, zeichen) as held:
        action = request.form.get("was", "")
        if hiring.of(held.session, held.row) is None:
            return private(redirect(to("status", **held.place), 303))  # type: ignore[arg-type]  # as above
        try:
            if action in ("annehmen", "ablehnen"):
                hiring.answer(held.session, held.row, action == "annehmen")
            else:
                given = hiring.read(request.form)
                errors = hiring.problems(given, _funds(held), today(), civil=_civil(held))
                if errors:
                    return _page(held, errors), 422
                hiring.store(held.session, held.row, given)
        except Refused:
            return _page(held, {"": [_("Das ist gerade nicht möglich.")]}), 409
        return private(redirect(to("offer", **held.place), 303))  # type: ignore[arg-type]  # a redirect is a response


def _page(held: Opened, errors: dict[str, list[str]]) -> Response:
    made = hiring.of(held.session, held.row)
    labels = {"geburtsdatum": _("Geburtsdatum"), "strasse": _("Straße"), "plz": _("Postleitzahl"),
              "ort": _("Ort"), "steuer_id": _("Steuer-ID"),
              "sv_nummer": _("Versicherungsnummer der Rentenversicherung"), "steuerklasse": _("Steuerklasse"),
              "konfession": _("Kirchensteuer"), "krankenkasse": _("Krankenkasse"), "iban": "IBAN",
              "kv_art": _("Krankenversicherung"), "kinder": _("Haben Sie Kinder?"),
              "pkv_beitrag": _("Beitrag zur privaten Krankenversicherung im Monat, Euro"),
              "pkv_basis": _("davon für die Basisabsicherung, Euro"),
              "ppv_beitrag": _("Beitrag zur privaten Pflegeversicherung im Monat, Euro")}
    page = render_template("board/offer.html", slip=held.slip, employer=held.slip.arbeitgeber, row=held.row, made=made,
                           place=held.place, errors=errors, labels=labels, raw=request.form, funds=_funds(held),
                           civil=_civil(held))
    return private(Response(page, content_type="text/html; charset=utf-8"))


def _civil(held: Opened) -> bool:
    made = hiring.of(held.session, held.row)
    return made is not None and hiring.contract(made).besoldet


def _funds(held: Opened) -> list[str]:
    found: list[str] = current_app.extensions[FUNDS](held.session)
    return found
