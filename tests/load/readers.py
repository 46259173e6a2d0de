"""Locust: wer den Stellenmarkt liest; wird von market.py aufgerufen, KREISLOHN_LAST nennt Wege und Rate."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

from locust import FastHttpUser, task
from pacing import Steady  # Locust looks beside this file

PLAN = json.loads(Path(os.environ["KREISLOHN_LAST"]).read_text(encoding="utf-8"))
PATHS = itertools.cycle(PLAN["paths"])


class Reader(Steady, FastHttpUser):
    """Ruft die Wege reihum auf."""

    host = PLAN["host"]
    runde = PLAN["users"] / PLAN["rate"]

    def on_start(self) -> None:
        """Beginnt irgendwann in der ersten Runde."""
        self.take_place()

    @task
    def read(self) -> None:
        """Eine Seite."""
        path = next(PATHS)
        self.client.get(path, name=path.partition("?")[0].rstrip("0123456789abcdef-"))
