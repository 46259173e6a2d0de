"""Beweis eines Pakets im Protokoll des Mandanten, der geht: festgehalten, versiegelt, vor der Vernichtung gefragt.

Vernichtet wird nur, was ein jüngstes Paket vollständig enthält und was jemand durch Nachrechnen bewiesen hat. Beides
steht in der Kette des Mandanten; das Siegel darüber ist mit dem Schlüssel dieser Einrichtung unterschrieben.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from tenants import audit
from tenants.audit import checkpoint, verifier
from tenants.audit.export import verify_database
from tenants.audit.models import AuditEntry
from tenants.audit.service import lock
from tenants.db.session import TenantSession
from tenants.security.keys import KeyMissing

HANDED_OUT, PROVED = "mandant.ausgegeben", "mandant.beweis"  # entries in the chain of the tenant that leaves
OCCASION = "beweis"
NOTHING = " Vernichtet wurde nichts."
AGAIN = f"Neu packen und beweisen (leaving pack, leaving prove --record).{NOTHING}"


def note(session: TenantSession, package: str, proved: bool, details: Mapping[str, Any]) -> int:
    """Hält fest, wie der Beweis des Pakets mit dieser Prüfsumme ausging, und versiegelt die Kette; gibt die Nummer.

    Nur das jüngste Paket lässt sich festhalten; auch ein gescheiterter Beweis steht da und gilt, bis ein neuer gelingt.
    """
    lock(session)
    newest = _newest(session)
    if newest is None or newest.details["sha256"] != package:
        raise KeyMissing("Das ist nicht das jüngste Paket dieses Mandanten: sein Beweis wird nicht festgehalten.")
    audit.record(session, PROVED, newest.subject, {"sha256": package, "bewiesen": proved, **details})
    return checkpoint.seal_chain(session, OCCASION).seq


def require(session: TenantSession, package: str) -> int:
    """Nummer des Eintrags, der dieses Paket beweist; sonst KeyMissing mit dem, was fehlt."""
    lock(session)
    packed = _newest(session)
    if packed is None or packed.details["sha256"] != package:
        raise KeyMissing(f"Das ist nicht das jüngste Paket dieses Mandanten. Es angeben oder neu packen "
                         f"(leaving pack).{NOTHING}")
    newer = session.scalars(
        select(AuditEntry).where(AuditEntry.id > packed.details.get("kette", packed.id), AuditEntry.id != packed.id,
                                 AuditEntry.action.not_in((verifier.CHECKPOINT, PROVED)))
        .order_by(AuditEntry.id).limit(1)).first()
    if newer is not None:
        raise KeyMissing(f"Seit dem Packen ist etwas geschehen, was nicht im Paket ist: Eintrag {newer.id} "
                         f"({newer.action}). {AGAIN}")
    entry = _last(session, PROVED)
    if entry is None or entry.id < packed.id or entry.details["sha256"] != package:
        raise KeyMissing(f"Dieses Paket ist nicht bewiesen: „leaving prove --record“ ausführen.{NOTHING}")
    if entry.details["bewiesen"] is not True:
        raise KeyMissing(f"Der Beweis dieses Pakets ist gescheitert (Eintrag {entry.id}). {AGAIN}")
    if not _sealed(session, entry):
        raise KeyMissing(f"Der Beweis (Eintrag {entry.id}) steht unter keinem gültigen Siegel dieser Einrichtung. "
                         f"{AGAIN}")
    return entry.id


def _sealed(session: TenantSession, entry: AuditEntry) -> bool:
    """Ob die Kette lückenlos ist und ein Siegel mit heutigem Schlüssel den Eintrag deckt."""
    if verify_database(session).breaks:
        return False
    seals = session.scalars(select(AuditEntry).where(AuditEntry.action == verifier.CHECKPOINT,
                                                     AuditEntry.id > entry.id).order_by(AuditEntry.id))
    for seal in seals:
        given = dict(seal.details)
        at = session.scalars(select(AuditEntry.hash).where(AuditEntry.id == given.get("seq"))).one_or_none()
        if (given.get("key") == checkpoint.public_key() and at is not None and at.hex() == given.get("head")
                and given["seq"] >= entry.id
                and verifier.signature_holds(verifier.CHECKPOINT, given, given["key"])):
            return True
    return False


def _newest(session: TenantSession) -> AuditEntry | None:
    return _last(session, HANDED_OUT)


def _last(session: TenantSession, action: str) -> AuditEntry | None:
    return session.scalars(select(AuditEntry).where(AuditEntry.action == action)
                           .order_by(AuditEntry.id.desc()).limit(1)).first()
