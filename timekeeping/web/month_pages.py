"""Zeitmonat: Personen mit Stunden und Befunden, Abschluss; eine Person mit jedem Tag und jedem Zuschlag."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answered

from tenants import audit
from tenants.db.session import TenantSession
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from tenants.web.lists import listing
from timekeeping.handover import closing
from timekeeping.imports.problems import ImportFehler
from timekeeping.month_overview import Personenmonat, overview
from timekeeping.person_month import Lebenslage, person_month
from timekeeping.web import sharing

timemonth_desk = Blueprint("timemonth", __name__, url_prefix="/mandanten/<uuid:mandant>/zeiten/monate/<monat>")
Answer = str | tuple[str, int] | Answered
HEADER = ("Personalnummer", "Name", "Arbeitszeit", "Tage mit Arbeit", "Tage abwesend", "Befunde")
COLUMNS: dict[str, Any] = {
    "name": lambda row: row.kopf.name, "nummer": lambda row: row.kopf.personalnummer,
    "minuten": lambda row: -row.bild.minuten, "befunde": lambda row: -len(row.bild.befunde),
}


@dataclass(frozen=True)
class Reihe:
    """Eine Person im Monat."""

    kopf: sharing.Kopf
    bild: Personenmonat


@timemonth_desk.get("")
@permission("time.read", by_unit=True)
def page(mandant: uuid.UUID, monat: str) -> str | Response:
    """Alle Personen des Monats und sein Abschluss."""
    month = sharing.month_of_address(monat)
    with sharing.session() as session:
        return _page(session, month)


@timemonth_desk.post("/abschliessen")
@permission("time.approve")
def close(mandant: uuid.UUID, monat: str) -> Answer:
    """Schließt den Zeitmonat ab und übergibt seine Mengen der Abrechnung."""
    month = sharing.month_of_address(monat)
    with sharing.session() as session:
        try:
            with session.begin_nested():
                row = closing.close(session, sharing.ports().stock(session, month), month,
                                    feiertag=sharing.text("feiertag") or None, grund=sharing.text("grund"))
        except ImportFehler as refused:
            page = _page(session, month, str(refused))
            assert isinstance(page, str)
            return page, 422
        paid = f"{row.zahlmonat:%m/%Y}"
    flash(_("Der Zeitmonat ist abgeschlossen; gezahlt wird im %(month)s. Was noch kommt, ist Nachtrag.", month=paid),
          "success")
    return redirect(url_for("timemonth.page", mandant=mandant, monat=monat))


@timemonth_desk.get("/<uuid:beschaeftigung>")
@permission("time.read", by_unit=True)
def person(mandant: uuid.UUID, monat: str, beschaeftigung: uuid.UUID) -> str:
    """Jeder Tag einer Person: Anwesenheit, Zuschläge mit Grund, Befunde, was die Abrechnung bekommt."""
    month = sharing.month_of_address(monat)
    with sharing.session() as session:
        who = next((one for one in sharing.people(session, month) if one.kennung == beschaeftigung), None)
        if who is None:
            abort(404)
        stock = sharing.ports().stock(session, month)
        view = person_month(session, stock, month, who.id, Lebenslage(who.geboren))
        money = (sharing.ports().priced(session, month, who.id, view.mengen)
                 if current_mandate().may("run.read") and view.mengen else [])
        audit.record_reading(session, "zeitmonat.gelesen", f"person:{who.person}", {"monat": f"{month:%Y-%m}"})
    return render_template("timekeeping/person_month.html", held=current_mandate(), month=month, who=who, view=view,
                           money=money, clock=sharing.clock, before=closing.later(month, -1),
                           after=closing.later(month, 1), closed=month in stock.geschlossen)


def _page(session: TenantSession, month: date, refused: str | None = None) -> str | Response:
    people, closed = sharing.people_by_id(session, month), closing.month_row(session, month)
    born = {number: Lebenslage(one.geboren) for number, one in people.items()}
    found = overview(session, month, born)
    rows = [Reihe(people[one.beschaeftigung_id], one) for one in found if one.beschaeftigung_id in people]
    shown = listing(rows, columns=COLUMNS, default="name",
                    searched=lambda row: f"{row.kopf.personalnummer} {row.kopf.name}")
    if request.method == "GET" and (kind := request.args.get("format")):
        return exports.respond(kind, f"zeitmonat-{current_mandate().number}-{month:%Y-%m}", HEADER,
                               map(_exported, shown.rows))
    return render_template(
        "timekeeping/month.html", held=current_mandate(), month=month, listing=shown, closed=closed, refused=refused,
        raw=request.form, clock=sharing.clock, holiday=any(row.bild.feiertagsarbeit for row in rows),
        before=closing.later(month, -1), after=closing.later(month, 1), over=closing.month_end(month) < sharing.today())


def _exported(row: Reihe) -> tuple[object, ...]:
    return (row.kopf.personalnummer, row.kopf.name, sharing.clock(row.bild.minuten), row.bild.arbeitstage,
            row.bild.abwesend, "; ".join(f"{one.tag:%d.%m.} {one.paragraf}: {one.text}" for one in row.bild.befunde))
