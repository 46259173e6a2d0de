"""Jahresende am Schreibtisch: Liste bis zum Abschluss, Rückstellungen, Lohnkonto einer Person."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Redirect

from payroll.filings.jahresende import ausgabe, liste, lohnkonto, rueckstellungen
from payroll.masterdata.models import Beschaeftigung, Person
from payroll.web.desk import month_range
from payroll.web.desk.payment_reading import own_session, today
from tenants import audit
from tenants.web import exports
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current_mandate

year_desk = Blueprint("yearend", __name__, url_prefix="/mandanten/<uuid:mandant>/jahresende")
account_desk = Blueprint("wageaccount", __name__,
                         url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>/lohnkonto")
FIRST, LAST = 2024, 2099


@year_desk.get("")
@permission("filing.read")
def index(mandant: uuid.UUID) -> str:
    """Die Liste des laufenden Jahres (im ersten Vierteljahr des vorigen)."""
    return _page(today().year - (today().month <= 3))


@year_desk.get("/<int:jahr>")
@permission("filing.read")
def page(mandant: uuid.UUID, jahr: int) -> str:
    """Die Schritte eines Jahres."""
    return _page(jahr)


@year_desk.post("/<int:jahr>/rueckstellungen")
@permission("posting.release")
@shows_answer
def provisions(mandant: uuid.UUID, jahr: int) -> Response:
    """Rückstellungen zum Jahresende als Datei; die Ausgabe steht im Protokoll."""
    _year(jahr)
    with own_session() as session:
        rows = rueckstellungen.provisions(session, jahr)
        audit.record(session, "rueckstellung.ausgegeben", f"jahr:{jahr}", {"anzahl": len(rows)})
    return exports.respond("csv", f"rueckstellungen-{jahr}", ausgabe.PROVISIONS, ausgabe.provision_rows(rows))


@account_desk.get("")
@permission("slip.read_all")
def latest(mandant: uuid.UUID, person: uuid.UUID) -> Redirect:
    """Das Lohnkonto des laufenden Jahres."""
    with own_session() as session:
        if session.scalars(select(Person.id).where(Person.public_id == person)).first() is None:
            abort(404)
    return redirect(url_for("wageaccount.account", mandant=mandant, person=person, jahr=today().year))


@account_desk.get("/<int:jahr>")
@permission("slip.read_all")
def account(mandant: uuid.UUID, person: uuid.UUID, jahr: int) -> str | Response:
    """Lohnkonten einer Person in einem Jahr, je Beschäftigung eines; das Lesen steht im Protokoll."""
    _year(jahr)
    with own_session() as session:
        jobs = session.execute(select(Beschaeftigung.id, Beschaeftigung.personalnummer).join(
            Person, Person.id == Beschaeftigung.person_id).where(Person.public_id == person)
            .order_by(Beschaeftigung.personalnummer)).all()
        if not jobs:
            abort(404)
        found = [one for job in jobs for one in lohnkonto.accounts(session, jahr, job=job.id)]
        audit.record_reading(session, "lohnkonto.gelesen", f"person:{person}", {"jahr": jahr})
    if "format" in request.args:
        if not found:
            abort(404)
        wanted = [one for one in found if request.args.get("nummer", one.personalnummer) == one.personalnummer]
        chosen = wanted[0] if wanted else found[0]
        return exports.respond(request.args["format"], f"lohnkonto-{chosen.personalnummer}-{jahr}",
                               ausgabe.account_header(chosen), ausgabe.account_rows(chosen))
    return render_template("payroll/desk/wage_account.html", held=current_mandate(), accounts=found, year=jahr,
                           person=person, titles=lohnkonto.TITLE, first=FIRST,
                           numbers=", ".join(job.personalnummer for job in jobs), today=today())


def _page(year: int) -> str:
    _year(year)
    values: dict[str, Any] = {"held": current_mandate(), "year": year}
    with own_session() as session:
        values["steps"] = liste.steps(session, year)
        first = month_range.first_month(session, today())
    words = {True: ("success", _("getan")), False: ("warning", _("offen")), None: ("info", _("später"))}
    return render_template("payroll/desk/year_end.html", words=words, **values,
                           place=lambda step: _place(step, year, first, month_range.last_month(today())))


def _place(step: liste.Schritt, year: int, first: date, last: date) -> str:
    """Adresse der Liste, um die es geht: dieses Jahr, diese Art, der Lauf des Monats, der fehlt (sonst Dezember)."""
    if step.wo == "law.index":
        return url_for(step.wo)
    mandate = current_mandate().public_id
    if step.wo == "runs.index":
        month = min(max(step.monat or date(year, 12, 1), first), last)
        return url_for("runs.page", mandant=mandate, monat=f"{month:%Y-%m}")
    of = step.monat.year if step.monat is not None else year
    return url_for(step.wo, mandant=mandate, jahr=of, **({"art": step.art} if step.art else {}))


def _year(year: int) -> None:
    if not FIRST <= year <= LAST:
        abort(404)
