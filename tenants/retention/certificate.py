"""Urkunde über eine Löschung: JSON, unterschrieben mit dem Schlüssel der Siegel, mit Zahlen statt Inhalten."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from tenants.audit import checkpoint
from tenants.audit.verifier import canonical
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models.tenant import Tenant
from tenants.retention.errors import DeletionRefused
from tenants.retention.models import DeletionOrder

CONTEXT = b"kreislohn loeschung 1\n"
REMAINS = (
    "Geblieben sind die Summen je Monat, das Protokoll (wer wann welchen Satz geändert hat, ohne die Werte) "
    "und, was eine Sperre hält. Sicherungen von vor diesem Zeitpunkt enthalten das Gelöschte noch: sie vernichten, "
    "wenn ihre eigene Frist endet, und nach jeder Rückkehr den Auftrag mit demselben Stichtag wiederholen."
)


def issue(session: TenantSession, order: DeletionOrder, counts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Urkunde über den Auftrag; counts nennt Zeilen je Datenart, Tabelle und Stand."""
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    head = checkpoint.seal_chain(session, "loeschung")
    content = {
        "kind": "Urkunde über eine Löschung",
        "tenant": {"number": tenant.number, "name": tenant.name, "id": str(tenant.public_id)},
        "order": {"id": str(order.public_id), "due_day": order.due_day.isoformat(), "digest": order.digest.hex()},
        "ordered_by": order.ordered_by,
        "approved_by": order.approved_by,
        "reason": order.reason,
        "rows": [dict(one) for one in counts],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "executed_by": str(session.info["actor"]),
        "entry": {"seq": head.seq, "head": head.head},
        "remains": REMAINS,
        "key": checkpoint.public_key(),
    }
    return {**content, "signature": checkpoint.signing_key().sign(CONTEXT + canonical(content).encode()).hex()}


def read(text: str, *, public_key: str | None = None) -> dict[str, Any]:
    """Inhalt, wenn die Unterschrift von dieser Einrichtung (oder dem genannten Schlüssel) stammt."""
    try:
        content = dict(json.loads(text))
        signature, key = bytes.fromhex(str(content.pop("signature"))), str(content["key"])
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, CONTEXT + canonical(content).encode())
    except (KeyError, TypeError, ValueError, InvalidSignature) as error:
        raise DeletionRefused("Die Urkunde ist unlesbar oder verändert: das Original verwenden.") from error
    if key != (public_key or checkpoint.public_key()):
        raise DeletionRefused(f"Die Urkunde stammt von einem anderen Schlüssel ({key[:16]}…).")
    return content
