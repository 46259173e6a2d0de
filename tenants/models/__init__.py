"""Tabellen des Fundaments: Mandant, Schlüssel, Menschen mit Zugang, Mandate, Protokoll."""

from tenants.audit.models import AuditEntry
from tenants.models.access import Deputy, OutboxMessage, Passkey, SsoIdentity, SsoProvider, UserSession
from tenants.models.tenant import Tenant, TenantKey, TenantSetting
from tenants.models.user import EmployeeAccess, Mandate, SigninAttempt, SigninToken, User, UserCode

__all__ = [
    "AuditEntry",
    "Deputy",
    "EmployeeAccess",
    "Mandate",
    "OutboxMessage",
    "Passkey",
    "SigninAttempt",
    "SigninToken",
    "SsoIdentity",
    "SsoProvider",
    "Tenant",
    "TenantKey",
    "TenantSetting",
    "User",
    "UserCode",
    "UserSession",
]
