"""Siegel: unterschriebener Kopf einer Kette (Ed25519), gedruckt auf Freigabevermerken als Anker außerhalb.

Wer nur die Datenbank ändern kann, kann kein Siegel herstellen: der Schlüssel stammt vom Hauptschlüssel ab. Wer auch
diesen hat, scheitert am gedruckten Kopf. Im Siegel stehen Mandant, Nummer und Hash des letzten Eintrags, der Zeitpunkt
(UTC) und der öffentliche Schlüssel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from tenants.audit import verifier
from tenants.audit.export import records
from tenants.audit.models import AuditEntry
from tenants.audit.service import chain_of, lock, record
from tenants.audit.verifier import Report
from tenants.db.session import PlatformSession, TenantSession
from tenants.security import masterkey
from tenants.security.masterkey import MasterKey

PURPOSE = "audit:sign"


@dataclass(frozen=True)
class Checkpoint:
    """Ein Siegel; head, key und signature als Hexadezimalzeichen."""

    tenant: int
    seq: int
    head: str
    at: str
    key: str
    signature: str

    @property
    def printable(self) -> tuple[str, ...]:
        """Zeilen für den Freigabevermerk, in Vierergruppen zum Vorlesen und Abtippen."""
        moment = datetime.fromisoformat(self.at)
        return (
            f"Protokoll {self.tenant}, Eintrag {self.seq}, {moment:%d.%m.%Y %H:%M:%S} UTC",
            f"Kopf {_grouped(self.head)}",
            f"Siegel {_grouped(self.signature)}",
            f"Schlüssel {_grouped(self.key)}",
        )


def signing_key(master: MasterKey | None = None) -> Ed25519PrivateKey:
    """Schlüssel der Siegel dieser Einrichtung."""
    return Ed25519PrivateKey.from_private_bytes((master or masterkey.current()).derive(PURPOSE))


def public_key(master: MasterKey | None = None) -> str:
    """Öffentlicher Schlüssel (64 Hexadezimalzeichen); er gehört in die Hände der Prüfenden."""
    return signing_key(master).public_key().public_bytes_raw().hex()


def sign_head(session: TenantSession | PlatformSession) -> Checkpoint:
    """Unterschreibt den Kopf der Kette dieser Sitzung, ohne etwas einzutragen."""
    session.flush()
    tenant = chain_of(session)
    last = session.execute(
        select(AuditEntry.id, AuditEntry.hash)
        .where(AuditEntry.tenant_id == tenant)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    seq, head = (last.id, last.hash.hex()) if last else (0, verifier.GENESIS)
    return _checkpoint(verifier.CHECKPOINT, tenant, seq, head)


def seal_chain(session: TenantSession | PlatformSession, occasion: str) -> Checkpoint:
    """Siegel über den Kopf, das selbst als Eintrag in der Kette steht; occasion nennt den Anlass (z. B. Freigabe)."""
    lock(session)
    checkpoint = sign_head(session)
    record(session, verifier.CHECKPOINT, occasion, asdict(checkpoint))
    return checkpoint


def latest(session: TenantSession | PlatformSession, occasion: str) -> Checkpoint | None:
    """Das jüngste Siegel zu einem Anlass, wie es in der Kette steht."""
    entry = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.tenant_id == chain_of(session),
            AuditEntry.action == verifier.CHECKPOINT,
            AuditEntry.subject == occasion,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    return Checkpoint(**entry.details) if entry is not None else None


def former_keys(session: TenantSession | PlatformSession) -> tuple[str, ...]:
    """Schlüssel in den Siegeln dieser Kette, die nicht der heutige sind, in der Folge ihres ersten Siegels.

    Sie stehen in der Kette selbst: anzuerkennen sind sie erst, wenn sie mit denen auf Papier übereinstimmen.
    """
    found = session.scalars(
        select(AuditEntry.details)
        .where(AuditEntry.tenant_id == chain_of(session), AuditEntry.action == verifier.CHECKPOINT)
        .order_by(AuditEntry.id)
    )
    return tuple(dict.fromkeys(str(one["key"]) for one in found if one.get("key") != public_key()))


def succeed(session: TenantSession | PlatformSession, old: MasterKey, new: MasterKey) -> None:
    """Der alte Schlüssel bezeugt den neuen: die Reihe der Siegel bleibt beim Wechsel geschlossen."""
    lock(session)
    head = asdict(sign_head(session))
    content = {**head, "key": public_key(old), "next": public_key(new)}
    record(session, verifier.SUCCESSION, "hauptschluessel", _signed(verifier.SUCCESSION, content, old))


def sealed_lines(session: TenantSession | PlatformSession) -> Iterator[str]:
    """Ausfuhr mit dem Siegel als letzter Zeile, für verifier.py; jede Zeile ohne Zeilenende."""
    seq, head = 0, verifier.GENESIS
    for found in records(session):
        seq, head = found["seq"], found["hash"]
        yield verifier.canonical(found)
    yield verifier.canonical({"checkpoint": asdict(_checkpoint(verifier.CLOSING, chain_of(session), seq, head))})


def verify_seals(session: TenantSession | PlatformSession, older: Iterable[str] = ()) -> Report:
    """Prüft Kette und Siegel, wie sie in der Datenbank stehen; older sind Schlüssel früherer Hauptschlüssel."""
    return verifier.check((f"{line}\n" for line in sealed_lines(session)), [public_key(), *older])


def _checkpoint(kind: str, tenant: int, seq: int, head: str) -> Checkpoint:
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    content = {"tenant": tenant, "seq": seq, "head": head, "at": moment, "key": public_key()}
    return Checkpoint(**_signed(kind, content))


def _signed(kind: str, content: dict[str, Any], master: MasterKey | None = None) -> dict[str, Any]:
    content = {name: value for name, value in content.items() if name != "signature"}
    return {**content, "signature": signing_key(master).sign(verifier.signed_text(kind, content)).hex()}


def _grouped(text: str) -> str:
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))
