"""Was die Seiten der Verwaltung teilen: Sitzung, der gemeinte Zugang, Eingaben, Ablehnungen als Meldung."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from flask import abort, current_app, flash, request
from sqlalchemy import select

from tenants.db.session import PlatformSession, platform_session
from tenants.models.tenant import Tenant
from tenants.models.user import User
from tenants.users.errors import UserError
from tenants.web import inputs
from tenants.web.identity import current
from tenants.web.shell import settings_of

ADMIN = "user.admin"


def today() -> date:
    """Heutiger Tag im Amt."""
    return settings_of(current_app).today()


@contextmanager
def platform() -> Iterator[PlatformSession]:
    """Sitzung der Plattform im Namen des angemeldeten Menschen."""
    with platform_session(actor=current().login) as session:
        yield session


@contextmanager
def changing() -> Iterator[PlatformSession]:
    """Wie platform; eine Ablehnung nimmt alles zurück und steht als Meldung auf der nächsten Seite."""
    try:
        with platform() as session:
            yield session
    except (UserError, inputs.InputError) as refused:
        flash(str(refused), "danger")


def account(session: PlatformSession, public_id: uuid.UUID) -> User:
    """Der gemeinte Zugang."""
    found = session.scalars(select(User).where(User.public_id == public_id)).one_or_none()
    if found is None:
        abort(404)
    return found


def employers(session: PlatformSession) -> list[tuple[str, str]]:
    """Arbeitgeber zur Auswahl."""
    return [(str(t.public_id), f"{t.number} {t.name}") for t in session.scalars(select(Tenant).order_by(Tenant.number))]


def not_oneself(user: User) -> None:
    """Am eigenen Zugang ändert die Verwaltung nichts: das tut eine zweite Person."""
    if user.id == current().user_id:
        raise UserError("Am eigenen Zugang ändert eine zweite Person der Verwaltung etwas, nicht Sie selbst.")


def day_field(name: str) -> date:
    """Tag aus dem Formular."""
    return inputs.day(request.form.get(name, ""))


def optional_day(name: str) -> date | None:
    """Tag aus dem Formular oder nichts."""
    words = request.form.get(name, "").strip()
    return inputs.day(words) if words else None


def reason() -> str:
    """Grund aus dem Formular."""
    words = request.form.get("grund", "").strip()[:300]
    if not words:
        raise UserError("Bitte den Grund angeben: er steht im Protokoll.")
    return words
