"""Locust: Beschäftigte am Zahltag. Jede Person ruft ihre Liste, die neueste Abrechnung als Seite und ihr PDF ab.

Wird von payday.py aufgerufen; KREISLOHN_LAST nennt die Datei mit Adressen, Sitzungen und der Rate.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from pathlib import Path

from locust import FastHttpUser, task
from pacing import Steady  # Locust looks beside this file

PLAN = json.loads(Path(os.environ["KREISLOHN_LAST"]).read_text(encoding="utf-8"))
COOKIES = itertools.cycle(PLAN["cookies"])
HOSTS = itertools.cycle(PLAN["hosts"])
NEWEST = re.compile(r'href="(/portal/[^"]+/abrechnungen/[0-9a-f-]{36})"')
PAGES = 3


class Visitor(Steady, FastHttpUser):
    """Nacheinander viele Menschen, jeder mit seiner Sitzung."""

    host = PLAN["hosts"][0]
    runde = PAGES * PLAN["users"] / PLAN["rate"]

    def on_start(self) -> None:
        """Beginnt irgendwann in der ersten Runde: Menschen kommen nicht alle in derselben Zehntelsekunde."""
        self.take_place()

    @task
    def payday(self) -> None:
        """Liste, Seite, PDF; jede Antwort wird geprüft."""
        host, headers = next(HOSTS), {"Cookie": next(COOKIES)}
        listed = self._get(f"{host}/portal", "Liste", headers, "Meine Abrechnungen")
        found = NEWEST.search(listed)
        if found is None:
            return
        self._get(host + found[1], "Seite", headers, "Auszahlung")
        self._get(f"{host}{found[1]}/pdf", "PDF", headers, "%PDF-")

    def _get(self, address: str, name: str, headers: dict[str, str], wanted: str) -> str:
        with self.client.get(address, name=name, headers=headers, allow_redirects=False,
                             catch_response=True) as answer:
            text = (answer.content or b"").decode("utf-8", errors="replace")
            if answer.status_code != 200 or wanted not in text:
                answer.failure(f"{answer.status_code}, ohne „{wanted}“")
                return ""
            return text
