"""Personenliste eines Mandanten: suchen, sortieren, blättern, ausgeben."""

from __future__ import annotations

import uuid
from operator import attrgetter

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from payroll.web.desk.people_reading import ARTEN, PersonRow, people
from tenants.db.session import tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing
from tenants.web.shell import settings_of

people_desk = Blueprint("people", __name__, url_prefix="/mandanten/<uuid:mandant>/personen")

COLUMNS = {
    "name": lambda row: f"{row.nachname} {row.vorname}",
    "personalnummer": attrgetter("personalnummer"),
    "art": attrgetter("art"),
    "gruppe": attrgetter("gruppe"),
    "stunden": attrgetter("stunden"),
    "eintritt": attrgetter("eintritt"),
    "austritt": attrgetter("austritt"),
    "kostenstelle": attrgetter("kostenstelle"),
}
HEADER = (
    "Personalnummer",
    "Nachname",
    "Vorname",
    "Geburtsdatum",
    "Art",
    "Gruppe / Stufe",
    "Wochenstunden",
    "Eintritt",
    "Austritt",
    "Kostenstelle",
)


@people_desk.get("")
@permission("person.read")
def index(mandant: uuid.UUID) -> str | Response:
    """Liste der Beschäftigungen; ohne Wahl nur die heute bestehenden."""
    held, today = current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        rows = people(session, today)
    everyone = request.args.get("alle") == "1"
    shown = listing(
        rows if everyone else [row for row in rows if row.active(today)],
        columns=COLUMNS,
        searched=lambda row: f"{row.vorname} {row.nachname} {row.personalnummer} {row.gruppe} {row.kostenstelle}",
        default="name",
        keep=("alle",),
    )
    if kind := request.args.get("format"):
        return exports.respond(kind, f"personen-{held.number}", HEADER, [_exported(row) for row in shown.rows])
    return render_template(
        "payroll/desk/people.html", held=held, listing=shown, everyone=everyone, arten=ARTEN, total=len(rows)
    )


def _exported(row: PersonRow) -> tuple[object, ...]:
    return (
        row.personalnummer,
        row.nachname,
        row.vorname,
        row.geburtsdatum,
        ARTEN.get(row.art, row.art),
        row.gruppe,
        row.stunden,
        row.eintritt,
        row.austritt,
        row.kostenstelle,
    )
