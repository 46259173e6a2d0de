"""Warum ein Schritt des Laufs nicht geht, mit Abhilfe."""

from __future__ import annotations


class RunRefused(RuntimeError):
    """Der Schritt wurde abgelehnt; nichts ist verändert. Der Text nennt Grund und Abhilfe."""


class RunNotFound(RunRefused):
    """Für diesen Monat gibt es keinen Lauf dieses Mandanten."""
