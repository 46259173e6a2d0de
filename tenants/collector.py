"""Speicher während eines Laufs oder Einlesens: Hunderttausende Werte entstehen auf einmal und gehen auf einmal."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_running = 0


@contextmanager
def collector_paused() -> Iterator[None]:
    """Setzt die Suche nach Ringverweisen aus, für den ganzen Prozess, solange wenigstens einer rechnet.

    Sie ginge bei jedem Wachsen alle lebenden Werte durch (ein Viertel der Zeit eines Laufs) und fände nichts: die
    Spalten eines Monats verweisen nicht im Ring und werden über ihre Zähler frei.
    """
    global _running
    with _lock:
        _running += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _running -= 1
            if not _running:
                gc.enable()
