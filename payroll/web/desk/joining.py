"""Übernahme eines neuen Arbeitgebers: Personen, Vorträge, Parallellauf mit Vergleich je Wert, Produktivstart."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response as Redirect

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, Vortragswerte
from payroll.runs.errors import RunRefused
from payroll.runs.models import Lauf
from payroll.runs.parallel import comparing, gate, reading, ruecknahme, vortrag
from payroll.web.desk import joining_needs
from payroll.web.desk.payment_reading import own_session, today
from tenants.db.session import TenantSession
from tenants.web import exports, inputs
from tenants.web.access import permission
from tenants.web.identity import current_mandate
from tenants.web.lists import listing

joining_desk = Blueprint("joining", __name__, url_prefix="/mandanten/<uuid:mandant>/uebernahme")
Answer = str | Redirect | tuple[str, int]
STATES = {"gleich": ("success", _l("gleich")), "erklaert": ("info", _l("erklärt")), "offen": ("warning", _l("offen"))}
HEADER = ("Personalnummer", "Wert", "alt", "neu", "Unterschied", "Stand", "Erklärung", "von")


@joining_desk.get("")
@permission("run.read")
def index(mandant: uuid.UUID) -> str:
    """Die Schritte bis zum Produktivstart mit ihrem Stand."""
    return _page({})


@joining_desk.post("/start")
@permission("import.write")
def begin(mandant: uuid.UUID) -> Answer:
    """Legt den ersten bezahlten Monat fest."""
    return _step(lambda session: gate.begin(session, inputs.month(_given("monat"))), "monat", _("Festgelegt."))


@joining_desk.post("/ergebnisse")
@permission("import.write")
def read(mandant: uuid.UUID) -> Answer:
    """Liest die Ergebnisse des alten Verfahrens eines Monats ein."""
    sent = request.files.get("datei")
    if sent is None or not sent.filename:
        return _page({"datei": [_("Bitte eine CSV-Datei wählen.")]}), 422
    content = sent.read()
    try:
        with own_session() as session:
            found = reading.read(session, inputs.month(_given("vergleichsmonat")), content)
    except (RunRefused, inputs.InputError) as refused:
        return _page({"datei": [str(refused)]}), 422
    people = ngettext("%(num)s Person", "%(num)s Personen", found.personen)
    values = ngettext("%(num)s Wert", "%(num)s Werte", found.werte)
    flash(_("Gelesen: %(people)s, %(values)s.", people=people, values=values), "success")
    if found.unbekannt:
        flash(_("Hier unbekannt: %(numbers)s", numbers=", ".join(found.unbekannt[:20])), "info")
    return redirect(url_for("joining.index", mandant=current_mandate().public_id))


@joining_desk.post("/ergebnisse/<monat>/zuruecknehmen")
@permission("import.write")
def take_back(mandant: uuid.UUID, monat: str) -> Answer:
    """Nimmt Ergebnisse zurück, die zu einem falschen Monat gelesen sind."""
    month = _month(monat)
    field = f"grund-{month:%Y-%m}"
    return _step(lambda session: ruecknahme.take_back(session, month, _given(field)), field,
                 _("Zurückgenommen. Der Monat zählt nicht mehr zum Vergleich."))


@joining_desk.get("/vergleich/<monat>")
@permission("run.read")
def comparison(mandant: uuid.UUID, monat: str) -> str | Response | tuple[str, int]:
    """Jede Abweichung eines Monats, oder alle verglichenen Werte als Datei."""
    return _compared(_month(monat), {})


@joining_desk.post("/vergleich/<monat>/erklaeren")
@permission("run.check")
def explain(mandant: uuid.UUID, monat: str) -> Answer | Response:
    """Erklärt eine Abweichung, auf Wunsch alle desselben Werts mit demselben Unterschied."""
    month, everyone = _month(monat), _given("alle") == "ja"

    def act(session: TenantSession) -> int:
        return comparing.explain(session, month, _given("wert"), _given("erklaerung"),
                                 number="" if everyone else _given("personalnummer"),
                                 difference=inputs.whole(_given("unterschied")))

    try:
        with own_session() as session:
            count = act(session)
    except (RunRefused, inputs.InputError) as refused:
        page = _compared(month, {"erklaerung": [str(refused)]})
        return page if isinstance(page, tuple) else (str(page), 422)
    flash(_("%(count)s erklärt.", count=count), "success")
    return redirect(url_for("joining.comparison", mandant=current_mandate().public_id, monat=monat))


@joining_desk.post("/freigeben/kreis")
@permission("run.release")
def approve(mandant: uuid.UUID) -> Answer:
    """Freigabe des Produktivstarts durch den Kreis."""
    return _step(lambda session: gate.approve(session, "kreis"), "freigabe", _("Freigegeben."))


@joining_desk.post("/freigeben/arbeitgeber")
@permission("run.release_municipality")
def approve_municipality(mandant: uuid.UUID) -> Answer:
    """Freigabe des Produktivstarts durch den Arbeitgeber."""
    return _step(lambda session: gate.approve(session, "arbeitgeber"), "freigabe", _("Freigegeben."))


def _month(text: str) -> date:
    try:
        return inputs.month(text)
    except inputs.InputError:
        abort(404)


def _compared(month: date, errors: dict[str, list[str]]) -> str | Response | tuple[str, int]:
    try:
        with own_session() as session:
            found = comparing.compare(session, month)
    except RunRefused as refused:
        return _page({"vergleich": [str(refused)]}), 422
    if "format" in request.args and not errors:
        return exports.respond(request.args["format"], f"vergleich-{month:%Y-%m}", HEADER, [
            [one.personalnummer, one.titel, exports.euros(one.alt), exports.euros(one.neu),
             exports.euros(one.unterschied), one.stand, one.erklaerung, one.von] for one in found.werte])
    shown = listing(found.different(), columns={"personalnummer": lambda one: one.personalnummer,
                                                "wert": lambda one: (one.stand != "offen", one.titel),
                                                "unterschied": lambda one: -abs(one.unterschied)},
                    searched=lambda one: f"{one.personalnummer} {one.titel} {one.stand}", default="wert")
    return render_template("payroll/desk/joining_compare.html", held=current_mandate(), found=found, listing=shown,
                           states=STATES, errors=errors, month=month)


def _step(act: Callable[[TenantSession], object], field: str, message: str) -> Answer:
    try:
        with own_session() as session:
            act(session)
    except (RunRefused, inputs.InputError) as refused:
        return _page({field: [str(refused)]}), 422
    flash(message, "success")
    return redirect(url_for("joining.index", mandant=current_mandate().public_id))


def _page(errors: dict[str, list[str]]) -> str:
    values: dict[str, Any] = {"held": current_mandate(), "errors": errors, "raw": request.form, "today": today()}
    with own_session() as session:
        values["needs"] = joining_needs.needs(session, current_mandate(), today())
        values["start"] = gate.current(session)
        values["gaps"] = vortrag.gaps(session, values["start"].monat) if values["start"] else []
        values["people"] = session.scalar(select(func.count(Beschaeftigung.id))) or 0
        values["carried"] = session.scalar(select(func.count(Vortragswerte.id)).where(known(Vortragswerte, None))) or 0
        values["closed"] = session.scalar(select(func.count(Lauf.id)).where(Lauf.zustand == "abgeschlossen")) or 0
        values["months"] = [_state(session, month) for month in comparing.months(session)]
        values["taken_back"] = ruecknahme.taken_back(session)
    return render_template("payroll/desk/joining.html", **values)


def _state(session: TenantSession, month: date) -> dict[str, Any]:
    try:
        found = comparing.compare(session, month)
    except RunRefused:
        return {"month": month, "counted": False}
    return {"month": month, "counted": True, **{name: found.count(name) for name in STATES}}


def _given(name: str) -> str:
    return str(request.form.get(name, "")).strip()
