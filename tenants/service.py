"""Mandanten anlegen und auflisten; jeder bekommt bei der Anlage seine Schlüssel."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tenants import audit
from tenants.db.session import PlatformSession
from tenants.documents import archive
from tenants.models.tenant import Tenant
from tenants.security import keys

DETAILS = frozenset(
    {
        "state",
        "bundesland",
        "betriebsnummer",
        "finanzamt",
        "steuernummer",
        "strasse",
        "plz",
        "ort",
        "telefon",
        "email",
    }
)


class TenantExists(ValueError):
    """Die Nummer des Mandanten ist vergeben."""


def create_tenant(
    session: PlatformSession, number: str, name: str, kind: str, *, demonstration: bool = False, **details: Any
) -> Tenant:
    """Legt einen Mandanten mit Schlüsseln an; details sind Anschrift, Betriebsnummer, Finanzamt, Steuernummer …"""
    unknown = sorted(set(details) - DETAILS)
    if unknown:
        known = ", ".join(sorted(DETAILS))
        raise TypeError(f"Unbekannte Angaben zum Mandanten: {', '.join(unknown)}. Bekannt: {known}.")
    if session.scalars(select(Tenant).where(Tenant.number == number)).first():
        raise TenantExists(f"Mandant {number} gibt es schon: andere Nummer wählen.")
    tenant = Tenant(number=number, name=name, kind=kind, demo=demonstration, **details)
    session.add(tenant)
    session.flush()
    session.add_all(keys.new_keys(tenant.id))
    session.flush()
    if demonstration:
        archive.create_demonstration(session, tenant)
    entered = {"number": number, "name": name, "kind": kind, "demo": demonstration} | details
    audit.record(session, "tenant.create", str(tenant.public_id), entered)
    return tenant


def list_tenants(session: PlatformSession, *, state: str | None = "aktiv") -> list[Tenant]:
    """Mandanten nach Nummer; state=None nennt auch eingerichtete und ausgeschiedene."""
    query = select(Tenant).order_by(Tenant.number)
    if state is not None:
        query = query.where(Tenant.state == state)
    return list(session.scalars(query))
