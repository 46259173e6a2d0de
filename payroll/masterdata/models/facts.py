"""Anker und Tatsachen der Stammdaten; was sie gemeinsam haben, steht bei den Bausteinen der Datenbank."""

from tenants.db.facts import Anchor, Fact, belongs_to, table_of

__all__ = ["Anchor", "Fact", "belongs_to", "table_of"]
