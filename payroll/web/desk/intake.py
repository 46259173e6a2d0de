"""Einlesen und Ausgeben: Vorlage, Datei zur Probe, alles oder nur die guten Zeilen übernehmen, Arbeitsmappe holen."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from payroll.masterdata.export import export_workbook
from payroll.masterdata.imports import (
    SPALTEN,
    Ergebnis,
    ImportFehler,
    Vorschau,
    dry_run,
    take_over,
    template_csv,
    template_xlsx,
)
from payroll.masterdata.imports.blaetter import BLAETTER
from payroll.web.desk import fact_forms
from tenants.db.session import TenantSession, tenant_session
from tenants.plain_text import file_name
from tenants.web import exports, inputs, uploads
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

intake_desk = Blueprint("intake", __name__, url_prefix="/mandanten/<uuid:mandant>/einlesen")
SHOWN = 500
LABELS = {"tag": lazy_gettext("Stand"), "zweck": lazy_gettext("Wofür")}
Answer = str | tuple[str, int]
TEMPLATES = {"csv": (template_csv, exports.CSV_TYPE), "xlsx": (template_xlsx, exports.XLSX_TYPE)}


@intake_desk.get("")
@permission("import.write")
def form(mandant: uuid.UUID) -> str:
    """Formular zum Hochladen mit den Vorlagen und der Beschreibung der Spalten."""
    return _form()


@intake_desk.get("/vorlage.<art>")
@permission("import.write")
def template(mandant: uuid.UUID, art: str) -> Response:
    """Leere Vorlage."""
    if art not in TEMPLATES:
        abort(404)
    build, content_type = TEMPLATES[art]
    return exports.attachment(build(), content_type, f"personen-vorlage.{art}")


@intake_desk.post("")
@permission("import.write")
@shows_answer
def trial(mandant: uuid.UUID) -> Answer:
    """Probe: zeigt, was geschähe und jede Zelle, die nicht in Ordnung ist; geschrieben wird nichts."""
    sent = request.files.get("datei")
    if sent is None or not sent.filename:
        return _form(ImportFehler(_("Es fehlt die Datei"), _("Bitte eine XLSX- oder CSV-Datei wählen"))), 422
    name, data = file_name(sent.filename), sent.read()
    with _session() as session:
        try:
            preview = dry_run(session, name, data, rechte=current_mandate().permissions)
        except ImportFehler as error:
            return _form(error), 422
        token = uploads.keep(session, data, owner=current().login)
    return _preview(preview, token)


@intake_desk.post("/uebernehmen")
@permission("import.write")
def confirm(mandant: uuid.UUID) -> Answer:
    """Übernimmt die zur Probe gegebene Datei, ganz oder nur die guten Zeilen."""
    token, name = request.form.get("zeichen", ""), request.form.get("dateiname", "")[:120]
    reason, only_good = request.form.get("grund", "").strip(), request.form.get("umfang") == "gute"
    try:
        with _session() as session:
            data = uploads.fetch(session, token, owner=current().login)
            if data is None:
                raise ImportFehler(
                    _("Die Probe ist abgelaufen, nichts wurde übernommen"), _("Bitte die Datei noch einmal hochladen")
                )
            if not reason:
                again = dry_run(session, name, data, rechte=current_mandate().permissions)
                return _preview(again, token, {"grund": [fact_forms.REQUIRED]}), 422
            result = take_over(session, name, data, reason=reason, nur_gute=only_good,
                               rechte=current_mandate().permissions)
            kept = _keep_correction(session, result)
    except ImportFehler as error:
        return _form(error), 409
    uploads.forget(token)
    return render_template(
        "payroll/desk/intake_done.html", held=current_mandate(), result=result, correction=kept, reason=reason
    )


@intake_desk.get("/korrektur/<zeichen>/<name>")
@permission("import.write")
def correction(mandant: uuid.UUID, zeichen: str, name: str) -> Response:
    """Die zurückbehaltenen Zeilen mit ihren Gründen."""
    with _session() as session:
        content = uploads.fetch(session, zeichen, owner=current().login)
    if content is None:
        abort(404)
    kind = exports.XLSX_TYPE if name.endswith(".xlsx") else exports.CSV_TYPE
    return exports.attachment(content, kind, name)


@intake_desk.post("/ausgeben")
@permission("import.write")
@shows_answer
def give_out(mandant: uuid.UUID) -> Response | Answer:
    """Arbeitsmappe mit allen Personen und Tatsachen; Grund und Umfang stehen im Protokoll."""
    held, errors, reason = current_mandate(), {}, request.form.get("zweck", "").strip()
    try:
        day = inputs.day(request.form.get("tag", ""))
    except inputs.InputError as error:
        errors["tag"] = [str(error)]
    if not reason:
        errors["zweck"] = [fact_forms.REQUIRED]
    if errors:
        return _form(errors=errors), 422
    with _session() as session:
        content = export_workbook(session, day, reason=reason, rechte=held.permissions,
                                  schuetzenswert=request.form.get("umfang") == "alles")
    return exports.attachment(content, exports.XLSX_TYPE, f"personen-{held.number}-{day:%Y-%m-%d}.xlsx")


def _session() -> AbstractContextManager[TenantSession]:
    return tenant_session(current_mandate().tenant_id, actor=current().login)


def _keep_correction(session: TenantSession, result: Ergebnis) -> str | None:
    if result.korrektur is None:
        return None
    return uploads.keep(session, result.korrektur.inhalt, owner=current().login)


def _form(error: ImportFehler | None = None, errors: dict[str, list[str]] | None = None) -> str:
    every = [("Personen", SPALTEN), *((blatt.titel, blatt.spalten) for blatt in BLAETTER)]
    return render_template("payroll/desk/intake.html", held=current_mandate(), error=error, sheets=every, shown=SHOWN,
                           errors=errors or {}, raw=request.form, labels=LABELS,
                           today=settings_of(current_app).today())


def _preview(preview: Vorschau, token: str, errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "payroll/desk/intake_trial.html",
        held=current_mandate(),
        preview=preview,
        token=token,
        errors=errors or {},
        shown=SHOWN,
        raw=request.form,
    )
