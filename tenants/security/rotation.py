"""Schlüssel eines Mandanten wechseln und vernichten; beides tut die Plattform und steht in ihrem Protokoll."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from tenants import audit
from tenants.db.session import PlatformSession
from tenants.models.tenant import Tenant, TenantKey
from tenants.security import masterkey
from tenants.security.keys import DATA, KeyMissing, new_key


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


def destroy_keys(session: PlatformSession, tenant_id: int, reason: str) -> int:
    """Vernichtet alle Schlüssel: jeder verschlüsselte Wert des Mandanten ist danach unlesbar, auch in Sicherungen,
    sobald auch deren Schlüsseltabelle fort ist. Gibt die Zahl der vernichteten Schlüssel."""
    removed = session.scalars(delete(TenantKey).where(TenantKey.tenant_id == tenant_id).returning(TenantKey.id)).all()
    if not removed:
        raise KeyMissing(f"Mandant {tenant_id} hat keine Schlüssel mehr.")
    _record(session, "key.destroy", tenant_id, len(removed), reason)
    return len(removed)


def _record(session: PlatformSession, action: str, tenant_id: int, number: int, reason: str) -> None:
    tenant = session.get_one(Tenant, tenant_id)
    audit.record(session, action, str(tenant.public_id), {"tenant": tenant.number, "number": number}, reason)
