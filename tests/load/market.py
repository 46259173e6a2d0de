"""Stellenmarkt über das Netz: wie viele Seiten je Sekunde ein Prozess des Produktionsservers trägt, mit Locust.

    python tests/load/market.py --seconds 60 --rates 100,200,300 --locust PFAD

500 Ausschreibungen, 20.000 Bewerbungen dahinter; Liste, Suche, Anzeige und Filter reihum.
"""

from __future__ import annotations

import logging
import threading

from waitress import create_server

from payroll.bench.board import market, paths_of
from payroll.serve_command import LIMITS, THREADS
from tests.load.rates import Visit, climb, wishes


def main() -> int:
    """Misst Rate um Rate, bis eine nicht mehr gehalten wird."""
    wish = wishes(__doc__, "100,200,300,400")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # the longest wait is measured, not told line by line
    with market() as (app, keys):
        server = create_server(app, host="127.0.0.1", port=0, threads=THREADS, ident=None, **LIMITS)
        threading.Thread(target=server.run, daemon=True).start()
        plan = {"host": f"http://127.0.0.1:{server.effective_port}", "paths": paths_of(keys)}
        try:
            return climb(wish, Visit("readers.py", users=40, slowest=100), lambda: plan)
        finally:
            server.close()


if __name__ == "__main__":
    raise SystemExit(main())
