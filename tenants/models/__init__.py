"""Tabellen des Fundaments: Mandant, Schlüssel, Menschen mit Zugang, Mandate, Protokoll."""

from tenants.audit.models import AuditEntry
from tenants.models.tenant import Tenant, TenantKey, TenantSetting
from tenants.models.user import EmployeeAccess, Mandate, SigninAttempt, SigninToken, User, UserCode

__all__ = [
    "AuditEntry",
    "EmployeeAccess",
    "Mandate",
    "SigninAttempt",
    "SigninToken",
    "Tenant",
    "TenantKey",
    "TenantSetting",
    "User",
    "UserCode",
]
