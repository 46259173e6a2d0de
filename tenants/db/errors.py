"""Fehler an der Grenze zwischen Mandanten."""

from __future__ import annotations


class BorderError(RuntimeError):
    """Ein Zugriff hätte die Grenze des Mandanten verlassen."""


class TenantMissing(BorderError):
    """Eine Sitzung ohne Mandant darf nichts lesen und nichts schreiben."""


class TenantMismatch(BorderError):
    """Eine Zeile gehört zu einem anderen Mandanten als die Sitzung."""


class RawStatementRefused(BorderError):
    """Freies SQL und Massenanweisungen gehen nur durch tenants.db.bulk."""
