"""Suchen in verschlüsselten Feldern: Hash mit Schlüssel, getrennt je Mandant und Zweck."""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy.orm import Session

from tenants.security.keys import TenantKeys, keys_of


def lookup_hash(source: Session | TenantKeys, value: str, purpose: str) -> bytes:
    """Gleicher Wert ergibt beim selben Mandanten und Zweck denselben Hash; Leerzeichen und Groß/Klein zählen nicht."""
    normal = "".join(value.split()).upper()
    key = hmac.digest(keys_of(source).lookup, b"purpose:" + purpose.encode(), hashlib.sha256)
    return hmac.digest(key, normal.encode(), hashlib.sha256)
