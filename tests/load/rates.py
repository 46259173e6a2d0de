"""Eine Rate nach der anderen mit Locust, bis eine nicht mehr gehalten wird; für die Messungen dieses Ordners.

Locust ist ein eigenes Programm in einer eigenen Umgebung (es verändert Grundfunktionen von Python und gehört nicht in
die der Prüfungen).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WARM = 15  # seconds
SHARE = 0.95  # of the wanted rate that must be reached


@dataclass(frozen=True)
class Visit:
    """Wer besucht: Datei für Locust, ihre Zahl, und wie lange 95 % der Antworten höchstens dauern (Millisekunden).

    finish: so viele Sekunden bekommt am Ende, wer noch mitten in etwas ist.
    """

    file: str
    users: int
    slowest: float
    finish: int = 0


def wishes(description: str | None, rates: str, **more: int) -> argparse.Namespace:
    """Angaben des Aufrufs; more: weitere ganze Zahlen mit ihrer Vorgabe."""
    given = argparse.ArgumentParser(description=description)
    given.add_argument("--seconds", type=int, default=60)
    given.add_argument("--rates", default=rates)
    given.add_argument("--locust", default=shutil.which("locust"))
    for name, default in more.items():
        given.add_argument(f"--{name}", type=int, default=default)
    wish = given.parse_args()
    if not wish.locust:
        given.error("Locust fehlt: in einer eigenen Umgebung einrichten und mit --locust angeben.")
    return wish


def climb(wish: argparse.Namespace, visit: Visit, plan_of: Callable[[], dict[str, Any]]) -> int:
    """Steigt, bis eine Rate nicht gehalten wird; 0, wenn wenigstens die erste hielt. plan_of: Angaben je Durchgang.

    Ein kurzer Durchgang vorher zählt nicht: Ein Prozess, der eben begonnen hat, lädt seine Seiten beim ersten Aufruf.
    """
    best, rates = 0.0, [float(one) for one in wish.rates.split(",")]
    begun = held(wish.locust, visit, {**plan_of(), "rate": rates[0], "users": visit.users}, WARM)
    print(json.dumps({"zählt nicht": begun}, ensure_ascii=False), flush=True)
    for rate in rates:
        found = held(wish.locust, visit, {**plan_of(), "rate": rate, "users": visit.users}, wish.seconds)
        print(json.dumps(found), flush=True)
        if found["failures"] or found["p95"] > visit.slowest or found["rate"] < rate * SHARE:
            break
        best = rate
    print(f"gehalten: {best:.0f} Anfragen je Sekunde")
    return 0 if best else 1


def held(locust: str, visit: Visit, plan: dict[str, Any], seconds: int) -> dict[str, Any]:
    """Ein Durchgang mit einer Rate: erreichte Rate, 95 % (zusammen und je Art der Seite), Fehler."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        subprocess.run([locust, "-f", str(Path(__file__).parent / visit.file), "--headless", "--only-summary", "-u",
                        str(visit.users), "-r", str(visit.users), "-t", f"{seconds}s", "--csv", f"{folder}/last",
                        "--stop-timeout", str(visit.finish)],
                       env={**os.environ, "KREISLOHN_LAST": f"{folder}/plan.json"}, check=False, capture_output=True,
                       timeout=seconds + 120)
        with (Path(folder) / "last_stats.csv").open(encoding="utf-8") as source:
            rows = {row["Name"]: row for row in csv.DictReader(source)}
        with (Path(folder) / "last_failures.csv").open(encoding="utf-8") as source:
            why = [f"{row['Occurrences']} mal {row['Name']}: {row['Error']}" for row in csv.DictReader(source)]
    total = rows.pop("Aggregated")
    return {"wanted": float(plan["rate"]), "rate": float(total["Requests/s"]), "p95": float(total["95%"]),
            "requests": float(total["Request Count"]),
            "failures": float(total["Failure Count"]), "why": why,
            "p95_each": {name: float(row["95%"]) for name, row in rows.items()},
            "good_each": {name: int(row["Request Count"]) - int(row["Failure Count"]) for name, row in rows.items()}}
