"""Zwei Anfragen im selben Augenblick, ohne Uhr: die erste hält vor dem Schreiben, bis die zweite kommt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from tenants.db.engine import current

LONGEST = 120  # seconds; only reached when the second neither comes nor waits nor ends
WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND (database IS NULL OR database = "
               "(SELECT oid FROM pg_database WHERE datname = current_database()))")


class Spot:
    """Die Stelle vor dem Schreiben. Weiter geht es, wenn beide hier stehen, die andere in der Datenbank auf die erste
    wartet oder schon fertig ist."""

    def __init__(self, model: type[Any]) -> None:
        self.model = model
        self.here: set[int] = set()
        self.ended = 0

    def stand(self, session: Session, *_flushing: Any) -> None:
        """Hält einmal je Anfrage an, bevor die Sitzung ein Objekt dieser Tabelle schreibt."""
        me = threading.get_ident()
        writing = (*session.new, *session.dirty, *session.deleted)
        if me in self.here or not any(isinstance(one, self.model) for one in writing):
            return
        self.here.add(me)
        end = time.monotonic() + LONGEST
        while len(self.here) < 2 and not self.ended and not _waiting():
            assert time.monotonic() < end, "die zweite Anfrage ist weder hier, noch wartet sie, noch ist sie fertig"
            time.sleep(0.02)


def _waiting() -> int:
    with current().platform.connect() as connection:
        return int(connection.scalar(WAITING) or 0)


def both(model: type[Any], first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """Tut beides zugleich; jedes hält, bevor es ein Objekt dieser Tabelle schreibt. Gibt beide Antworten."""
    spot = Spot(model)

    def run(act: Callable[[], Any]) -> Any:
        try:
            return act()
        finally:
            spot.ended += 1

    event.listen(Session, "before_flush", spot.stand)
    try:
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(run, (first, second)))
    finally:
        event.remove(Session, "before_flush", spot.stand)
    assert spot.here, "niemand hat geschrieben"
    return answers
