"""Warum ein Bescheid, ein Preisblatt oder ein Kostenjahr nicht entsteht, mit Abhilfe."""

from __future__ import annotations

from collections.abc import Sequence


class Mangel(str):
    """Ein Mangel und das Feld, an dem er steht; wie es dort heißt, steht vorn im Satz."""

    feld: str

    @property
    def am_feld(self) -> str:
        """Der Satz ohne den Namen des Felds, der auf der Seite schon daneben steht."""
        return self.partition(": ")[2] or str(self)


def at(feld: str, text: str) -> Mangel:
    """Der Mangel eines Felds."""
    made = Mangel(text)
    made.feld = feld
    return made


class BillingRefused(RuntimeError):
    """Abgelehnt, nichts ist verändert; `problems` nennt jeden Mangel mit Feld, Regel und Abhilfe."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message if not problems else f"{message} {' '.join(problems)}")
        self.problems = tuple(problems)
