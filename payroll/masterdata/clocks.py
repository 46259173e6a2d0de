"""Lesen mit beiden Uhren: was an einem Tag galt, so wie es zu einem Zeitpunkt bekannt war."""

from tenants.db.clocks import as_of, equal, history, known, within

__all__ = ["as_of", "equal", "history", "known", "within"]
