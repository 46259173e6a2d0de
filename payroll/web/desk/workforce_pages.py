"""Kennzahlen zu den Beschäftigten: Seite, CSV und XLSX, Bericht für den Rat als PDF."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import gettext as _

from payroll.budget import workforce
from payroll.budget.people import Tafel, Zelle
from payroll.budget.workforce import HIDDEN
from payroll.statements import figures_pdf
from staffplan import settings
from tenants import audit
from tenants.db.session import tenant_session
from tenants.web import exports, inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

workforce_desk = Blueprint("workforce", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenplan/beschaeftigte")
HEADER = ("Tabelle", "Zeile", "Merkmal", "Wert")


@workforce_desk.get("")
@permission("person.read")
def index(mandant: uuid.UUID) -> str | Response:
    """Alle Kennzahlen eines Tages."""
    day = _day()
    found, smallest = _read(day)
    if kind := request.args.get("format"):
        return exports.respond(kind, f"kennzahlen-{current_mandate().number}-{day:%Y-%m-%d}", HEADER, _flat(found))
    return render_template("payroll/desk/workforce.html", held=current_mandate(), day=day, tables=found,
                           smallest=smallest, text=text)


@workforce_desk.get("/bericht.pdf")
@permission("person.read")
def report(mandant: uuid.UUID) -> Response:
    """Dieselben Zahlen als Bericht für Rat oder Kreistag."""
    day, held = _day(), current_mandate()
    found, smallest = _read(day)
    notes = [f"Gruppen unter {smallest} Personen bleiben verborgen, auch wo sie sich aus Summen erschließen ließen.",
             "Krankheitstage: Durchschnitt in Kalendertagen, nur für große Gruppen."]
    made = figures_pdf.render(held.name, day, [
        (one.titel, one.spalten, [[text(cell) for cell in row] for row in one.zeilen]) for one in found], notes)
    return exports.attachment(made, "application/pdf", f"kennzahlen-{held.number}-{day:%Y-%m-%d}.pdf")


@workforce_desk.get("/gleichstellung.pdf")
@permission("person.read")
def equality(mandant: uuid.UUID) -> Response:
    """Bestandsaufnahme und Prognose für den Gleichstellungsplan (§§ 5, 6 LGG NRW)."""
    day, held = _day(), current_mandate()
    found, smallest = _read(day)
    notes = [f"Gruppen und Teile unter {smallest} Personen bleiben verborgen, auch wo sie sich erschließen ließen.",
             "Gezählt ist, bei wem das Geschlecht erfasst ist. Unter der Hälfte heißt unterrepräsentiert; Ziele und",
             "Maßnahmen des Plans beschließt das zuständige Gremium, spätestens alle fünf Jahre neu."]
    own = [one for one in found if one.schluessel.startswith("frauen")]
    if not own:
        notes.append("Bei niemandem ist das Geschlecht erfasst: bei den Personen oder durch Einlesen nachtragen.")
    made = figures_pdf.render(held.name, day, [
        (one.titel, one.spalten, [[text(cell) for cell in row] for row in one.zeilen]) for one in own], notes,
        "Zahlen zum Gleichstellungsplan")
    return exports.attachment(made, "application/pdf", f"gleichstellung-{held.number}-{day:%Y-%m-%d}.pdf")


def _read(day: date) -> tuple[list[Tafel], int]:
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        smallest = settings.of(session, day).kleinste_gruppe
        found = workforce.tables(session, day, smallest)
        audit.record_reading(session, "kennzahlen.gelesen", "beschaeftigte", {"tag": day.isoformat()})
    return found, smallest


def _day() -> date:
    try:
        return inputs.day(request.args.get("tag", ""))
    except inputs.InputError:
        return settings_of(current_app).today()


def _flat(found: Sequence[Tafel]) -> Iterator[tuple[Any, ...]]:
    for one in found:
        for row in one.zeilen:
            label, first = (str(row[0]), 1) if len(one.spalten) > 2 or isinstance(row[0], str) else ("", 0)
            for head, cell in zip(one.spalten[first:], row[first:], strict=True):
                yield one.titel, label, head, HIDDEN if cell is None else cell


def text(cell: Zelle) -> str:
    """Eine Zelle als Text."""
    if cell is None:
        return str(_("verborgen"))
    return str(cell).replace(".", ",") if isinstance(cell, Decimal) else str(cell)
