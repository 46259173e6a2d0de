"""Wer handelt: der angemeldete Mensch mit seinen Mandaten am heutigen Tag."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from flask import g
from werkzeug.exceptions import Unauthorized

from tenants.permissions import permissions_of


@dataclass(frozen=True)
class HeldMandate:
    """Ein Mandant, für den jemand heute etwas darf."""

    tenant_id: int
    public_id: uuid.UUID
    number: str
    name: str
    kind: str
    demo: bool
    roles: frozenset[str]
    person_public_ids: frozenset[uuid.UUID] = frozenset()

    @property
    def permissions(self) -> frozenset[str]:
        """Alles, was die Rollen bei diesem Mandanten erlauben."""
        return permissions_of(self.roles)

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


def roles_title(roles: Iterable[str], titles: dict[str, str]) -> str:
    """Rollen in Worten."""
    return ", ".join(titles[role] for role in sorted(roles))
