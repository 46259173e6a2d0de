"""Jahresmeldung der Zusatzversorgung am Schreibtisch: Personen eines Jahres mit Abschnitten, Punkten und Datei."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from payroll.law.rules.zusatzversorgung.jahresmeldung import meldefrist
from payroll.runs.zusatzversorgung import export, given_out, jahresmeldung
from tenants.db.session import tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing
from tenants.web.shell import settings_of

pension_desk = Blueprint("pension", __name__, url_prefix="/mandanten/<uuid:mandant>/zusatzversorgung")
FIRST, LAST = 2024, 2099
TYPES = {"csv": exports.CSV_TYPE, "xlsx": exports.XLSX_TYPE}


@pension_desk.get("")
@permission("person.read")
def index(mandant: uuid.UUID) -> AnyResponse:
    """Führt zum laufenden Jahr."""
    return redirect(url_for("pension.page", mandant=mandant, jahr=settings_of(current_app).today().year))


@pension_desk.get("/<int:jahr>")
@permission("person.read")
def page(mandant: uuid.UUID, jahr: int) -> str:
    """Alle Versicherten eines Jahres."""
    held, year = current_mandate(), _year(jahr)
    with tenant_session(held.tenant_id, actor=current().login) as session:
        rows = jahresmeldung(session, year)
    found = listing(
        rows,
        columns={"personalnummer": lambda one: one.personalnummer, "name": lambda one: one.name.casefold()},
        searched=lambda one: f"{one.personalnummer} {one.name} {one.kasse}",
        default="personalnummer",
    )
    this = settings_of(current_app).today().year
    sums = {name: sum(one.werte[name] for one in rows) for name in (rows[0].werte if rows else ())}
    return render_template("payroll/desk/pension_year.html", held=held, year=year, listing=found, sums=sums,
                           count=len(rows), due=meldefrist(year), first=FIRST, this=this)


@pension_desk.get("/<int:jahr>/meldung.<art>")
@permission("person.read")
def download(mandant: uuid.UUID, jahr: int, art: str) -> Response:
    """Die Meldung als Datei; die Ausgabe steht im Protokoll."""
    held, year = current_mandate(), _year(jahr)
    if art not in TYPES:
        abort(404)
    with tenant_session(held.tenant_id, actor=current().login) as session:
        rows = jahresmeldung(session, year)
        given_out(session, year, rows, art)
        content = export(art, rows)
    return exports.attachment(content, TYPES[art], f"zusatzversorgung-{held.number}-{year}.{art}")


def _year(year: int) -> int:
    if not FIRST <= year <= LAST:
        abort(404)
    return year
