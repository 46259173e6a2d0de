"""Briefe mit Vorlagen je Mandant: Arten, Platzhalter, Prüfung beim Speichern, Satz als PDF, Ablage in der Akte."""
