"""Fehler der Aufbewahrung."""

from __future__ import annotations


class DeletionRefused(ValueError):
    """So wird nicht gelöscht; der Text nennt den Grund und die Abhilfe."""
