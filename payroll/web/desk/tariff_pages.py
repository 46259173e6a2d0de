"""Tabellen und Sätze für alle Arbeitgeber: hochladen, Kosten sehen, als zweite Person entscheiden."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.law.encode import TARIFWERKE
from payroll.masterdata.imports.problems import ImportFehler
from payroll.masterdata.models import Vorschlag
from payroll.masterdata.vorschlaege import intake, service
from payroll.masterdata.vorschlaege import template as templates
from payroll.masterdata.vorschlaege.reading import MAX_BYTES, number_of
from payroll.runs import taxyear
from payroll.runs.whatif import cost as costs
from tenants.db.session import PlatformSession, platform_session, tenant_session
from tenants.plain_text import file_name
from tenants.web import inputs
from tenants.web.access import permission
from tenants.web.identity import current
from tenants.web.shell import settings_of
from tenants.web.told import told

tariff_desk = Blueprint("tariff", __name__, url_prefix="/tarif")
SHOWN = 200
MIMETYPES = {"csv": "text/csv; charset=utf-8",
             "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
Answer = str | Response | tuple[str, int]


@tariff_desk.get("")
@permission("tariff.write")
def index() -> str:
    """Alle Vorschläge und das Formular."""
    return _index()


@tariff_desk.post("")
@permission("tariff.write")
def upload() -> Answer:
    """Prüft die Datei und merkt sie als Vorschlag."""
    sent = request.files.get("datei")
    try:
        if sent is None or not sent.filename:
            raise ImportFehler(_("Es fehlt die Datei"), _("Bitte eine XLSX- oder CSV-Datei wählen"))
        with _acting("tariff.write") as session:
            art, ab = request.form.get("art", ""), inputs.day(request.form.get("gilt_ab", ""))
            if art not in service.TITLES:
                abort(404)
            data = sent.read(MAX_BYTES + 1)
            found = intake.check(data, art, ab, _terms(), actor=current().login)
            if not found.gut:
                return _index(problems=found.probleme), 422
            given = service.Angaben(art, request.form.get("titel", ""), ab, request.form.get("quelle", ""),
                                    file_name(sent.filename))
            row = service.upload(session, given, data, found.inhalt)
    except ImportFehler as error:
        return _index(refused=str(error), problems=list(error.beanstandungen)), 422
    except (service.VorschlagAbgelehnt, inputs.InputError) as error:
        return _index(refused=str(error)), 422
    return redirect(url_for("tariff.page", vorschlag=row.public_id))


@tariff_desk.get("/vorlage")
@permission("tariff.write")
def template() -> Answer:
    """Die Vorlage einer Art mit dem, was vor dem Tag gilt."""
    art, form = request.args.get("vorlage", ""), request.args.get("form", "csv")
    if art not in templates.KINDS or form not in MIMETYPES:
        abort(404)
    try:
        text = request.args.get("ab", "")
        day = inputs.day(text) if text else _today().replace(day=1)
        with _acting("tariff.write"):
            made = templates.template(art, day, request.args.get("werk", ""), actor=current().login)
    except (service.VorschlagAbgelehnt, inputs.InputError) as error:
        return _index(refused=str(error)), 422
    data = made.xlsx() if form == "xlsx" else made.csv()
    return send_file(io.BytesIO(data), MIMETYPES[form], as_attachment=True,
                     download_name=f"{art}-{day:%Y-%m}.{form}")


@tariff_desk.get("/<uuid:vorschlag>")
@permission("tariff.write")
def page(vorschlag: uuid.UUID) -> str:
    """Ein Vorschlag: Vergleich, Hinweise, auf Wunsch die Kosten, die Entscheidung."""
    return _page(vorschlag)


@tariff_desk.post("/<uuid:vorschlag>/zurueckziehen")
@permission("tariff.write")
def withdraw(vorschlag: uuid.UUID) -> Answer:
    """Die erste Person zieht zurück."""
    try:
        with _acting("tariff.write") as session:
            service.withdraw(session, vorschlag, request.form.get("grund", ""))
    except service.VorschlagAbgelehnt as error:
        return _page(vorschlag, str(error)), 409
    return redirect(url_for("tariff.page", vorschlag=vorschlag))


@tariff_desk.post("/<uuid:vorschlag>/entscheidung")
@permission("tariff.release")
def decide(vorschlag: uuid.UUID) -> Answer:
    """Die zweite Person bestätigt und setzt in Kraft, oder lehnt ab."""
    confirmed = request.form.get("schritt", "") == "bestaetigen"
    try:
        with _acting("tariff.release") as session:
            service.decide(session, vorschlag, gesehen=request.form.get("gesehen", ""), bestaetigt=confirmed,
                           grund=request.form.get("grund", ""))
        if confirmed:
            count = service.distribute(vorschlag, actor=current().login, plans=taxyear.directory())
            flash(_("Bestätigt und in Kraft gesetzt, Arbeitgeber: %(count)s.", count=count), "success")
    except service.VorschlagAbgelehnt as error:
        return _page(vorschlag, str(error)), 409
    return redirect(url_for("tariff.page", vorschlag=vorschlag))


@contextmanager
def _acting(right: str) -> Iterator[PlatformSession]:
    """Sitzung der Plattform für jemanden, der dieses Recht bei jedem Arbeitgeber hat, und zwar in dieser Anmeldung: die
    über den Verzeichnisdienst eines Arbeitgebers reicht nie für alle."""
    held = {mandate.tenant_id for mandate in current().holding(right)}
    with platform_session(actor=current().login) as session:
        missing = [one for one in service.employers(session) if one.id not in held]
        if missing:
            raise service.VorschlagAbgelehnt(_(
                "Was für alle gilt, braucht Ihr Mandat bei allen; es fehlt bei %(count)s Arbeitgebern.",
                count=len(missing),
            ))
        yield session


def _today() -> date:
    return settings_of(current_app).today()


def _terms() -> intake.Einigung:
    scale = request.form.get("tarifwerk", "")
    numbers = (number_of(request.form.get(name, "")) for name in ("prozent", "mindestens"))
    return intake.Einigung(scale if scale in TARIFWERKE else "", *numbers)


def _index(refused: str = "", problems: Any = ()) -> str:
    with platform_session(actor=current().login) as session:
        rows = service.all_of(session)
    return render_template("payroll/desk/tariff.html", rows=rows, titles=_titles(), scales=TARIFWERKE,
                           kinds=[(art, _titles()[art]) for art in templates.KINDS],
                           refused=refused, problems=problems, shown=SHOWN, raw=request.form)


def _page(number: uuid.UUID, refused: str = "") -> str:
    with platform_session(actor=current().login) as session:
        try:
            row = service.find(session, number)
        except service.VorschlagAbgelehnt:
            abort(404)
        tenants = service.employers(session)
    names = [(one.id, f"{one.number} {one.name}") for one in tenants]
    found = _costs(row, names) if "kosten" in request.args else None
    return render_template("payroll/desk/tariff_proposal.html", row=row, titles=_titles(), refused=refused,
                           costs=found, seen=service.shown(row), mine=row.hochgeladen_von == current().login,
                           may_release=current().may("tariff.release"), cells=row.inhalt.get("vergleich", []))


def _costs(row: Vorschlag, tenants: list[tuple[int, str]]) -> list[tuple[str, list[costs.Kosten]]]:
    """Nur für Arbeitgeber, deren Läufe der Mensch sehen darf."""
    allowed = {mandate.tenant_id for mandate in current().holding("run.read")}
    months, found = costs.months_of(row, _today()), []
    for tenant, name in tenants:
        if tenant in allowed:
            with tenant_session(tenant, actor=current().login) as session:
                found.append((name, list(costs.cost(session, row, months))))
    return found


def _titles() -> dict[str, str]:
    """Arten der Vorschläge in der Sprache der Seite."""
    return {kind: told(title) for kind, title in service.TITLES.items()}
