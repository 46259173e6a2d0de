"""Protokoll: eine Kette je Mandant, an der nichts mehr verändert werden kann."""

from tenants.audit.service import record

__all__ = ["record"]
