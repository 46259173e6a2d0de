"""Pfändungen einer Person: Übersicht, erfassen, ruhen lassen, beenden, was gezahlt wurde und was als Nächstes kommt."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.web.desk import fact_forms
from payroll.web.desk.claim_kinds import CLAIM_KINDS, GROUPS
from payroll.web.desk.claim_reading import claim_file
from payroll.web.desk.fact_kinds import FactKind
from payroll.web.desk.fact_writing import Entry, end, ending_for, entry_for, save
from tenants.db.session import tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

claim_desk = Blueprint("claims", __name__, url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>/pfaendungen")
PRESET = {"zustand": "laufend", "grundbetrag_bei": "hier"}


@claim_desk.get("")
@permission("claim.read")
def page(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Forderungen, Einbehalte je Monat, Unterhaltspflichten."""
    held = current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        file = claim_file(session, person, settings_of(current_app).today())
        if file is None:
            abort(404)
        return render_template("payroll/desk/claims.html", held=held, file=file)


@claim_desk.get("/<art>/erfassen")
@permission("claim.write")
def entry(mandant: uuid.UUID, person: uuid.UUID, art: str) -> str:
    """Formular; mit vorlage eine neue Fassung, sonst eine neue Forderung mit der nächsten Nummer."""
    kind, held, today = _kind(art), current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = entry_for(session, kind, person, None, _uuid("vorlage"), today)
        file = claim_file(session, person, today)
        if found is None or file is None:
            abort(404)
        raw = dict(found.prefilled)
        if _uuid("vorlage") is None and art == "forderung":
            raw |= {**PRESET, "nummer": f"{file.next_number}"}
        elif _uuid("vorlage") is None and art == "unterhaltspflicht":
            raw["nummer"] = f"{max((one.nummer for one, _word in file.dependants), default=0) + 1}"
    return _form(art, kind, found, fact_forms.FactInput(raw=raw))


@claim_desk.post("/<art>/erfassen")
@permission("claim.write")
def store(mandant: uuid.UUID, person: uuid.UUID, art: str) -> Response | tuple[str, int]:
    """Erfasst die Forderung oder zeigt das Formular mit den Fehlern am Feld."""
    kind, held = _kind(art), current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = entry_for(session, kind, person, None, None, settings_of(current_app).today())
        if found is None:
            abort(404)
        given = save(session, kind, found, request.form)
    if given.errors:
        return _form(art, kind, found, given), 422
    flash(_("%(title)s gespeichert. Sie zählt ab dem nächsten Probelauf.", title=kind.title), "success")
    return redirect(url_for("claims.page", mandant=mandant, person=person))


@claim_desk.get("/<art>/<uuid:tatsache>/beenden")
@permission("claim.write")
def ending(mandant: uuid.UUID, person: uuid.UUID, art: str, tatsache: uuid.UUID) -> str:
    """Formular: letzter Tag und Grund."""
    kind, held = _kind(art), current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = ending_for(session, kind, person, tatsache, settings_of(current_app).today())
        if found is None:
            abort(404)
        return render_template("payroll/desk/claim_end.html", held=held, kind=kind, ending=found,
                               given=fact_forms.FactInput(raw={}))


@claim_desk.post("/<art>/<uuid:tatsache>/beenden")
@permission("claim.write")
def end_it(mandant: uuid.UUID, person: uuid.UUID, art: str, tatsache: uuid.UUID) -> Response | tuple[str, int]:
    """Beendet die Forderung; was einbehalten wurde, bleibt stehen."""
    kind, held = _kind(art), current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = ending_for(session, kind, person, tatsache, settings_of(current_app).today())
        if found is None:
            abort(404)
        given = end(session, kind, found, request.form)
        if given.errors:
            return render_template("payroll/desk/claim_end.html", held=held, kind=kind, ending=found,
                                   given=given), 422
    flash(_("%(title)s beendet.", title=kind.title), "success")
    return redirect(url_for("claims.page", mandant=mandant, person=person))


def _form(art: str, kind: FactKind, found: Entry, given: fact_forms.FactInput) -> str:
    groups = GROUPS if art == "forderung" else ((kind.title, kind.fields),)
    return render_template("payroll/desk/claim_form.html", held=current_mandate(), art=art, kind=kind, entry=found,
                           given=given, groups=groups)


def _kind(art: str) -> FactKind:
    if art not in CLAIM_KINDS:
        abort(404)
    return CLAIM_KINDS[art]


def _uuid(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args[name]) if name in request.args else None
    except ValueError:
        abort(404)
