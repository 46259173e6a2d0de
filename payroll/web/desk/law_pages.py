"""Rechenregeln: Verzeichnis aller Werte, die Seite eines Wertes, Nachweise der mitgelieferten Prüffälle."""

from __future__ import annotations

from datetime import date
from operator import attrgetter

from flask import Blueprint, abort, current_app, render_template, request
from werkzeug.wrappers import Response

from payroll.law.conformance import bundled
from payroll.law.engine.catalogue import Entry
from payroll.web.desk import law_reading
from tenants.web import exports, inputs
from tenants.web.access import permission
from tenants.web.lists import listing
from tenants.web.shell import settings_of

law_desk = Blueprint("law", __name__, url_prefix="/rechenregeln")
HEADER = ("Name", "Titel", "Gebiet", "Art", "Recht", "Einheit")


@law_desk.get("")
@permission("run.read")
def index() -> str | Response:
    """Alle Werte eines Monats, nach Gebiet und Art zu filtern."""
    month = _month()
    area, art, wanted = (request.args.get(name, "") for name in ("gebiet", "art", "offen"))
    known = list(law_reading.entries(month).values())
    found = listing(
        [e for e in known if area in ("", e.area) and art in ("", e.art) and law_reading.is_open(e, wanted, month)],
        columns={"titel": attrgetter("title"), "gebiet": attrgetter("area"), "recht": attrgetter("law")},
        searched=lambda entry: f"{entry.title} {entry.name} {entry.law}",
        default="titel",
        keep=("gebiet", "art", "offen", "monat"),
    )
    if kind := request.args.get("format"):
        return exports.respond(kind, f"rechenregeln-{month:%Y-%m}", HEADER, [_cells(entry) for entry in found.rows])
    return render_template(
        "payroll/desk/law.html",
        month=month,
        listing=found,
        area=area,
        art=art,
        wanted=wanted,
        areas=law_reading.AREAS,
        arts=law_reading.ARTS,
        open_words=law_reading.OPEN,
    )


@law_desk.get("/<name>")
@permission("run.read")
def value(name: str) -> str:
    """Ein Wert: Recht, Formel, Geschichte mit Quelle und Stand, woraus und wofür."""
    month = _month()
    page = law_reading.page(month, name)
    if page is None:
        abort(404)
    return render_template(
        "payroll/desk/law_value.html",
        month=month,
        page=page,
        areas=law_reading.AREAS,
        arts=law_reading.ARTS,
        units=law_reading.UNIT_WORDS,
        status_words=law_reading.STATUS_WORDS,
        in_force=law_reading.in_force,
        reachable=_reachable,
    )


@law_desk.get("/nachweise")
@permission("run.read")
def proofs() -> str:
    """Mitgelieferte Prüffälle, mit diesem Programm nachgerechnet."""
    checked = bundled.results()
    passed, failed = bundled.totals(checked)
    return render_template("payroll/desk/proofs.html", checked=checked, passed=passed, failed=failed)


def _cells(entry: Entry) -> tuple[str, ...]:
    area = str(law_reading.AREAS.get(entry.area, entry.area))
    return (entry.name, entry.title, area, entry.art, entry.law, entry.unit)


def _month() -> date:
    """Monat der Adresse, sonst der laufende; davor und danach kennt das Programm kein Recht."""
    today = settings_of(current_app).today().replace(day=1)
    try:
        month = inputs.month(request.args["monat"]) if request.args.get("monat") else today
    except inputs.InputError:
        return today
    return month if _reachable(month) else today


def _reachable(month: date) -> bool:
    """Ob das Recht dieses Monats gezeigt werden kann."""
    today = settings_of(current_app).today()
    return month.year in range(today.year - 1, today.year + 2)
