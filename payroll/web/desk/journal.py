"""Buchungen am Schreibtisch: Journale, Konten mit Summen, verdichtete Zeilen mit Filter, Übergabe als CSV oder EXTF."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Redirect

from payroll.filings import handover
from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import abgleich
from payroll.postings import service
from payroll.postings.accounts import title
from payroll.postings.errors import PostingRefused
from payroll.postings.zeilen import balances, condensed
from payroll.runs.errors import RunRefused
from payroll.runs.models import Lauf
from payroll.web.desk import of_year
from payroll.web.desk.payment_reading import own_session
from tenants.web import exports, inputs
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current_mandate
from tenants.web.lists import listing

journal_desk = Blueprint("journal", __name__, url_prefix="/mandanten/<uuid:mandant>/buchungen")
Answer = str | Redirect | tuple[str, int]


@journal_desk.get("")
@permission("posting.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Journale und abgeschlossene Monate ohne Journal."""
    return _index({})


@journal_desk.post("/buchen")
@permission("filing.send")
def create(mandant: uuid.UUID) -> Answer:
    """Bucht einen abgeschlossenen Monat; noch einmal ist es dasselbe Journal."""
    try:
        month = inputs.month(str(request.form.get("monat", "")))
        with own_session() as session:
            service.create(session, month)
    except (PostingRefused, RunRefused, inputs.InputError) as refused:
        return _index({"monat": [str(refused)]}), 422
    flash(_("Gebucht. Übergeben lässt sich das Journal, wenn auch der Zahlungsauftrag erstellt ist."), "success")
    return redirect(url_for("journal.page", mandant=current_mandate().public_id, monat=f"{month:%Y-%m}"))


@journal_desk.get("/<monat>")
@permission("posting.read")
def page(mandant: uuid.UUID, monat: str) -> str | Response:
    """Konten mit Soll und Haben, verdichtete Zeilen ohne Personen; auf Wunsch eines Kontos oder einer Kostenstelle."""
    return _page(_month(monat), {})


@journal_desk.post("/<monat>/datei")
@permission("posting.release")
@shows_answer
def hand_over(mandant: uuid.UUID, monat: str) -> Answer | Response:
    """Die Übergabedatei; nur wenn Abrechnungen, Journal und Zahlungen dieselbe Summe haben."""
    month, kind = _month(monat), str(request.form.get("art", "csv"))
    try:
        if kind not in handover.KINDS:
            raise FilingRefused(_("Diese Art von Datei gibt es nicht."))
        with own_session() as session:
            content, name = handover.hand_over(session, month, kind)
    except FilingRefused as refused:
        return _page(month, {"datei": [str(refused)]}), 422
    return exports.attachment(content, exports.CSV_TYPE if kind == "csv" else "text/csv; charset=windows-1252", name)


def _index(errors: dict[str, list[str]]) -> str:
    with own_session() as session:
        rows = service.journals(session)
        booked = {one.monat for one in rows}
        months = [month for month in session.scalars(select(Lauf.monat).where(Lauf.zustand == "abgeschlossen")
                                                     .order_by(Lauf.monat.desc())) if month not in booked]
        return render_template("payroll/desk/journals.html", held=current_mandate(), months=months, errors=errors,
                               of=of_year.chosen(rows, lambda one: (one.monat.year,)))


def _page(month: date, errors: dict[str, list[str]]) -> Any:
    wanted = {name: request.args.get(name, "") for name in ("konto", "kostenstelle")}
    with own_session() as session:
        try:
            journal = service.find(session, month)
        except (PostingRefused, RunRefused):
            abort(404)
        lines = condensed(session, journal)
        centres = sorted({one.kostenstelle for one in lines if one.kostenstelle})
        rows = [one for one in lines if wanted["konto"] in ("", one.konto)
                and wanted["kostenstelle"] in ("", one.kostenstelle)]
        shown = listing(rows, columns={"konto": lambda one: (one.konto, one.kostenstelle, one.produkt, one.monat),
                                       "betrag": lambda one: one.betrag},
                        searched=lambda one: f"{one.konto} {title(one.schluessel)} {one.kostenstelle} {one.produkt}",
                        default="konto")
        if "format" in request.args and not errors:
            header = [_("Monat der Herkunft"), _("Konto"), _("Bezeichnung"), _("Kostenstelle"), _("Produkt"),
                      _("Seite"), _("Betrag"), _("Fälle")]
            return exports.respond(request.args["format"], f"journal-{month:%Y-%m}", header, (
                [one.monat, one.konto, title(one.schluessel), one.kostenstelle, one.produkt, one.seite,
                 exports.euros(one.betrag), one.faelle] for one in shown.rows))
        sums = {side: sum(one.betrag for one in rows if one.seite == side) for side in ("S", "H")}
        checks, problem = abgleich.shown(session, month)
        return render_template(
            "payroll/desk/journal.html", held=current_mandate(), journal=journal, listing=shown, wanted=wanted,
            balances=balances(session, journal), centres=centres, sums=sums, title=title, errors=errors,
            checks=checks, problem=problem)


def _month(text: str) -> date:
    try:
        return inputs.month(text)
    except inputs.InputError:
        abort(404)
