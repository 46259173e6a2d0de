"""Wer handelt: der angemeldete Mensch mit seinen Mandaten am heutigen Tag."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from datetime import date

from flask import g
from werkzeug.exceptions import Unauthorized

from tenants.models.user import User
from tenants.permissions import permissions_of
from tenants.users.service import HeldAt, load_user, mandates_on


class HeldMandate(HeldAt):
    """Ein Mandant, für den jemand heute etwas darf."""

    def may(self, permission: str) -> bool:
        """Ob dieses Recht hier besteht."""
        return permission in self.permissions


@dataclass(frozen=True)
class Identity:
    """Ein Zugang mit seinen Mandaten; login ist zugleich der Handelnde im Protokoll."""

    user_id: int
    login: str
    display_name: str
    kind: str
    epoch: int
    platform_admin: bool = False
    second_factor: bool = False
    mandates: tuple[HeldMandate, ...] = ()
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Schlüssel der Sitzung: Zugang und Sitzungszähler; ein erhöhter Zähler beendet alte Sitzungen."""
        return f"{self.user_id}:{self.epoch}"

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


def load(key: str, today: date) -> Identity | None:
    """Der Mensch zu einem Sitzungsschlüssel; gesperrte und überholte Sitzungen finden niemanden."""
    user_id, _, epoch = key.partition(":")
    if not (user_id.isdecimal() and epoch.isdecimal()):
        return None
    user = load_user(int(user_id), int(epoch))
    return of_user(user, today) if user is not None else None


def of_user(user: User, today: date) -> Identity:
    """Zugang mit den Mandaten dieses Tages."""
    return Identity(
        user_id=user.id,
        login=user.login,
        display_name=user.display_name,
        kind=user.kind,
        epoch=user.session_epoch,
        platform_admin=user.platform_admin,
        second_factor=user.totp_secret is not None,
        mandates=tuple(
            HeldMandate(**{item.name: getattr(held, item.name) for item in fields(held)})
            for held in mandates_on(user, today)
        ),
    )
