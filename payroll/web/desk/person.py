"""Personalakte und das Erfassen von Tatsachen."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.masterdata.wiedervorlage import pending
from payroll.web.desk import fact_forms
from payroll.web.desk.events.catalogue import EREIGNISSE
from payroll.web.desk.events.writing import recorded
from payroll.web.desk.fact_fields import FactKind
from payroll.web.desk.fact_kinds import KINDS
from payroll.web.desk.fact_writing import Ending, Entry, end, ending_for, entry_for, save
from payroll.web.desk.person_reading import person_file
from tenants.db.session import tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

person_desk = Blueprint("person", __name__, url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>")


@person_desk.get("")
@permission("person.read")
def page(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Die Akte; mit uhren=1 auch abgelöste Fassungen, mit klartext=1 auch geschützte Angaben."""
    held = current_mandate()
    plain = request.args.get("klartext") == "1" and held.may("person.write")
    clocks, today = request.args.get("uhren") == "1", settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        file = person_file(session, person, today, plain=plain, superseded=clocks)
        if file is None:
            abort(404)
        followups, events = pending(session, person=file.id), recorded(session, file.id)
    return render_template("payroll/desk/person.html", held=held, file=file, plain=plain, clocks=clocks, on=today,
                           followups=followups, events=events, event_words=EREIGNISSE)


@person_desk.get("/<art>/erfassen")
@permission("person.write")
def entry(mandant: uuid.UUID, person: uuid.UUID, art: str) -> str:
    """Formular einer neuen Fassung, vorbelegt mit dem, was heute gilt."""
    kind = _kind(art)
    held, today = current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = entry_for(session, kind, person, _uuid("beschaeftigung"), _uuid("vorlage"), today)
    if found is None:
        abort(404)
    return _form(art, kind, found, fact_forms.FactInput(raw=found.prefilled))


@person_desk.post("/<art>/erfassen")
@permission("person.write")
def store(mandant: uuid.UUID, person: uuid.UUID, art: str) -> Response | tuple[str, int]:
    """Erfasst die Tatsache oder zeigt das Formular mit den Fehlern am Feld."""
    kind = _kind(art)
    held, today = current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = entry_for(session, kind, person, _uuid("beschaeftigung"), None, today)
        if found is None:
            abort(404)
        given = save(session, kind, found, request.form)
    if given.errors:
        return _form(art, kind, found, given), 422
    flash(_("%(title)s gespeichert. Bisheriges bleibt in der Akte nachvollziehbar.", title=kind.title), "success")
    return redirect(url_for("person.page", mandant=mandant, person=person, _anchor=art))


@person_desk.get("/<art>/<uuid:tatsache>/beenden")
@permission("person.write")
def ending(mandant: uuid.UUID, person: uuid.UUID, art: str, tatsache: uuid.UUID) -> str:
    """Formular: letzter Tag und Grund."""
    kind, held = _endable(art), current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = ending_for(session, kind, person, tatsache, settings_of(current_app).today())
    if found is None:
        abort(404)
    return _end_form(art, kind, found, fact_forms.FactInput(raw={}))


@person_desk.post("/<art>/<uuid:tatsache>/beenden")
@permission("person.write")
def end_it(mandant: uuid.UUID, person: uuid.UUID, art: str, tatsache: uuid.UUID) -> Response | tuple[str, int]:
    """Beendet die Tatsache; in der Akte bleibt sie bis zu ihrem letzten Tag stehen."""
    kind, held = _endable(art), current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = ending_for(session, kind, person, tatsache, settings_of(current_app).today())
        if found is None:
            abort(404)
        given = end(session, kind, found, request.form)
    if given.errors:
        return _end_form(art, kind, found, given), 422
    flash(_("%(title)s beendet.", title=kind.title), "success")
    return redirect(url_for("person.page", mandant=mandant, person=person, _anchor=art))


def _end_form(art: str, kind: FactKind, found: Ending, given: fact_forms.FactInput) -> str:
    return render_template(
        "payroll/desk/fact_end.html", held=current_mandate(), art=art, kind=kind, ending=found, given=given
    )


def _endable(art: str) -> FactKind:
    kind = _kind(art)
    if not kind.endable:
        abort(404)
    return kind


def _form(art: str, kind: FactKind, found: Entry, given: fact_forms.FactInput) -> str:
    return render_template(
        "payroll/desk/fact.html", held=current_mandate(), art=art, kind=kind, entry=found, given=given
    )


def _kind(art: str) -> FactKind:
    if art not in KINDS:
        abort(404)
    return KINDS[art]


def _uuid(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args[name]) if name in request.args else None
    except ValueError:
        abort(404)
