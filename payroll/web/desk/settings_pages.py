"""Seiten der Einstellungen: alle mit ihrem Wert heute, eine mit Geschichte und Formular."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from payroll.web.desk import fact_forms, settings_reading
from payroll.web.desk.setting_words import WORDS
from tenants.db.session import tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

setting_desk = Blueprint("tenantsettings", __name__, url_prefix="/mandanten/<uuid:mandant>/stammdaten/einstellungen")
LABELS = {"wert": lazy_gettext("Neuer Wert"), "gueltig_ab": lazy_gettext("Gilt ab"), "grund": lazy_gettext("Grund")}


@setting_desk.get("")
@permission("run.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Einstellungen der Abrechnung."""
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        found = settings_reading.views(session, settings_of(current_app).today())
    return render_template("payroll/desk/settings.html", held=current_mandate(), views=found)


@setting_desk.get("/<name>")
@permission("run.read")
def page(mandant: uuid.UUID, name: str) -> str:
    """Eine Einstellung mit ihrer Geschichte."""
    return _page(name, fact_forms.FactInput(raw={}))


@setting_desk.post("/<name>")
@permission("run.calculate")
def store(mandant: uuid.UUID, name: str) -> Response | tuple[str, int]:
    """Erfasst die Entscheidung ab einem Monat; Grund und Änderung kommen ins Protokoll."""
    if name not in WORDS:
        abort(404)
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        given = settings_reading.save(session, name, request.form)
    if given.errors:
        return _page(name, given), 422
    flash(_("Die Einstellung ist gespeichert. Sie wirkt, sobald ein Monat neu gerechnet wird."), "success")
    return redirect(url_for("tenantsettings.page", mandant=mandant, name=name))


def _page(name: str, given: fact_forms.FactInput) -> str:
    if name not in WORDS:
        abort(404)
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        found = settings_reading.views(session, settings_of(current_app).today())
    view = next(one for one in found if one.name == name)
    return render_template("payroll/desk/setting.html", held=current_mandate(), view=view, given=given, labels=LABELS,
                           key_of=settings_reading.key_of)
