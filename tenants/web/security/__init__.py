"""Eigene Sicherheit: Kennwort und zweiter Faktor."""
