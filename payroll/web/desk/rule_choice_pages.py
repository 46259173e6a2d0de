"""Seiten der Festlegungen: Liste, Geschichte, Formular."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.runs.books import settable
from payroll.web.desk import fact_forms, rule_choices
from tenants.db.session import tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

rule_choice_desk = Blueprint("rulechoices", __name__, url_prefix="/mandanten/<uuid:mandant>/stammdaten/festlegungen")


@rule_choice_desk.get("")
@permission("run.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Werte, bei denen der Arbeitgeber zwischen vertretbaren Lesarten wählt."""
    held, day = current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = rule_choices.choices(session, day)
    return render_template("payroll/desk/rule_choices.html", held=held, choices=found, said=rule_choices.said)


@rule_choice_desk.get("/<name>")
@permission("run.read")
def page(mandant: uuid.UUID, name: str) -> str:
    """Eine Festlegung mit ihrer Geschichte und dem Formular."""
    return _page(name, fact_forms.FactInput(raw={}))


@rule_choice_desk.post("/<name>")
@permission("import.write")
def store(mandant: uuid.UUID, name: str) -> Response | tuple[str, int]:
    """Erfasst die Festlegung; Grund und Quelle kommen ins Protokoll."""
    if name not in settable():
        abort(404)
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        given = rule_choices.save(session, name, request.form)
    if given.errors:
        return _page(name, given), 422
    flash(_("Die Festlegung ist gespeichert. Sie wirkt, sobald ein Monat neu gerechnet wird."), "success")
    return redirect(url_for("rulechoices.page", mandant=mandant, name=name))


def _page(name: str, given: fact_forms.FactInput) -> str:
    if name not in settable():
        abort(404)
    held, day = current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = next(one for one in rule_choices.choices(session, day) if one.parameter.name == name)
        kind = rule_choices.kind_of(name)
        options = fact_forms.options_of(session, kind)
    return render_template("payroll/desk/rule_choice.html", held=held, choice=found, kind=kind, given=given,
                           options=options, said=rule_choices.said)
