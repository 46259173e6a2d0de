"""Protokoll: eine Kette je Mandant, an der nichts mehr verändert werden kann."""

from tenants.audit.service import Entry, record, record_many, record_reading
from tenants.audit.values import Scope, Values

__all__ = ["Entry", "Scope", "Values", "record", "record_many", "record_reading"]
