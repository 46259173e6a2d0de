"""Anfragen im selben Augenblick, ohne Uhr: die erste hält vor dem Schreiben, bis die anderen kommen."""

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
    """Die Stelle vor dem Schreiben. Weiter geht es, wenn alle hier stehen oder standen, in der Datenbank auf andere
    warten oder schon fertig sind."""

    def __init__(self, model: type[Any], parties: int) -> None:
        self.model, self.parties = model, parties
        self.me = threading.local()  # the number of the party: a quick one's thread may serve the next as well
        self.here: set[int] = set()
        self.ended: set[int] = set()

    def stand(self, session: Session, *_flushing: Any) -> None:
        """Hält einmal je Anfrage an, bevor die Sitzung ein Objekt dieser Tabelle schreibt."""
        me = getattr(self.me, "number", None)
        writing = (*session.new, *session.dirty, *session.deleted)
        if me is None or me in self.here or not any(isinstance(one, self.model) for one in writing):
            return
        self.here.add(me)
        end = time.monotonic() + LONGEST
        while len(self.here | self.ended) + _waiting() < self.parties:
            assert time.monotonic() < end, "eine andere Anfrage ist weder hier, noch wartet sie, noch ist sie fertig"
            time.sleep(0.02)


def _waiting() -> int:
    with current().platform.connect() as connection:
        return int(connection.scalar(WAITING) or 0)


def both(model: type[Any], first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """Tut beides zugleich; jedes hält, bevor es ein Objekt dieser Tabelle schreibt. Gibt beide Antworten."""
    return together(model, first, second)


def together(model: type[Any], *acts: Callable[[], Any]) -> list[Any]:
    """Dasselbe für beliebig viele; die Antworten in der Reihenfolge der Aufrufe."""
    spot = Spot(model, len(acts))

    def run(party: tuple[int, Callable[[], Any]]) -> Any:
        spot.me.number, act = party
        try:
            return act()
        finally:
            spot.ended.add(party[0])

    event.listen(Session, "before_flush", spot.stand)
    try:
        with ThreadPoolExecutor(len(acts)) as threads:
            answers = list(threads.map(run, enumerate(acts)))
    finally:
        event.remove(Session, "before_flush", spot.stand)
    assert spot.here, "niemand hat geschrieben"
    return answers
