"""Papiere des Archivs, wie sie zwei Menschen in zwei Sitzungen ziehen."""

from __future__ import annotations

from collections.abc import Sequence

from tenants.db.session import platform_session
from tenants.documents import drawing
from tenants.documents.paper import Paper
from tenants.models import Tenant
from tenants.security import recipient


def drawn(tenant: int, holders: Sequence[str], algorithm: int = recipient.X25519) -> list[Paper]:
    """Neuer Archivschlüssel, ein Papier je Name in dieser Reihenfolge: „heidi“ sah das zweite, „hugo“ die anderen."""
    with platform_session(actor="heidi") as session:
        row = session.get_one(Tenant, tenant)
        first = drawing.draw(session, row, [holders[1]], "Einrichtung", algorithm, fresh=True)
    with platform_session(actor="hugo") as session:
        row = session.get_one(Tenant, tenant)
        others = drawing.complete(session, row, [holders[0], *holders[2:]], "Einrichtung", fresh=True)
    return [others[0], *first, *others[1:]]
