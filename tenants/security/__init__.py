"""Schlüssel, Umschläge, Kennwörter und zweiter Faktor."""

from tenants.security import contacts as contacts
from tenants.security.envelope import SealBroken, open_sealed, seal, seal_cell
from tenants.security.keys import KeyMissing, TenantKeys, keys_of
from tenants.security.lookup import lookup_hash

__all__ = ["KeyMissing", "SealBroken", "TenantKeys", "keys_of", "lookup_hash", "open_sealed", "seal", "seal_cell"]
