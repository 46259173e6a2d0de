"""Locust: wer den Stellenmarkt liest; wird von market.py aufgerufen, KREISLOHN_LAST nennt Wege und Rate."""

from __future__ import annotations

import itertools
import json
import os
import random
from pathlib import Path

import gevent
from locust import FastHttpUser, constant_throughput, task

PLAN = json.loads(Path(os.environ["KREISLOHN_LAST"]).read_text(encoding="utf-8"))
PATHS = itertools.cycle(PLAN["paths"])


class Reader(FastHttpUser):
    """Ruft die Wege reihum auf."""

    host = PLAN["host"]
    wait_time = constant_throughput(PLAN["rate"] / PLAN["users"])

    def on_start(self) -> None:
        """Beginnt irgendwann in der ersten Runde."""
        gevent.sleep(random.uniform(0, PLAN["users"] / PLAN["rate"]))

    @task
    def read(self) -> None:
        """Eine Seite."""
        path = next(PATHS)
        self.client.get(path, name=path.partition("?")[0].rstrip("0123456789abcdef-"))
