"""Schlüssel der Dokumente, die nach der Freigabe versiegelt werden: Menschen, Archiv, geöffnete Sitzung."""

from tenants.documents.binding import DocumentKeyError

__all__ = ["DocumentKeyError"]
