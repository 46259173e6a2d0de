"""Warum nicht gebucht wird."""

from __future__ import annotations


class PostingRefused(RuntimeError):
    """Abgelehnt, nichts ist verändert; der Text nennt Grund und Abhilfe."""
