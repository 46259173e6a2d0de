"""Portal: meine Daten – was gespeichert ist, Berichtigung, Bankverbindung, Antworten."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from payroll.masterdata import anliegen, ausgeschieden
from payroll.masterdata.anliegen import AnliegenError, Gestellt
from payroll.masterdata.models import Anliegen, Person
from payroll.masterdata.service import FactError
from payroll.runs.reading import checked_months
from payroll.web.desk.person_reading import PersonFile, person_file
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.models.user import User
from tenants.outbox import service as outbox
from tenants.users.step_up import StepUpRefused, confirm
from tenants.web.access import permission
from tenants.web.identity import HeldMandate, current, current_mandate
from tenants.web.shell import settings_of

own_data_portal = Blueprint("owndata", __name__, url_prefix="/portal")
ONE = "/<uuid:mandant>/daten/<uuid:person>"
Answer = Response | str | tuple[str, int]


@dataclass(frozen=True)
class OwnData:
    """Was bei einem Arbeitgeber über die eigene Person gespeichert ist; left: letzter Tag, wenn sie gegangen ist."""

    held: HeldMandate
    person: uuid.UUID
    file: PersonFile
    requests: list[Gestellt]
    left: date | None

    def gone(self, today: date) -> bool:
        """Ob die Person ausgeschieden ist und nur noch liest."""
        return self.left is not None and self.left < today


@own_data_portal.get("/daten")
@permission("slip.read_own")
def index() -> str:
    """Alle eigenen Angaben bei allen Arbeitgebern, mit Anliegen und Antworten."""
    me, found = current(), []
    for held in me.holding("slip.read_own"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            found += [one for person in sorted(held.person_public_ids)
                      if (one := _own(session, held, person)) is not None]
    return render_template("payroll/portal/data.html", found=found, on=_today(), until=ausgeschieden.access_until)


@own_data_portal.get(f"{ONE}/berichtigung")
@permission("person.write_own")
def correction(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Formular: was stimmt nicht?"""
    return _correction_form({})


@own_data_portal.post(f"{ONE}/berichtigung")
@permission("person.write_own")
def ask(mandant: uuid.UUID, person: uuid.UUID) -> Answer:
    """Bittet um Berichtigung; die Sachbearbeitung bekommt eine Wiedervorlage."""
    held, me = current_mandate(), current()
    area, text = request.form.get("bereich", ""), request.form.get("text", "")
    try:
        with tenant_session(held.tenant_id, actor=me.login) as session:
            own = _writing(session, held, person)
            if area not in _areas(own):
                raise AnliegenError(_("Bereich: bitte einen aus der Liste wählen."))
            anliegen.ask_correction(session, _row(session, person), _areas(own)[area], text, _today())
    except AnliegenError as refused:
        return _correction_form({"text": [str(refused)]}), 422
    flash(_("Ihr Anliegen ist angekommen. Die Antwort steht hier."), "success")
    return redirect(url_for("owndata.index"))


@own_data_portal.get(f"{ONE}/bank")
@permission("person.write_own")
def account(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Formular: neue Bankverbindung."""
    return _account_form({})


@own_data_portal.post(f"{ONE}/bank")
@permission("person.write_own")
def change_account(mandant: uuid.UUID, person: uuid.UUID) -> Answer:
    """Ändert die Bankverbindung mit zweitem Faktor; sie gilt nach der Wartezeit, die Nachricht geht sofort hinaus."""
    held, me = current_mandate(), current()
    iban, holder = request.form.get("iban", ""), request.form.get("kontoinhaber", "")
    try:
        with tenant_session(held.tenant_id, actor=me.login) as session:
            _writing(session, held, person)
        anliegen.checked_iban(iban)  # a typing error costs no code
        confirm(me.user_id, request.form.get("code", ""), datetime.now(UTC), request.remote_addr)
        # No change without its notice: the notice is written first, and its transaction ends last.
        with platform_session(actor=me.login) as notices:
            outbox.account_changed(notices, notices.get_one(User, me.user_id), datetime.now(UTC))
            with tenant_session(held.tenant_id, actor=me.login) as session:
                anliegen.change_account(session, _row(session, person), iban, holder, _today(),
                                        checked_months(session))
    except StepUpRefused as refused:
        return _account_form({"code": [str(refused)]}), 422
    except (AnliegenError, FactError) as refused:
        return _account_form({"iban": [str(refused)]}), 422
    flash(_("Ihre neue Bankverbindung ist gespeichert. Ab wann sie gilt und bis wann Sie sie zurücknehmen können, "
            "steht unten."), "success")
    return redirect(url_for("owndata.index"))


@own_data_portal.post(f"{ONE}/anliegen/<uuid:kennung>/zuruecknehmen")
@permission("person.write_own")
def withdraw(mandant: uuid.UUID, person: uuid.UUID, kennung: uuid.UUID) -> Answer:
    """Nimmt ein eigenes offenes Anliegen zurück."""
    held, me = current_mandate(), current()
    try:
        with tenant_session(held.tenant_id, actor=me.login) as session:
            _writing(session, held, person)
            told = anliegen.withdraw(session, _mine(session, person, kennung), _today(), checked_months(session))
    except (AnliegenError, FactError) as refused:
        flash(str(refused), "danger")
    else:
        if told:
            flash(" ".join((_("Zurückgenommen."), told)), "warning")
        else:
            flash(_("Zurückgenommen. Es bleibt, wie es war."), "success")
    return redirect(url_for("owndata.index"))


def _own(session: TenantSession, held: HeldMandate, person: uuid.UUID) -> OwnData | None:
    file = person_file(session, person, _today(), plain=True)
    if file is None:
        return None
    left = ausgeschieden.last_days(session, [person]).get(person)
    return OwnData(held, person, file, anliegen.of_person(session, [file.id]), left)


def _writing(session: TenantSession, held: HeldMandate, person: uuid.UUID) -> OwnData:
    """Die eigenen Daten, wenn sie geändert werden dürfen: fremde gibt es nicht, Ausgeschiedene lesen nur."""
    own = _own(session, held, person) if person in held.person_public_ids else None
    if own is None:
        abort(404)
    if own.gone(_today()):
        raise AnliegenError(_("Nach dem Austritt ist das Portal nur noch zum Lesen da: bitte an die Personalstelle "
                              "wenden."))
    return own


def _mine(session: TenantSession, person: uuid.UUID, public_id: uuid.UUID) -> Anliegen:
    found = anliegen.find(session, public_id, lock=True)
    if found is None or found.row.person_id != _row(session, person).id:
        abort(404)
    return found.row


def _row(session: TenantSession, person: uuid.UUID) -> Person:
    return session.scalars(select(Person).where(Person.public_id == person)).one()


def _areas(own: OwnData) -> dict[str, str]:
    """Bereiche, zu denen sich etwas sagen lässt: Abschnitte mit Inhalt und anderes."""
    sections = [*own.file.sections.values(), *(part for job in own.file.jobs for part in job.sections.values())]
    return {part.slug: str(part.kind.title) for part in sections if part.facts} | {"anderes": _("Etwas anderes")}


def _correction_form(errors: dict[str, list[str]]) -> str:
    return _form("payroll/portal/correction.html", errors, lambda own: {"areas": list(_areas(own).items())})


def _account_form(errors: dict[str, list[str]]) -> str:
    first = anliegen.effective_from(_today(), ())
    return _form("payroll/portal/account.html", errors, lambda own: {
        "wait": anliegen.WAIT, "first": first, "known": own.file.sections["bank"].valid_on(_today())})


def _form(template: str, errors: dict[str, list[str]], more: Callable[[OwnData], dict[str, object]]) -> str:
    held, person = current_mandate(), (request.view_args or {})["person"]
    with tenant_session(held.tenant_id, actor=current().login) as session:
        own = _own(session, held, person) if person in held.person_public_ids else None
    if own is None:
        abort(404)
    raw = {name: request.form.get(name, "") for name in ("bereich", "text", "iban", "kontoinhaber")}
    raw["bereich"] = raw["bereich"] or request.args.get("bereich", "")
    return render_template(template, held=held, own=own, errors=errors, raw=raw, gone=own.gone(_today()), **more(own))


def _today() -> date:
    return settings_of(current_app).today()
