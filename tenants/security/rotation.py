"""Schlüssel wechseln, neu einwickeln und vernichten; alles tut die Plattform und steht in ihrem Protokoll."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from tenants import audit
from tenants.audit import accounts, checkpoint
from tenants.db.session import PlatformSession
from tenants.documents import people as document_keys
from tenants.models.tenant import LEFT, Tenant, TenantKey
from tenants.models.user import User
from tenants.security import contacts, masterkey, second_factor
from tenants.security.keys import DATA, KeyMissing, new_key, unwrap, wrap
from tenants.security.masterkey import MasterKey
from tenants.users import sso


def rotate_data_key(session: PlatformSession, tenant_id: int, reason: str) -> int:
    """Neuer Datenschlüssel für alles, was ab jetzt geschrieben wird; gibt dessen Version. Alte Werte bleiben lesbar."""
    of_tenant = (TenantKey.tenant_id == tenant_id, TenantKey.purpose == DATA)
    newest = session.scalars(
        select(TenantKey).where(*of_tenant).order_by(TenantKey.version.desc()).limit(1).with_for_update()
    ).first()
    if newest is None:
        raise KeyMissing(f"Mandant {tenant_id} hat keinen Schlüssel: nicht angelegt oder vernichtet.")
    newest.retired_at = session.scalar(select(func.now()))
    session.add(new_key(tenant_id, DATA, newest.version + 1, masterkey.current()))
    _record(session, "key.rotate", tenant_id, newest.version + 1, reason)
    return newest.version + 1


def rewrap(session: PlatformSession, new: MasterKey, reason: str) -> tuple[int, int]:
    """Wickelt alle Schlüssel mit einem neuen Hauptschlüssel ein; gibt die Zahl der Schlüssel und der zweiten Faktoren.

    Die Mandantenschlüssel bleiben dieselben, deshalb bleibt jeder verschlüsselte Wert, wie er ist, auch der in Zeilen,
    die sich nicht ändern lassen. Bis alle Prozesse den neuen Schlüssel haben, läuft beides nebeneinander
    (KREISLOHN_MASTER_KEY_PREVIOUS_FILE).
    """
    old = masterkey.current()
    if new.key_id == old.key_id:
        raise KeyMissing("Der neue Hauptschlüssel ist der alte: eine andere Datei angeben.")
    rows = session.scalars(select(TenantKey).where(TenantKey.master_id != new.key_id).with_for_update()).all()
    for row in rows:
        wrap(row, unwrap(row, masterkey.held(row.master_id) or old), new)
    users = session.scalars(select(User).where(User.totp_secret.is_not(None)).with_for_update()).all()
    for user in users:
        second_factor.reseal(user, new)
    document_keys.rewrap_demonstration(session, old, new)
    providers = sso.reseal_all(session, new)
    log_keys = accounts.reseal_all(session, new)
    texts = contacts.reseal_all(session, new)
    checkpoint.succeed(session, old, new)
    details = {
        "from": old.key_id,
        "to": new.key_id,
        "keys": len(rows),
        "second_factors": len(users),
        "providers": providers,
        "log_keys": log_keys,
        "texts": texts,
    }
    audit.record(session, "key.rewrap", "hauptschluessel", details, reason)
    return len(rows), len(users)


def destroy_keys(session: PlatformSession, tenant_id: int, reason: str) -> int:
    """Vernichtet alle Schlüssel: jeder verschlüsselte Wert des Mandanten ist danach unlesbar, auch in Sicherungen,
    sobald auch deren Schlüsseltabelle fort ist. Gibt die Zahl der vernichteten Schlüssel."""
    removed = session.scalars(delete(TenantKey).where(TenantKey.tenant_id == tenant_id).returning(TenantKey.id)).all()
    if not removed:
        gone = session.get_one(Tenant, tenant_id)
        raise KeyMissing(f"{gone.name} ({gone.number}) hat keine Schlüssel mehr: sie sind vernichtet, die Urkunde von "
                         "damals gilt. Nach der Rückkehr aus einer älteren Sicherung „keys repeat-destroy“ ausführen.")
    session.get_one(Tenant, tenant_id).state = LEFT  # nothing of it can be read: no job goes there again
    _record(session, "key.destroy", tenant_id, len(removed), reason)
    return len(removed)


def _record(session: PlatformSession, action: str, tenant_id: int, number: int, reason: str) -> None:
    tenant = session.get_one(Tenant, tenant_id)
    audit.record(session, action, str(tenant.public_id), {"tenant": tenant.number, "number": number}, reason)
