"""Formular: eine Person mit ihrer ersten Beschäftigung."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.web.desk import new_person
from payroll.web.desk.events.pages import STORE, confirmed
from payroll.web.desk.events.writing import Gezeigt
from payroll.web.desk.fact_fields import Choices
from payroll.web.desk.fact_forms import FactInput
from payroll.web.desk.fact_kinds import KINDS
from tenants.db.session import tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

new_person_desk = Blueprint("newperson", __name__, url_prefix="/mandanten/<uuid:mandant>/personen/neu")


@new_person_desk.get("")
@permission("person.write")
def form(mandant: uuid.UUID) -> str:
    """Leeres Formular."""
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        choices = new_person.options(session)
    return _page(new_person.blank(), choices)


@new_person_desk.post("")
@permission("person.write")
def store(mandant: uuid.UUID) -> Response | str | tuple[str, int]:
    """Zeigt die Wirkung; mit „speichern“ legt sie genau das Gezeigte an."""
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        choices = new_person.options(session)
        new = new_person.checked(session, request.form, choices)
        gezeigt = None if new.given.errors else new_person.effect(session, new, settings_of(current_app).today())
        person = new_person.save(session, new, gezeigt) if gezeigt is not None and confirmed(gezeigt) else None
    if person is None:
        page = _page(new.given, choices, gezeigt)
        return (page, 422) if new.given.errors else page
    flash(_("Person und Beschäftigung sind angelegt. Kinder und wiederkehrende Bezüge kommen in die Akte."), "success")
    return redirect(url_for("person.page", mandant=mandant, person=person))


def _page(given: FactInput, choices: Mapping[str, Choices], gezeigt: Gezeigt | None = None) -> str:
    return render_template(
        "payroll/desk/new_person.html",
        held=current_mandate(),
        given=given,
        gezeigt=gezeigt,
        changed=request.form.get("aktion") == STORE,
        options=choices,
        kinds=KINDS,
        further=new_person.FURTHER,
        number=new_person.NUMBER,
        reason=new_person.REASON,
        labels=new_person.labels(),
    )
