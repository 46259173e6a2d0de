"""Zugang einer Person zum Portal: Stand, und der Brief zur ersten Anmeldung als PDF."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, current_app, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from payroll.masterdata.models import Person
from payroll.statements.briefe import portalzugang
from payroll.statements.briefe.angaben import BriefError
from payroll.statements.briefe.portalzugang import ZugangError
from payroll.web.desk.person_reading import name_of
from payroll.web.desk.whose import is_me
from tenants.db.session import TenantSession, tenant_session
from tenants.users.errors import UserError
from tenants.web import exports, own_name
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

access_desk = Blueprint("portalaccess", __name__, url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>/portal")
OWN = "Den eigenen Zugang gibt niemand selbst aus: eine zweite Person bitten."
Answer = BaseResponse | str | tuple[str, int]


@access_desk.get("")
@permission("person.write")
def page(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Ob die Person einen Zugang hat und ob er eingerichtet ist."""
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        return _page(session, person, [])


@access_desk.post("")
@permission("person.write")
@shows_answer
def invite(mandant: uuid.UUID, person: uuid.UUID) -> Answer:
    """Legt den Zugang an (beim ersten Mal) und gibt den Brief aus; der Code steht nur in diesem Dokument."""
    held, today = current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        found = _found(session, person)
        try:
            if is_me(session, found):
                raise ZugangError(OWN)
            made = portalzugang.invite(session, person, today, own_name.root())
        except (ZugangError, UserError, BriefError) as refused:
            return _page(session, person, [str(refused)]), 422
    answer = exports.attachment(made.pdf, "application/pdf", f"brief-{made.login}.pdf")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(session: TenantSession, person: uuid.UUID, errors: list[str]) -> str:
    held, today = current_mandate(), settings_of(current_app).today()
    found = _found(session, person)
    return render_template("payroll/desk/portal_access.html", held=held, person=person,
                           name=name_of(session, found.id, today), access=portalzugang.of_person(session, person),
                           own=is_me(session, found), errors={"": errors} if errors else {}, labels={})


def _found(session: TenantSession, person: uuid.UUID) -> Person:
    found = session.scalars(select(Person).where(Person.public_id == person)).one_or_none()
    if found is None:
        abort(404)
    return found
