"""Der Prüfwert eines Laufs: über alle Wertebögen nach Personalnummer, dann über die Rückrechnung."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Protocol

import orjson

Payouts = dict[int, tuple[int, int, int, int, int]]  # what every employment is paid, and what makes it up


class Gezeigtes(Protocol):
    """Wem gesagt wird, was der Prüfwert umfasst."""

    def sheet(self, beschaeftigung_id: int, content: bytes) -> None:
        """Der Wertebogen einer Beschäftigung."""

    def booking(self, beschaeftigung_id: int, content: bytes) -> None:
        """Eine Buchung der Rückrechnung."""

    def balance(self, payouts: Payouts) -> None:
        """Auszahlungen, bei denen Rückrechnung oder Vortrag mitspielen."""


class Pruefwert:
    """Führt den Prüfwert; die Teile müssen in der Reihenfolge des ganzen Laufs kommen.

    Die Rückrechnung zählt als JSON [Buchungen, Auszahlungen]; Stück für Stück, denn als Ganzes wären es Hunderte von
    MB. Ohne Rückrechnung ändert sie ihn nicht.
    """

    def __init__(self, month: date, rules: str) -> None:
        self._whole = hashlib.sha256(f"{month}|{rules}".encode())
        self._back, self._bookings = hashlib.sha256(b"[["), 0
        self._payouts: Payouts = {}

    def sheet(self, beschaeftigung_id: int, content: bytes) -> None:
        """Der nächste Wertebogen."""
        self._whole.update(content)

    def booking(self, beschaeftigung_id: int, content: bytes) -> None:
        """Die nächste Buchung."""
        self._back.update(b"," * (self._bookings > 0) + content)
        self._bookings += 1

    def balance(self, payouts: Payouts) -> None:
        """Weitere Auszahlungen; ihre Reihenfolge ist gleichgültig."""
        self._payouts |= payouts

    def hexdigest(self) -> str:
        """Der fertige Prüfwert."""
        if self._bookings or self._payouts:
            self._back.update(b"]," + orjson.dumps(sorted(self._payouts.items())) + b"]")
            self._whole.update(self._back.digest())
        return self._whole.hexdigest()

