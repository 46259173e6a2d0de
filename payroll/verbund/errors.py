"""Warum ein Bescheid, ein Preisblatt oder ein Kostenjahr nicht entsteht, mit Abhilfe."""

from __future__ import annotations

from collections.abc import Sequence


class BillingRefused(RuntimeError):
    """Abgelehnt, nichts ist verändert; `problems` nennt jeden Mangel mit Feld, Regel und Abhilfe."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message if not problems else f"{message} {' '.join(problems)}")
        self.problems = tuple(problems)
