"""Zugang einer Person zum Portal: Stand, der Brief zur ersten Anmeldung als PDF, und Personal gleichen Namens."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from payroll.masterdata.models import Person
from payroll.statements.briefe import portalzugang
from payroll.statements.briefe.angaben import BriefError
from payroll.statements.briefe.portalzugang import ZugangError
from payroll.web.desk.person_reading import name_of
from payroll.web.desk.whose import is_me, names_of
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.users import namesakes
from tenants.users.errors import UserError
from tenants.users.namesakes import Account
from tenants.web import exports, own_name
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate
from tenants.web.namesakes import alike
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


@access_desk.post("/gleicher-name")
@permission("person.write")
def say_apart(mandant: uuid.UUID, person: uuid.UUID) -> Answer:
    """Sagt mit Grund, dass ein Zugang gleichen Namens ein anderer Mensch ist."""
    def act(session: TenantSession, found: Person) -> str:
        wanted = request.form.get("zugang", "")
        account = next((one for one in _alike(session, found) if str(one.public_id) == wanted), None)
        if account is None:
            raise UserError(_("Zugang: einen der genannten wählen."))
        _from_outside(session, found, account.display_name)
        namesakes.say(session, person, account, request.form.get("grund", ""))
        return _("Gesagt. Es gilt, sobald eine zweite Person es bestätigt.")

    return _told(person, act)


@access_desk.post("/gleicher-name/<uuid:feststellung>/bestaetigen")
@permission("person.write")
def confirm_apart(mandant: uuid.UUID, person: uuid.UUID, feststellung: uuid.UUID) -> Answer:
    """Bestätigt es als zweite Person."""
    def act(session: TenantSession, found: Person) -> str:
        meant = {one.public_id: one.account_public_id for one in namesakes.of_person(session, person)}
        names = [one.display_name for one in _alike(session, found) if one.public_id == meant.get(feststellung)]
        _from_outside(session, found, *names)
        namesakes.confirm(session, person, feststellung)
        return _("Bestätigt. Die beiden gelten als zwei Menschen.")

    return _told(person, act)


@access_desk.post("/gleicher-name/<uuid:feststellung>/beenden")
@permission("person.write")
def end_apart(mandant: uuid.UUID, person: uuid.UUID, feststellung: uuid.UUID) -> Answer:
    """Beendet es; der gleiche Name hält wieder auf."""
    def act(session: TenantSession, _found: Person) -> str:
        namesakes.end(session, person, feststellung, request.form.get("grund", ""))
        return _("Beendet. Wer ebenso heißt, gilt wieder als derselbe Mensch.")

    return _told(person, act)


def _told(person: uuid.UUID, act: Callable[[TenantSession, Person], str]) -> Answer:
    held = current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        try:
            with session.begin_nested():
                words = act(session, _found(session, person))
        except UserError as refused:
            return _page(session, person, [str(refused)]), 422
    flash(words, "success")
    return redirect(url_for("portalaccess.page", mandant=held.public_id, person=person))


def _from_outside(session: TenantSession, found: Person, *accounts: str) -> None:
    """UserError für den Menschen selbst und jeden, der wie die Person oder der gemeinte Zugang heißt."""
    if is_me(session, found) or any(alike(current().display_name, name) for name in accounts):
        raise UserError(namesakes.NOT_ONESELF)


def _alike(session: TenantSession, found: Person) -> list[Account]:
    """Personal dieses Arbeitgebers, das heißt wie die Person und nicht ohnehin mit ihr verbunden ist."""
    names, today = names_of(session, found), settings_of(current_app).today()
    with platform_session(actor=current().login) as platform:
        return namesakes.staff_alike(platform, current_mandate().tenant_id, today,
                                     lambda name: any(alike(name, one) for one in names))


def _page(session: TenantSession, person: uuid.UUID, errors: list[str]) -> str:
    held, today = current_mandate(), settings_of(current_app).today()
    found = _found(session, person)
    return render_template("payroll/desk/portal_access.html", held=held, person=person,
                           name=name_of(session, found.id, today), access=portalzugang.of_person(session, person),
                           own=is_me(session, found), errors={"": errors} if errors else {}, labels={},
                           alike=_alike(session, found), told=namesakes.of_person(session, person), me=current())


def _found(session: TenantSession, person: uuid.UUID) -> Person:
    found = session.scalars(select(Person).where(Person.public_id == person)).one_or_none()
    if found is None:
        abort(404)
    return found
