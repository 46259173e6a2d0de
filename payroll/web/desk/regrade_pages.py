"""Umgruppierung geführt: neue Gruppe und Tag angeben, Stufe und Entgelt ansehen, dann erfassen."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from payroll.law import encode
from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung, Person
from payroll.masterdata.service import FactError
from payroll.runs.umgruppierung import Umgruppierung, UmgruppierungRefused, carry_out, proposed
from payroll.runs.wirkung import first_open, shown_months
from payroll.web.desk import fact_forms
from payroll.web.desk.events.catalogue import EREIGNISSE
from payroll.web.desk.events.declaring import Fall
from payroll.web.desk.events.form import who
from payroll.web.desk.events.pages import STORE, confirmed
from payroll.web.desk.events.writing import Gezeigt, jobs_of, note, shown
from payroll.web.desk.fact_fields import Choices, FactKind, Field
from payroll.web.desk.person_reading import name_of
from tenants.db.session import TenantSession, tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

regrade_desk = Blueprint(
    "regrade", __name__,
    url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>/umgruppierung/<uuid:beschaeftigung>")  # fmt: skip
WHOLE_FORM = "formular"
KIND = FactKind(
    Bezuegezuordnung,
    lazy_gettext("Umgruppierung"),
    "job",
    (Field("gruppe", lazy_gettext("Neue Entgeltgruppe"), "choice", required=True,
           hint=lazy_gettext("Im eigenen Tarifwerk; Stufe und Laufzeit folgen aus § 17 TVöD.")),),
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """Wer umgruppiert wird, und die Gruppen seines Tarifwerks."""

    employment: int
    person: uuid.UUID
    person_name: str
    job: uuid.UUID
    personalnummer: str
    options: dict[str, Choices]


@regrade_desk.get("")
@permission("person.write")
def form(mandant: uuid.UUID, person: uuid.UUID, beschaeftigung: uuid.UUID) -> str:
    """Das leere Formular."""
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        target = _target(session, person, beschaeftigung)
    return _page(target, fact_forms.FactInput(raw={}), None, None)


@regrade_desk.post("")
@permission("person.write")
def store(mandant: uuid.UUID, person: uuid.UUID, beschaeftigung: uuid.UUID) -> Response | str | tuple[str, int]:
    """Zeigt die Wirkung; mit „speichern“ erfasst sie genau das Gezeigte."""
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        target = _target(session, person, beschaeftigung)
        given = fact_forms.read(KIND, request.form, target.options)
        given.errors.pop("gueltig_bis", None)
        change = None if given.errors else _proposed(session, target, given)
        gezeigt = None if change is None else _effect(session, target, change, given)
        stored = gezeigt is not None and confirmed(gezeigt) and _carried_out(session, target, change, given, gezeigt)
    if given.errors:
        return _page(target, given, None, None), 422
    if not stored:
        return _page(target, given, change, gezeigt)
    flash(_("Die Umgruppierung ist erfasst. Bisheriges bleibt in der Akte nachvollziehbar."), "success")
    return redirect(url_for("person.page", mandant=mandant, person=person, _anchor="eingruppierung"))


def _target(session: TenantSession, person: uuid.UUID, job: uuid.UUID) -> Target:
    today = settings_of(current_app).today()
    owner = session.scalars(select(Person).where(Person.public_id == person)).one_or_none()
    employment = None if owner is None else session.scalars(
        select(Beschaeftigung).filter_by(person_id=owner.id, public_id=job)).one_or_none()
    if owner is None or employment is None:
        abort(404)
    scales = session.scalars(select(Bezuegezuordnung.tarifwerk).where(
        Bezuegezuordnung.beschaeftigung_id == employment.id, Bezuegezuordnung.superseded_at.is_(None))
        .order_by(Bezuegezuordnung.valid_from.desc())).all()
    names = [name.partition(" ")[2] for name in encode.GRUPPEN if scales and name.startswith(f"{scales[0]} ")]
    return Target(employment.id, person, name_of(session, owner.id, today), job, employment.personalnummer,
                  {"gruppe": {name: (name, name) for name in names}})


def _proposed(session: TenantSession, target: Target, given: fact_forms.FactInput) -> Umgruppierung | None:
    assert given.valid_from is not None
    try:
        return proposed(session, target.employment, given.values["gruppe"], given.valid_from)
    except UmgruppierungRefused as refused:
        given.refuse(refused.field, str(refused))
        return None


def _effect(session: TenantSession, target: Target, change: Umgruppierung, given: fact_forms.FactInput) -> (
        Gezeigt | None):
    """Was die Umgruppierung an der Zahlung ändert, mit dem, was danach zu tun ist."""
    case = _case(session, target, change, given)

    def write() -> list[int]:
        carry_out(session, change, reason=given.reason)
        return []

    open_month = first_open(session, settings_of(current_app).today())
    return shown(session, given, EREIGNISSE["umgruppierung"], case, jobs_of(session, case.person_id), write,
                 shown_months(open_month, [change.gezahlt_ab]))


def _case(session: TenantSession, target: Target, change: Umgruppierung, given: fact_forms.FactInput) -> Fall:
    owner = session.scalars(select(Person.id).where(Person.public_id == target.person)).one()
    known = who(session, owner, target.employment, change.wirksam)
    return Fall(owner, target.employment, known.art, known.eintritt, known.geboren, change.wirksam, None, given.reason)


def _carried_out(session: TenantSession, target: Target, change: Umgruppierung | None, given: fact_forms.FactInput,
                 gezeigt: Gezeigt) -> bool:
    assert change is not None
    try:
        with session.begin_nested():
            carry_out(session, change, reason=given.reason)
            note(session, "umgruppierung", _case(session, target, change, given), [], gezeigt)
    except FactError as refused:
        given.refuse(WHOLE_FORM, str(refused))
        return False
    return True


def _page(target: Target, given: fact_forms.FactInput, change: Umgruppierung | None, gezeigt: Gezeigt | None) -> str:
    return render_template("payroll/desk/regrade.html", held=current_mandate(), target=target, given=given, kind=KIND,
                           change=change, gezeigt=gezeigt, changed=request.form.get("aktion") == STORE)
