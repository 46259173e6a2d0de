"""Was wäre wenn: Szenarien anlegen, je Mandant und Monat ansehen, nebeneinander vergleichen, löschen."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.law.encode import TARIFWERKE
from payroll.runs.errors import RunRefused
from payroll.runs.whatif import gemerkt
from payroll.runs.whatif.massnahmen import Massnahme, Szenario, SzenarioFehler
from payroll.web.desk import whatif_form, whatif_reading
from payroll.web.desk.whatif_reading import Plan, plans
from tenants.db.session import tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import HeldMandate, current

whatif_desk = Blueprint("whatif", __name__, url_prefix="/szenarien")
MOST = 4
HEADER = ("Szenario", "Mandant", "Monat", "Personen", "Betroffen", "Brutto heute", "Brutto danach", "Kosten heute",
          "Kosten danach", "Mehrkosten")
Answer = str | Response | tuple[str, int]


@whatif_desk.get("")
@permission(gemerkt.RIGHT)
def index() -> str:
    """Gemerkte Szenarien, das Formular, die Auswahl zum Vergleichen."""
    return _index()


@whatif_desk.post("")
@permission(gemerkt.RIGHT)
def create() -> Answer:
    """Rechnet ein neues Szenario bei den gewählten Mandanten und merkt es; alles oder nichts."""
    number = uuid.uuid4()
    try:
        szenario = whatif_form.parsed(request.form, request.form.getlist("tarifwerke"), _built_on())
        _compute(number, szenario, _chosen())
    except (SzenarioFehler, RunRefused) as refused:
        return _index(str(refused)), 422
    return redirect(url_for("whatif.page", szenario=number))


@whatif_desk.get("/<uuid:szenario>")
@permission(gemerkt.RIGHT)
def page(szenario: uuid.UUID) -> str | Response:
    """Ein Szenario: Maßnahmen, Kosten je Mandant und Monat als Bild und Tabelle."""
    plan = _one(szenario)
    export = request.args.get("format")
    if export:
        return exports.respond(export, "szenario", HEADER, _exported([plan]))
    picture = whatif_reading.chart(plan, plan.months, whatif_reading.scale_of([plan]))
    return render_template("payroll/desk/whatif_scenario.html", plan=plan, chart=picture,
                           words=whatif_reading.words, by_month=whatif_reading.by_month(plan))


@whatif_desk.get("/vergleich")
@permission(gemerkt.RIGHT)
def compare() -> str | Response:
    """Bis zu vier Szenarien nebeneinander, in gleichem Maßstab."""
    wanted = request.args.getlist("s")[:MOST]
    found = [plan for plan in plans(current()) if str(plan.kennung) in wanted]
    found.sort(key=lambda plan: wanted.index(str(plan.kennung)))
    export = request.args.get("format")
    if export and found:
        return exports.respond(export, "szenarien", HEADER, _exported(found))
    months, scale = sorted({month for plan in found for month in plan.months}), whatif_reading.scale_of(found)
    charts = [whatif_reading.chart(plan, months, scale) for plan in found]
    return render_template("payroll/desk/whatif_compare.html", found=found, months=months, charts=charts, most=MOST,
                           words=whatif_reading.words)


@whatif_desk.post("/<uuid:szenario>/rechnen")
@permission(gemerkt.RIGHT)
def again(szenario: uuid.UUID) -> Answer:
    """Rechnet mit heutigem Wissen noch einmal, bei denselben Mandanten."""
    plan = _one(szenario)
    try:
        for part in plan.bei:
            with tenant_session(part.held.tenant_id, actor=current().login) as session:
                row = gemerkt.find(session, szenario)
                if row is not None:
                    gemerkt.keep(session, gemerkt.szenario_of(row), szenario)
    except (SzenarioFehler, RunRefused) as refused:
        flash(str(refused), "danger")
    return redirect(url_for("whatif.page", szenario=szenario))


@whatif_desk.post("/<uuid:szenario>/loeschen")
@permission(gemerkt.RIGHT)
def delete(szenario: uuid.UUID) -> Answer:
    """Löscht das Szenario bei allen Mandanten, für die der Mensch es darf."""
    plan = _one(szenario)
    for part in plan.bei:
        with tenant_session(part.held.tenant_id, actor=current().login) as session:
            gemerkt.forget(session, szenario)
    flash(_("Das Szenario ist gelöscht."), "success")
    return redirect(url_for("whatif.index"))


def _index(refused: str = "") -> str:
    raw = request.form
    return render_template(
        "payroll/desk/whatif.html", plans=plans(current()), held=current().holding(gemerkt.RIGHT), refused=refused,
        raw=raw, scales=TARIFWERKE, chosen=raw.getlist("mandant"), ticked=raw.getlist("tarifwerke"),
        groups=whatif_form.groups(), most=MOST)


def _one(number: uuid.UUID) -> Plan:
    found = next((plan for plan in plans(current()) if plan.kennung == number), None)
    if found is None:
        abort(404)
    return found


def _chosen() -> list[HeldMandate]:
    wanted = set(request.form.getlist("mandant"))
    found = [held for held in current().holding(gemerkt.RIGHT) if str(held.public_id) in wanted]
    if not found:
        raise SzenarioFehler("Mandanten: keiner gewählt; mindestens einen ankreuzen.")
    return found


def _built_on() -> tuple[Massnahme, ...]:
    wanted = request.form.get("aufbauend", "")
    return next((plan.massnahmen for plan in plans(current()) if str(plan.kennung) == wanted), ()) if wanted else ()


def _compute(number: uuid.UUID, szenario: Szenario, chosen: list[HeldMandate]) -> None:
    """Bei jedem Mandanten in einer eigenen Transaktion; scheitert einer, bleibt auch bei den anderen nichts."""
    done: list[HeldMandate] = []
    try:
        for held in chosen:
            with tenant_session(held.tenant_id, actor=current().login) as session:
                gemerkt.keep(session, szenario, number)
            done.append(held)
    except (SzenarioFehler, RunRefused) as refused:
        for held in done:
            with tenant_session(held.tenant_id, actor=current().login) as session:
                gemerkt.forget(session, number)
        name = chosen[len(done)].name
        raise SzenarioFehler(f"{name}: {refused}") from refused


def _exported(found: list[Plan]) -> Any:
    for plan in found:
        for part in plan.bei:
            for one in part.monate:
                yield (plan.name, part.held.name, f"{one.monat:%Y-%m}", one.personen, one.betroffen,
                       *(exports.euros(cents) for cents in (one.brutto, one.brutto_neu, one.kosten, one.kosten_neu,
                                                            one.mehr_kosten)))
