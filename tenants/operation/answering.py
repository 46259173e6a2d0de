"""Der Produktionsserver (waitress) mit geordnetem Ende: was begonnen hat, wird ganz beantwortet.

waitress selbst gibt laufenden Anfragen fünf Sekunden und schickt danach nichts mehr. Wer dann noch rechnet, fände die
Datenbank geschlossen vor und antwortete mit einem Fehler. Und waitress streicht, was ein vorgeschalteter Webserver über
Adresse, Protokoll und Namen sagt; hier kommt es an, denn wie vielen zu trauen ist, entscheidet die Anwendung
(:func:`tenants.web.shell.install`). Sonst käme alles von einer Adresse, und die Bremsen träfen alle zusammen.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

FINISH = 45.0  # seconds; systemd and the container wait 60 before they kill
TURN = 0.2


def serve(application: Any, *, finish: float = FINISH, ending: Callable[[int], None] | None = None,
          **options: Any) -> int:
    """Antwortet, bis SIGTERM oder SIGINT kommt; nimmt dann nichts Neues an und beantwortet, was schon läuft.

    finish: so viele Sekunden höchstens; ein zweites Signal endet sofort. ending bekommt vorher die Zahl der Anfragen,
    die noch laufen. Zurück kommt, wie viele unbeantwortet blieben. Nur im Haupt-Thread; OSError, wenn die Adresse nicht
    frei ist.
    """
    server = create_server(application, clear_untrusted_proxy_headers=False, **options)
    connections = getattr(server, "map", None) or server._map  # several addresses of one name make several servers
    try:
        with _noted() as signals:
            while connections and not signals:
                wasyncore.loop(timeout=server.adj.asyncore_loop_timeout, map=connections,
                               use_poll=server.adj.asyncore_use_poll, count=1)
            if ending is not None:
                ending(len(_busy(connections)))
            _finish(connections, time.monotonic() + finish, signals)
    finally:
        unanswered = len(_busy(connections))
        server.task_dispatcher.shutdown(timeout=1)
        server.close()
    return unanswered


@contextmanager
def _noted() -> Iterator[list[int]]:
    """Die Signale zum Ende, gesammelt statt als Ausnahme: mitten im Lesen nähme sie einer Anfrage Bytes weg."""
    seen: list[int] = []
    before = {number: signal.signal(number, lambda got, _frame: seen.append(got))
              for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield seen
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _busy(connections: dict[int, Any]) -> list[Any]:
    """Verbindungen mit etwas Begonnenem: eine Anfrage läuft oder kommt noch an, oder eine Antwort ist unterwegs."""
    channels = [one for one in list(connections.values()) if hasattr(one, "requests")]
    return [one for one in channels if one.requests or one.request is not None or one.total_outbufs_len]


def _finish(connections: dict[int, Any], until: float, signals: list[int]) -> None:
    """Schließt die Türen und lässt die Schleife weiterlaufen, bis jede Antwort unterwegs ist.

    Eine Verbindung, auf der gerade nichts läuft, wird geschlossen: sonst käme über sie immer noch Neues.
    """
    for one in [one for one in connections.values() if getattr(one, "accepting", False)]:
        wasyncore.dispatcher.close(one)  # the server's own close would also stop what wakes the loop
    while time.monotonic() < until and len(signals) < 2:
        wasyncore.loop(timeout=TURN, map=connections, use_poll=True, count=1)
        channels = [one for one in list(connections.values()) if hasattr(one, "requests")]
        if not channels:
            return
        busy = _busy(connections)
        for one in channels:
            one.will_close = one.will_close or one not in busy
