"""Zugänge: Liste, anlegen, ansehen, Brief, sperren, öffnen, Faktor zurücknehmen, Tage."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select
from werkzeug.wrappers import Response

from tenants.db.session import PlatformSession
from tenants.models.tenant import Tenant
from tenants.models.user import EmployeeAccess, Mandate, User
from tenants.permissions import MANDATE_ROLES, ROLE_TITLES
from tenants.users import contact, deputies, presence, service
from tenants.users.errors import UserError
from tenants.users.passkeys import held as passkeys_held
from tenants.web import exports, inputs, lists, own_name
from tenants.web.access import permission, shows_answer
from tenants.web.admin import shared
from tenants.web.identity import current

user_pages = Blueprint("adminusers", __name__, url_prefix="/verwaltung/zugaenge")
LETTER_PAPER = "kreislohn.letter_paper"  # (tenant, letter, address, day, actor) -> PDF, given by the room of letters
NEVER = datetime.min.replace(tzinfo=UTC)
COLUMNS: dict[str, Callable[[Any], Any]] = {
    "name": lambda row: lists.sort_key(row.display_name), "anmeldename": lambda row: row.login,
    "anmeldung": lambda row: row.last_signin_at or NEVER}
ONE = "/<uuid:zugang>"
Answer = Response | str | tuple[str, int]


@user_pages.get("")
@permission(shared.ADMIN)
def index() -> str:
    """Alle Zugänge mit Suche; Namen stehen versiegelt in der Datenbank, gesucht und geordnet wird hier."""
    search, sort, descending, page = lists.wanted(COLUMNS, "name")
    words = search.lower().split()
    with shared.platform() as session:
        found = session.execute(select(User.id, User.display_name, User.login, User.unit, User.last_signin_at)
                                .order_by(User.id)).all()
        hits = [row for row in found
                if all(word in f"{row.display_name}\n{row.login}\n{row.unit or ''}".lower() for word in words)]
        hits.sort(key=COLUMNS[sort], reverse=descending)
        wanted = [row.id for row in hits[(page - 1) * lists.PAGE_SIZE:page * lists.PAGE_SIZE]]
        held = {row.id: row for row in session.scalars(select(User).where(User.id.in_(wanted)))}
        rows, total = [held[one] for one in wanted], len(hits)
    shown = lists.prepared(rows, total, search=search, sort=sort, default="name", descending=descending, page=page)
    return render_template("admin/users.html", listing=shown, present=presence.is_present, day=shared.today())


@user_pages.get("/neu")
@permission(shared.ADMIN)
def form() -> str:
    """Formular für einen neuen Zugang des Personals."""
    return render_template("admin/new_user.html", given={}, errors={})


@user_pages.post("/neu")
@permission(shared.ADMIN)
def create() -> Answer:
    """Legt ihn an; Mandate und Brief folgen auf seiner Seite."""
    given, details = {name: value.strip() for name, value in request.form.items()}, _details()
    try:
        contact.check(details)
        first = shared.optional_day("erster_tag")
        with shared.platform() as session:
            user = service.create_user(session, given.get("anmeldename", ""), str(details.pop("display_name")),
                                       details={**details, "first_day": first})
            public_id = user.public_id
    except (UserError, inputs.InputError) as refused:
        return render_template("admin/new_user.html", given=given, errors=_beside(refused)), 422
    flash(_("Der Zugang ist angelegt. Jetzt Mandate erteilen und den Brief ausgeben."), "success")
    return redirect(url_for("adminusers.page", zugang=public_id))


@user_pages.get(ONE)
@permission(shared.ADMIN)
def page(zugang: uuid.UUID) -> str:
    """Ein Zugang mit allem, was ihn ausmacht."""
    with shared.platform() as session:
        user = shared.account(session, zugang)
        mandates = session.execute(
            select(Mandate, Tenant)
            .join(Tenant, Tenant.id == Mandate.tenant_id)
            .where(Mandate.user_id == user.id)
            .order_by(Mandate.valid_to.is_not(None), Tenant.number, Mandate.role)
        ).all()
        colleagues = _colleagues(session, user)
        return render_template(
            "admin/user.html",
            user=user,
            day=shared.today(),
            present=presence.is_present(user, shared.today()),
            passkeys=len(passkeys_held(session, user.id)),
            mandates=mandates,
            standings=deputies.standings(session, user_id=user.id),
            tenants=shared.employers(session),
            roles=[(role, ROLE_TITLES[role]) for role in MANDATE_ROLES],
            colleagues=[(one.public_id, f"{one.display_name} ({one.login})") for one in colleagues],
            alike=[one for one in colleagues if user.kind == "staff" and _alike(one, user)],
        )


@user_pages.post(f"{ONE}/brief")
@permission(shared.ADMIN)
@shows_answer
def letter(zugang: uuid.UUID) -> Answer:
    """Gibt einen Brief aus; er steht nur auf dieser einen Seite oder (als=pdf) nur in diesem Dokument."""
    with shared.changing() as session:
        user = shared.account(session, zugang)
        shared.not_oneself(user)
        employer = _employer(session, user) if request.form.get("als") == "pdf" else None
        made = service.issue_letter(session, user, reason=request.form.get("grund", "").strip() or None)
        if employer is not None:
            paper = current_app.extensions[LETTER_PAPER](
                employer, made, own_name.root(), shared.today(), current().login)
            answer = exports.attachment(paper, "application/pdf", f"brief-{user.login}.pdf")
            answer.headers["Cache-Control"] = "no-store"
            return answer
        return render_template("admin/letter.html", user=user, lines=made.lines(own_name.root()))
    return _back(zugang)


@user_pages.post(f"{ONE}/angaben")
@permission(shared.ADMIN)
def details(zugang: uuid.UUID) -> Response:
    """Ändert Name, Mail, Telefon, Raum, Einheit und Funktion; was die Personalliste führt, ändert nur sie."""
    given = _details()

    def change(session: PlatformSession, user: User) -> None:
        if user.kind != "staff" or user.external_id is not None:
            raise UserError("Diese Angaben führt die Personalliste oder der Mensch selbst: dort ändern.")
        contact.check(given)
        contact.change(session, user, given, shared.reason())

    return _change(zugang, _("Die Angaben sind gespeichert."), change)


@user_pages.post(f"{ONE}/sperren")
@permission(shared.ADMIN)
def lock(zugang: uuid.UUID) -> Response:
    """Sperrt sofort; alle Sitzungen enden."""
    done = _("Der Zugang ist gesperrt; seine Sitzungen sind beendet.")
    return _change(zugang, done, lambda session, user: service.deactivate(session, user, shared.reason()))


@user_pages.post(f"{ONE}/oeffnen")
@permission(shared.ADMIN)
def unlock(zugang: uuid.UUID) -> Response:
    """Öffnet einen gesperrten Zugang."""
    done = _("Der Zugang ist wieder offen.")
    return _change(zugang, done, lambda session, user: service.reactivate(session, user, shared.reason()))


@user_pages.post(f"{ONE}/faktor")
@permission(shared.ADMIN)
def reset_factor(zugang: uuid.UUID) -> Response:
    """Nimmt alle Faktoren und das Kennwort zurück; weiter geht es nur mit einem neuen Brief."""
    done = _("Faktoren und Kennwort sind zurückgenommen. Jetzt einen neuen Brief ausgeben.")
    reset = service.reset_second_factor
    return _change(zugang, done, lambda session, user: reset(session, user, shared.reason(), datetime.now(UTC)))


@user_pages.post(f"{ONE}/tage")
@permission(shared.ADMIN)
def days(zugang: uuid.UUID) -> Response:
    """Setzt ersten und letzten Tag."""

    def set_days(session: PlatformSession, user: User) -> None:
        first, last = shared.optional_day("erster_tag"), shared.optional_day("letzter_tag")
        presence.set_days(session, user, first, last, shared.reason())

    return _change(zugang, _("Erster und letzter Tag sind gespeichert."), set_days)


def _details() -> dict[str, str | None]:
    """Angaben des Formulars; name heißt der angezeigte Name."""
    return {name: request.form.get(name if name != "display_name" else "name", "").strip() or None
            for name in contact.FIELDS}


def _beside(refused: ValueError) -> dict[str, list[str]]:
    """Die Ablehnung an ihrem Feld."""
    if isinstance(refused, inputs.InputError):
        return {"erster_tag": [str(refused)]}
    field = refused.field if isinstance(refused, contact.ContactRefused) else "anmeldename"
    return {"name" if field == "display_name" else field: [str(refused)]}


def _employer(session: PlatformSession, user: User) -> int | None:
    """Der Arbeitgeber, dessen Wortlaut der Brief bekommt: bei dem die Person heute ihr Portal hat."""
    day = shared.today()
    return session.scalars(select(EmployeeAccess.tenant_id).where(
        EmployeeAccess.user_id == user.id, EmployeeAccess.valid_from <= day,
        or_(EmployeeAccess.valid_to.is_(None), EmployeeAccess.valid_to >= day),
    ).order_by(EmployeeAccess.valid_from.desc(), EmployeeAccess.id.desc()).limit(1)).first()


def _change(zugang: uuid.UUID, done: str, action: Callable[[PlatformSession, User], object]) -> Response:
    """Ändert einen fremden Zugang; gelingt es, steht done auf der nächsten Seite, sonst die Ablehnung."""
    with shared.changing() as session:
        user = shared.account(session, zugang)
        shared.not_oneself(user)
        action(session, user)
        flash(done, "success")
    return _back(zugang)


def _colleagues(session: PlatformSession, user: User) -> list[User]:
    staff = select(User).where(User.kind == "staff", User.id != user.id, User.active.is_(True))
    return sorted(session.scalars(staff.limit(2000)), key=lambda one: lists.sort_key(one.display_name))


def _alike(one: User, other: User) -> bool:
    """Ob zwei Zugänge nach Name oder Mailadresse derselbe Mensch sein könnten: dann wären vier Augen zwei."""
    names = {" ".join(sorted(lists.sort_key(user.display_name).split())) for user in (one, other)}
    mails = {(user.email or "").strip().lower() for user in (one, other)}
    return len(names) == 1 or (len(mails) == 1 and "" not in mails)


def _back(zugang: uuid.UUID) -> Response:
    return redirect(url_for("adminusers.page", zugang=zugang))
