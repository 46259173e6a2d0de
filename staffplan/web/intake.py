"""Einen bestehenden Plan einlesen: Vorlage, Probe mit jeder falschen Zeile, Übernahme; den Bestand ausgeben."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answered

from staffplan import imports, settings
from staffplan.reading import stand
from staffplan.rules import Refused
from staffplan.shares import short
from staffplan.web import sharing
from tenants.db.session import TenantSession
from tenants.web import exports, uploads
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate

staffplan_intake = Blueprint("planintake", __name__, url_prefix="/mandanten/<uuid:mandant>/stellenplan/einlesen")
SHOWN = 200


@staffplan_intake.get("")
@permission("staffplan.write")
def form(mandant: uuid.UUID) -> str:
    """Formular mit Vorlage und den Spalten."""
    return _form()


@staffplan_intake.get("/vorlage.csv")
@permission("staffplan.write")
def template(mandant: uuid.UUID) -> Response:
    """Leere Vorlage."""
    return exports.attachment(imports.template_csv(), exports.CSV_TYPE, "stellenplan-vorlage.csv")


@staffplan_intake.get("/bestand.<art>")
@permission("staffplan.read")
def export(mandant: uuid.UUID, art: str) -> Response:
    """Alle Stellen eines Tages, so wie sie sich wieder einlesen lassen."""
    if art not in ("csv", "xlsx"):
        abort(404)
    with sharing.session() as session:
        held = stand(session, sharing.day_of_view())
    build, kind = ((imports.export_csv, exports.CSV_TYPE) if art == "csv"
                   else (imports.export_xlsx, exports.XLSX_TYPE))
    return exports.attachment(build(held), kind, f"stellenplan-{current_mandate().number}.{art}")


@staffplan_intake.post("")
@permission("staffplan.write")
@shows_answer
def trial(mandant: uuid.UUID) -> str | tuple[str, int]:
    """Probe: zeigt Summen und jede Zeile, die nicht passt; geschrieben wird nichts."""
    sent = request.files.get("datei")
    if sent is None or not sent.filename:
        return _form(_("Es fehlt die Datei; eine XLSX- oder CSV-Datei wählen.")), 422
    data = sent.read()
    with sharing.session() as session:
        try:
            found = _checked(session, data)
        except (imports.UnreadableFile, Refused) as error:
            return _form(str(error)), 422
        token = uploads.keep(session, data, owner=current().login)
    return render_template("staffplan/intake_trial.html", held=current_mandate(), found=found, token=token, shown=SHOWN,
                           raw=request.form, share=short)


@staffplan_intake.post("/uebernehmen")
@permission("staffplan.write")
def confirm(mandant: uuid.UUID) -> str | tuple[str, int] | Answered:
    """Übernimmt die zur Probe gegebene Datei in einem Zug."""
    with sharing.session() as session:
        data = uploads.fetch(session, sharing.text("zeichen"), owner=current().login)
        if data is None:
            return _form(_("Die Probe ist abgelaufen, nichts wurde übernommen; die Datei noch einmal hochladen.")), 409
        try:
            with session.begin_nested():
                imports.store(session, _checked(session, data), reason=sharing.text("beschluss"))
        except (imports.UnreadableFile, Refused) as error:
            return _form(str(error)), 409
    uploads.forget(sharing.text("zeichen"))
    flash(_("Der Stellenplan ist übernommen."), "success")
    return redirect(url_for("staffplan.index", mandant=mandant, tag=sharing.text("ab")))


def _checked(session: TenantSession, data: bytes) -> imports.Bestand:
    ab, decision = sharing.day("ab", _("Gilt ab")), sharing.text("beschluss")
    if not decision:
        raise Refused(_("Beschluss: angeben, worauf der Bestand beruht, zum Beispiel Stellenplan 2026."))
    return imports.check(imports.read(data), stand(session, ab), ab, decision, settings.of(session, ab).raster)


def _form(refused: str | None = None) -> str:
    return render_template("staffplan/intake.html", held=current_mandate(), refused=refused, columns=imports.SPALTEN,
                           raw=request.form, day=sharing.today().replace(month=1, day=1))
