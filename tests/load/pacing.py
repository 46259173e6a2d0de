"""Wer wann kommt: jeder Besucher hat seinen Platz in der Runde, alle zusammen kommen gleichmäßig.

Locusts eigene constant_throughput zieht das Warten vor dem ersten Besuch von der ersten Pause ab: nach einer Runde
kämen alle in derselben Sekunde, und gemessen würde die Schlange, die sie selber bilden.
"""

from __future__ import annotations

import random
import time

import gevent


class Steady:
    """Ein Besuch je Runde (Sekunden), begonnen zu einem zufälligen Zeitpunkt in ihr; wer zu spät kommt, holt auf."""

    runde: float

    def take_place(self) -> None:
        """Wartet, bis der eigene Platz in der ersten Runde gekommen ist."""
        gevent.sleep(random.uniform(0, self.runde))
        self.due = time.perf_counter()

    def wait_time(self) -> float:
        """Sekunden bis zum nächsten Besuch."""
        self.due += self.runde
        return max(0.0, self.due - time.perf_counter())
