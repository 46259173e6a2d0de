"""Vernichtung der Schlüssel eines Mandanten mit Urkunde, und ihre Wiederholung nach einer Rückkehr aus der Sicherung.

Die Urkunde ist JSON, unterschrieben mit dem Schlüssel der Siegel. Sie nennt den Mandanten, den Fingerabdruck jedes
vernichteten (eingewickelten) Schlüssels, den Eintrag im Protokoll der Plattform und den letzten der eigenen Kette.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from tenants.audit import checkpoint
from tenants.audit.checkpoint import Checkpoint
from tenants.audit.models import AuditEntry
from tenants.audit.service import lock
from tenants.audit.verifier import canonical
from tenants.db.session import PlatformSession, tenant_session
from tenants.models.tenant import Tenant, TenantKey
from tenants.security import leaving_proof, rotation
from tenants.security.keys import KeyMissing

CONTEXT = b"kreislohn vernichtung 1\n"
REMAINS = (
    "Unlesbar ist jeder verschlüsselte Wert dieses Mandanten. Sicherungen von vor diesem Zeitpunkt enthalten die "
    "eingewickelten Schlüssel noch: sie vernichten oder nach jeder Rückkehr „kreislohn keys repeat-destroy“ mit dieser "
    "Urkunde ausführen."
)


class CertificateInvalid(ValueError):
    """Die Urkunde ist unlesbar, verändert oder passt nicht zu dieser Einrichtung."""


def destroy(session: PlatformSession, tenant: Tenant, reason: str, *, confirmed: str,
            package: str | None = None, unproved: str | None = None) -> dict[str, Any]:
    """Vernichtet alle Schlüssel und gibt die Urkunde; confirmed ist der volle Name des Mandanten, abgetippt.

    package ist die Prüfsumme des Pakets, mit dem er gegangen ist: nur wenn seitdem nichts geschehen ist und sein Beweis
    in der versiegelten Kette steht, wird vernichtet. unproved ist der Grund, es ohne das zu tun. Die Urkunde nennt
    eines von beiden.
    """
    _asked_for(tenant, reason, confirmed, package, unproved)
    rows = session.scalars(select(TenantKey).where(TenantKey.tenant_id == tenant.id).order_by(TenantKey.id)).all()
    destroyed = [
        {"purpose": r.purpose, "version": r.version, "fingerprint": hashlib.sha256(r.wrapped).hexdigest()} for r in rows
    ]
    with tenant_session(tenant.id, actor=str(session.info["actor"])) as own:
        how = {"package": package, "proof_entry": leaving_proof.require(own, package)} if package else {
            "without_proof": str(unproved).strip()}
        last = checkpoint.seal_chain(own, "vernichtung")
    _hold(session, tenant, last)
    rotation.destroy_keys(session, tenant.id, reason if package else f"{reason} (ohne Beweis: {how['without_proof']})")
    platform = checkpoint.sign_head(session)
    return _signed(
        {
            "kind": "Urkunde über die Vernichtung von Schlüsseln",
            "tenant": {"number": tenant.number, "name": tenant.name, "id": str(tenant.public_id)},
            "keys": destroyed,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "actor": str(session.info["actor"]),
            "reason": reason,
            "platform_entry": {"seq": platform.seq, "head": platform.head},
            "tenant_entry": {"seq": last.seq, "head": last.head},
            "remains": REMAINS,
            **how,
        }
    )


def _asked_for(tenant: Tenant, reason: str, confirmed: str, package: str | None, unproved: str | None) -> None:
    if confirmed != tenant.name:
        raise KeyMissing(f"Zur Bestätigung den vollen Namen angeben: „{tenant.name}“. Vernichtet wurde nichts.")
    if not reason.strip():
        raise KeyMissing("Die Vernichtung braucht einen Grund. Vernichtet wurde nichts.")
    if (package is None) == (not (unproved or "").strip()):
        raise KeyMissing("Entweder das bewiesene Paket angeben (--package) oder den Grund, ohne Beweis zu vernichten "
                         "(--without-proof). Vernichtet wurde nichts.")


def _hold(session: PlatformSession, tenant: Tenant, last: Checkpoint) -> None:
    """Hält die Kette des Mandanten bis zum Ende dieser Transaktion fest; weist ab, was seit dem Siegel dazukam."""
    lock(session, tenant.id)
    with tenant_session(tenant.id, actor=str(session.info["actor"])) as own:
        newest = own.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    if newest.id != last.seq + 1:
        raise KeyMissing(f"Während der Vernichtung kam Eintrag {newest.id} ({newest.action}) ins Protokoll. "
                         f"{leaving_proof.AGAIN}")


def checksum(file: Path) -> str:
    """SHA-256 einer Datei."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def repeat(session: PlatformSession, text: str) -> int:
    """Vernichtet nach einer Rückkehr aus der Sicherung noch einmal, was die Urkunde nennt; gibt die Zahl (auch 0)."""
    certificate = read(text)
    try:
        public_id = uuid.UUID(certificate["tenant"]["id"])
    except (KeyError, TypeError, ValueError) as error:
        raise CertificateInvalid("Die Urkunde nennt keinen Mandanten: das Original verwenden.") from error
    tenant = session.scalars(select(Tenant).where(Tenant.public_id == public_id)).one_or_none()
    if tenant is None:
        return 0
    left = session.scalars(select(TenantKey.id).where(TenantKey.tenant_id == tenant.id)).all()
    return rotation.destroy_keys(session, tenant.id, f"Urkunde vom {certificate['at']}") if left else 0


def read(text: str, *, public_key: str | None = None) -> dict[str, Any]:
    """Inhalt einer Urkunde, wenn ihre Unterschrift von dieser Einrichtung (oder dem genannten Schlüssel) stammt."""
    try:
        content = dict(json.loads(text))
        signature, key = bytes.fromhex(str(content.pop("signature"))), str(content["key"])
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, CONTEXT + canonical(content).encode())
    except (KeyError, TypeError, ValueError, InvalidSignature) as error:
        raise CertificateInvalid("Die Urkunde ist unlesbar oder verändert: das Original verwenden.") from error
    if key != (public_key or checkpoint.public_key()):
        raise CertificateInvalid(f"Die Urkunde stammt von einem anderen Schlüssel ({key[:16]}…): --key angeben.")
    return content


def _signed(content: dict[str, Any]) -> dict[str, Any]:
    content = {**content, "key": checkpoint.public_key()}
    return {**content, "signature": checkpoint.signing_key().sign(CONTEXT + canonical(content).encode()).hex()}
