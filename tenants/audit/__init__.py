"""Protokoll: eine Kette je Mandant, an der nichts mehr verändert werden kann."""

from tenants.audit.service import Entry, record, record_many

__all__ = ["Entry", "record", "record_many"]
