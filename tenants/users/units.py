"""Organisationseinheiten zu ihrer Nummer; wer sie kennt (der Stellenplan), meldet sich hier an."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from tenants.db.session import TenantSession, tenant_session
from tenants.users.errors import UserError

Resolve = Callable[[TenantSession, str], uuid.UUID | None]
_known: list[Resolve] = []


def register(resolve: Resolve) -> None:
    """Meldet an, wer Einheiten kennt."""
    _known[:] = [resolve]


def known(tenant_id: int, number: str, actor: str) -> uuid.UUID | None:
    """Kennung der Einheit mit dieser Nummer beim Mandanten; None, wenn es sie nicht gibt."""
    if not _known:
        return None
    with tenant_session(tenant_id, actor=actor) as session:
        return _known[0](session, number)


def find(tenant_id: int, number: str, actor: str) -> uuid.UUID | None:
    """Kennung der Einheit mit dieser Nummer beim Mandanten; ohne Nummer keine."""
    if not number:
        return None
    found = known(tenant_id, number, actor)
    if found is None:
        raise UserError(f"Die Organisationseinheit {number} gibt es bei diesem Arbeitgeber nicht: Nummer prüfen.")
    return found
