"""Datenschutz: Auskunft über alles zu einer Person Gespeicherte und ihr Leseprotokoll."""
