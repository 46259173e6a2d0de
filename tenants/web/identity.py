"""Wer handelt: der angemeldete Mensch mit seinen Mandaten am heutigen Tag."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime

from flask import g
from werkzeug.exceptions import Unauthorized

from tenants.db.session import PlatformSession, platform_session
from tenants.permissions import permissions_of
from tenants.users import sessions
from tenants.users.service import HeldAt, mandates_on
from tenants.users.sessions import Loaded
from tenants.web.settings import Settings


class HeldMandate(HeldAt):
    """Ein Mandant, für den jemand heute etwas darf."""

    def may(self, permission: str) -> bool:
        """Ob dieses Recht hier besteht."""
        return permission in self.permissions


@dataclass(frozen=True)
class Identity:
    """Ein Zugang mit seinen Mandaten und seiner Sitzung; login ist zugleich der Handelnde im Protokoll.

    method sagt, wie er sich angemeldet hat; employer begrenzt die Sitzung auf einen Arbeitgeber, wenn dessen eigener
    Verzeichnisdienst angemeldet hat.
    """

    user_id: int
    login: str
    display_name: str
    kind: str
    epoch: int
    platform_admin: bool = False
    second_factor: bool = False
    session_id: int = 0
    token: str = field(default="", repr=False)
    method: str = "password"
    since: datetime | None = None
    employer: int | None = None
    unseen_devices: int = 0
    public_id: uuid.UUID | None = None
    mandates: tuple[HeldMandate, ...] = ()
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Schlüssel der Sitzung: Zugang, Sitzungszähler, Zeichen; ein erhöhter Zähler beendet alte Sitzungen."""
        return f"{self.user_id}:{self.epoch}:{self.token}"

    @property
    def must_enrol(self) -> bool:
        """Personal, das per Brief kam und noch keinen zweiten Faktor hat, darf nur diesen einrichten."""
        return self.staff and self.method == "letter" and not self.second_factor

    @property
    def staff(self) -> bool:
        """Gehört zum Personaldienst (nicht zum Portal)."""
        return self.kind == "staff"

    def may(self, permission: str) -> bool:
        """Ob das Recht bei irgendeinem Mandanten besteht."""
        return any(mandate.may(permission) for mandate in self.mandates) or (
            self.platform_admin and permission in permissions_of(("platform_admin",))
        )

    def holding(self, permission: str) -> list[HeldMandate]:
        """Mandate, bei denen das Recht besteht, nach Nummer."""
        return sorted((m for m in self.mandates if m.may(permission)), key=lambda m: m.number)

    def mandate(self, public_id: uuid.UUID) -> HeldMandate | None:
        """Das Mandat zu einer öffentlichen Kennung, sonst nichts."""
        return next((m for m in self.mandates if m.public_id == public_id), None)


def current() -> Identity:
    """Der angemeldete Mensch dieser Anfrage."""
    identity = g.get("identity")
    if not isinstance(identity, Identity):
        raise Unauthorized()
    return identity


def current_mandate() -> HeldMandate:
    """Das vom Wächter geprüfte Mandat dieser Anfrage."""
    mandate = g.mandate
    assert isinstance(mandate, HeldMandate)
    return mandate


def load(key: str, settings: Settings) -> Identity | None:
    """Der Mensch zu einem Sitzungsschlüssel; gesperrte, beendete und überholte Sitzungen finden niemanden."""
    user_id, _, rest = key.partition(":")
    epoch, _, token = rest.partition(":")
    if not (user_id.isdecimal() and epoch.isdecimal() and token):
        return None
    today = settings.today()
    with platform_session(actor="system") as session:
        found = sessions.load(int(user_id), int(epoch), token, today, datetime.now(UTC), settings.idle,
                              settings.longest, session=session)
        return of_session(found, token, today, session) if found is not None else None


def of_session(found: Loaded, token: str, today: date, session: PlatformSession) -> Identity:
    """Zugang mit den Mandaten dieses Tages."""
    user = found.user
    return Identity(
        user_id=user.id,
        login=user.login,
        display_name=user.display_name,
        kind=user.kind,
        epoch=user.session_epoch,
        platform_admin=user.platform_admin and found.employer is None,
        second_factor=found.second_factor,
        session_id=found.row.id,
        token=token,
        method=found.row.method,
        since=found.row.created_at,
        employer=found.employer,
        unseen_devices=found.unseen_devices,
        public_id=user.public_id,
        mandates=tuple(
            HeldMandate(**{item.name: getattr(held, item.name) for item in fields(held)})
            for held in mandates_on(user, today, session=session)
            if found.employer in (None, held.tenant_id)
        ),
    )
