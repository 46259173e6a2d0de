"""Ereignis erfassen: auswählen, angeben, Wirkung ansehen, genau das Gezeigte speichern."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.masterdata.sealing import protected
from payroll.web.desk.events import form as forms
from payroll.web.desk.events import writing
from payroll.web.desk.events.catalogue import EREIGNISSE
from payroll.web.desk.events.declaring import Ereignisart
from payroll.web.desk.fact_forms import FactInput
from payroll.web.desk.person_reading import name_of
from tenants import audit
from tenants.db.session import TenantSession, tenant_session
from tenants.web.access import permission
from tenants.web.identity import HeldMandate, current, current_mandate
from tenants.web.shell import settings_of

event_desk = Blueprint("events", __name__, url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>/ereignis")
STORE = "speichern"


@dataclass(frozen=True)
class Ziel:
    """Person und die Beschäftigung, um die es geht."""

    person: uuid.UUID
    name: str
    job: uuid.UUID | None
    personalnummer: str
    wer: forms.Wer


@event_desk.get("")
@permission("person.write")
def choose(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Welches Ereignis? Je Beschäftigung die Liste."""
    held, today = current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        owner = _person(session, person)
        jobs = session.scalars(select(Beschaeftigung).filter_by(person_id=owner.id).order_by(Beschaeftigung.id)).all()
        name = name_of(session, owner.id, today)
    offered = {slug: one for slug, one in EREIGNISSE.items() if slug != "einstellung" and held.may(one.recht)}
    return render_template("payroll/desk/event_choice.html", held=held, person=person, name=name, jobs=jobs,
                           events=offered)


@event_desk.get("/<art>")
@permission("person.write")
def entry(mandant: uuid.UUID, person: uuid.UUID, art: str) -> str | Response:
    """Das Formular, vorbelegt mit dem, was heute gilt."""
    event, held, today = _event(art), current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        ziel = _ziel(session, person, today)
        if event.seite:
            return redirect(url_for(event.seite, mandant=mandant, person=person, beschaeftigung=ziel.job))
        parts = forms.sections(session, event, ziel.wer, today)
        if any(protected(part.kind.model) and part.vorschlag for part in parts):
            audit.record_reading(session, "person.gelesen", f"person:{person}",
                                 {"klartext": True, "art": f"ereignis {art}"})
    return _page(held, art, event, ziel, parts, FactInput(raw=forms.prefilled(parts)), None)


@event_desk.post("/<art>")
@permission("person.write")
def store(mandant: uuid.UUID, person: uuid.UUID, art: str) -> Response | str | tuple[str, int]:
    """Zeigt die Wirkung; mit „speichern“ erfasst sie genau das Gezeigte."""
    event, held, today = _event(art), current_mandate(), settings_of(current_app).today()
    if event.seite:
        abort(404)
    with tenant_session(held.tenant_id, actor=current().login) as session:
        ziel = _ziel(session, person, today)
        parts = forms.sections(session, event, ziel.wer, today)
        found = forms.read(session, event, ziel.wer, parts, request.form)
        gezeigt = None if found.given.errors else writing.effect(session, event, found, today)
        stored = gezeigt is not None and confirmed(gezeigt) and writing.store(session, art, event, found, gezeigt)
    if stored and gezeigt is not None:
        flash(ngettext("„%(title)s“ erfasst. %(num)d Wiedervorlage ist angelegt.",
                       "„%(title)s“ erfasst. %(num)d Wiedervorlagen sind angelegt.", len(gezeigt.folgen),
                       title=event.titel), "success")
        return redirect(url_for("person.page", mandant=mandant, person=person))
    page = _page(held, art, event, ziel, parts, found.given, gezeigt)
    return (page, 422) if found.given.errors else page


def confirmed(gezeigt: writing.Gezeigt) -> bool:
    """Ob gespeichert werden soll, was genau so gezeigt war."""
    return request.form.get("aktion") == STORE and request.form.get("gezeigt") == gezeigt.kennzeichen


def _page(held: HeldMandate, art: str, event: Ereignisart, ziel: Ziel, parts: list[forms.Abschnitt],
          given: FactInput, gezeigt: writing.Gezeigt | None) -> str:
    options = {name: own for part in parts for name, own in part.options.items()}
    return render_template("payroll/desk/event.html", held=held, art=art, event=event, ziel=ziel, parts=parts,
                           given=given, options=options, gezeigt=gezeigt, labels=forms.labels(event, parts),
                           changed=request.form.get("aktion") == STORE and gezeigt is not None)


def _event(art: str) -> Ereignisart:
    event = EREIGNISSE.get(art)
    if event is None or art == "einstellung" or not current_mandate().may(event.recht):
        abort(404)
    return event


def _person(session: TenantSession, person: uuid.UUID) -> Person:
    owner = session.scalars(select(Person).where(Person.public_id == person)).one_or_none()
    if owner is None:
        abort(404)
    return owner


def _ziel(session: TenantSession, person: uuid.UUID, today: date) -> Ziel:
    owner = _person(session, person)
    jobs = session.scalars(select(Beschaeftigung).filter_by(person_id=owner.id).order_by(Beschaeftigung.id)).all()
    job = _chosen(jobs)
    return Ziel(person, name_of(session, owner.id, today), job.public_id, job.personalnummer,
                forms.who(session, owner.id, job.id, today))


def _chosen(jobs: Sequence[Beschaeftigung]) -> Beschaeftigung:
    """Die verlangte Beschäftigung, sonst die jüngste; ohne eine gibt es kein Ereignis."""
    wanted = request.args.get("beschaeftigung")
    found = [job for job in jobs if wanted is None or str(job.public_id) == wanted]
    if not found:
        abort(404)
    return found[-1]
