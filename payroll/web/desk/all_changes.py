"""Was sich geändert hat und warum, über alle Arbeitgeber des Auftrags: nach Ursache, Betrag und Arbeitgeber."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, current_app, render_template, request
from werkzeug.wrappers import Response

from payroll.runs.wandel import alle
from payroll.runs.wandel.anteile import ARTEN
from payroll.web.desk.changes import KIND_WORDS, least
from payroll.web.desk.run_reading import previous_month
from tenants.db.session import tenant_session
from tenants.web import exports, inputs, lists
from tenants.web.access import permission
from tenants.web.identity import current
from tenants.web.shell import settings_of

all_change_desk = Blueprint("allchanges", __name__, url_prefix="/aenderungen")
COLUMNS = {
    "arbeitgeber": lambda row: lists.sort_key(row.arbeitgeber),
    "name": lambda row: lists.sort_key(row.wandel.name),
    "art": lambda row: list(ARTEN).index(row.anteil.art),
    "wirkung": lambda row: row.anteil.wirkung,
    "groesse": lambda row: abs(row.anteil.wirkung),
}


@all_change_desk.get("")
@permission("run.read")
def page() -> str | Response:
    """Alle Ursachen eines Monats bei allen Arbeitgebern, deren Läufe der Mensch sehen darf."""
    me, month = current(), _month()
    kind, wanted = request.args.get("art", ""), request.args.get("arbeitgeber", "")
    chosen = alle.Auswahl(kind if kind in ARTEN else "", least())
    mandates = me.holding("run.read")
    rows: list[alle.Eintrag] = []
    sums: list[alle.Summe] = []
    links = {}
    for held in mandates:
        if wanted in ("", held.number):
            with tenant_session(held.tenant_id, actor=me.login) as session:
                total, found = alle.of_employer(session, f"{held.number} {held.name}", month, chosen)
            links[total.arbeitgeber] = held
            rows += found
            sums += [total] if total.abrechnungen else []
    listing = lists.listing(rows, columns=COLUMNS, searched=_searched, default="arbeitgeber",
                            keep=("art", "mindestens", "arbeitgeber", "monat"))
    export = request.args.get("format")
    if export:
        return exports.respond(export, f"aenderungen-{month:%Y-%m}", alle.HEADER, map(_exported, listing.rows))
    return render_template("payroll/desk/all_changes.html", month=month, before=previous_month(month), listing=listing,
                           sums=sums, links=links, kinds=KIND_WORDS, kind=chosen.art, wanted=wanted,
                           employers=[(held.number, f"{held.number} {held.name}") for held in mandates],
                           least=request.args.get("mindestens", ""),
                           shown_sum=sum(row.anteil.wirkung for row in rows))


def _month() -> date:
    """Der Monat der Adresse, sonst der laufende."""
    try:
        return inputs.month(request.args["monat"])
    except (KeyError, inputs.InputError):
        return settings_of(current_app).today().replace(day=1)


def _searched(row: alle.Eintrag) -> str:
    return f"{row.wandel.personalnummer} {row.wandel.name} {row.arbeitgeber}"


def _exported(row: alle.Eintrag) -> tuple[object, ...]:
    return (*row.plain(), exports.euros(row.anteil.wirkung), row.belege)
