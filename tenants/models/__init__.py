"""Tabellen des Fundaments: Mandant, Schlüssel, Menschen mit Zugang, Mandate, Protokoll."""

from tenants.audit.models import AuditEntry
from tenants.models.access import Deputy, OutboxMessage, Passkey, SsoIdentity, SsoProvider, UserSession
from tenants.models.documents import (
    ArchiveKey,
    ArchiveOpening,
    ArchivePaper,
    DocumentKey,
    DocumentKeyWrap,
    DocumentUnlock,
    RecipientKey,
)
from tenants.models.namesake import Namensgleich
from tenants.models.tenant import Tenant, TenantKey, TenantSetting
from tenants.models.user import EmployeeAccess, Mandate, SigninAttempt, SigninToken, User, UserCode
from tenants.models.view import SavedView

__all__ = [
    "ArchiveKey",
    "ArchiveOpening",
    "ArchivePaper",
    "AuditEntry",
    "Deputy",
    "DocumentKey",
    "DocumentKeyWrap",
    "DocumentUnlock",
    "EmployeeAccess",
    "Mandate",
    "Namensgleich",
    "OutboxMessage",
    "Passkey",
    "RecipientKey",
    "SavedView",
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
