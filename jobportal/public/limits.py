"""Bremsen der öffentlichen Tür: je Absender und Art eine gleitende Zahl in einem Fenster, nur im Speicher.

Absender werden als Hash mit einem Schlüssel gehalten, der mit dem Prozess entsteht und vergeht; nach dem Fenster ist
nichts mehr da. Jeder Prozess zählt für sich.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field

from flask import abort, current_app, request

from tenants.users.throttle import counted

KEY = "kreislohn.stellenmarkt.grenzen"
# kind: (how many, in how many seconds)
KINDS = {
    "lesen": (6000, 60),
    "bewerben": (12, 3600),  # without proof of work
    "bewerben_mit_arbeit": (60, 3600),
    "hochladen": (120, 3600),
    "geheim": (60, 600),  # secret links that lead nowhere
}
FORGET_AFTER, SWEEP_EVERY = 20_000, 5.0  # senders; seconds: many new ones at once must not cost a sweep each


@dataclass
class Limits:
    """Zähler aller Absender; `kinds` ist in Prüfungen enger."""

    kinds: dict[str, tuple[int, int]] = field(default_factory=lambda: dict(KINDS))
    salt: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    seen: dict[tuple[str, bytes], deque[float]] = field(default_factory=dict, repr=False)
    swept: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def allow(self, kind: str, remote: str) -> bool:
        """Zählt einen Versuch; falsch, wenn das Fenster voll ist."""
        most, window = self.kinds[kind]
        key = (kind, hashlib.blake2b(remote.encode(), key=self.salt, digest_size=16).digest())
        now = time.monotonic()
        with self.lock:
            if len(self.seen) > FORGET_AFTER and now - self.swept > SWEEP_EVERY:
                self._sweep(now)
            times = self.seen.setdefault(key, deque())
            while times and now - times[0] > window:
                times.popleft()
            if len(times) >= most:
                return False
            times.append(now)
            return True

    def _sweep(self, now: float) -> None:
        self.swept = now
        old = [key for key, times in self.seen.items() if not times or now - times[-1] > self.kinds[key[0]][1]]
        for key in old:
            del self.seen[key]


def of_app() -> Limits:
    """Die Zähler der laufenden Anwendung."""
    found = current_app.extensions[KEY]
    assert isinstance(found, Limits)
    return found


def reading() -> None:
    """Jede Anfrage zählt als Lesen."""
    demand("lesen")


def demand(kind: str) -> None:
    """Endet mit 429, wenn der Absender zu viel will."""
    if not of_app().allow(kind, str(counted(request.remote_addr))):
        abort(429)
