"""Stellenmarkt über das Netz: wie viele Seiten je Sekunde ein Prozess des Produktionsservers trägt, mit Locust.

    python tests/load/market.py --seconds 60 --rates 100,200,300 --locust PFAD

500 Ausschreibungen, 20.000 Bewerbungen dahinter; Liste, Suche, Anzeige und Filter reihum. Locust ist ein eigenes
Programm in einer eigenen Umgebung, siehe payday.py.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from waitress import create_server

from payroll.bench.board import market, paths_of
from payroll.serve_command import LIMITS, THREADS

USERS, SLOWEST, SHARE = 40, 100, 0.95  # milliseconds of the 95th percentile; share of the wanted rate


def held(locust: str, address: str, paths: list[str], rate: float, seconds: int, folder: Path) -> dict[str, float]:
    """Ein Durchgang mit einer Rate: erreichte Rate, 95 %, Fehler."""
    plan = folder / "plan.json"
    plan.write_text(json.dumps({"paths": paths, "rate": rate, "users": USERS}), encoding="utf-8")
    subprocess.run([locust, "-f", str(Path(__file__).parent / "readers.py"), "--headless", "--only-summary", "--host",
                    address, "-u", str(USERS), "-r", str(USERS), "-t", f"{seconds}s", "--csv", str(folder / "markt")],
                   env={**os.environ, "KREISLOHN_MARKT": str(plan)}, check=False, capture_output=True,
                   timeout=seconds + 120)
    with (folder / "markt_stats.csv").open(encoding="utf-8") as source:
        total = next(row for row in csv.DictReader(source) if row["Name"] == "Aggregated")
    return {"wanted": rate, "rate": float(total["Requests/s"]), "p95": float(total["95%"]),
            "requests": float(total["Request Count"]), "failures": float(total["Failure Count"])}


def main() -> int:
    """Misst Rate um Rate, bis eine nicht mehr gehalten wird."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--seconds", type=int, default=60)
    given.add_argument("--rates", default="100,200,300,400")
    given.add_argument("--locust", default=shutil.which("locust"))
    wish = given.parse_args()
    if not wish.locust:
        given.error("Locust fehlt: in einer eigenen Umgebung einrichten und mit --locust angeben.")
    best = 0.0
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # the longest wait is measured, not told line by line
    with market() as (app, keys), tempfile.TemporaryDirectory() as folder:
        server = create_server(app, host="127.0.0.1", port=0, threads=THREADS, ident=None, **LIMITS)
        threading.Thread(target=server.run, daemon=True).start()
        address = f"http://127.0.0.1:{server.effective_port}"
        for rate in (float(one) for one in wish.rates.split(",")):
            found = held(wish.locust, address, paths_of(keys), rate, wish.seconds, Path(folder))
            print(json.dumps(found), flush=True)
            if found["failures"] or found["p95"] > SLOWEST or found["rate"] < rate * SHARE:
                break
            best = rate
        server.close()
    print(f"gehalten: {best:.0f} Seiten je Sekunde")
    return 0 if best else 1


if __name__ == "__main__":
    raise SystemExit(main())
