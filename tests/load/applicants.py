"""Locust: wer sich bewirbt. Anzeige, Formular, Absenden mit Unterlagen, Seite mit dem Stand; jede Antwort wird geprüft.

Wird von deadline.py aufgerufen; KREISLOHN_LAST nennt die Datei mit Adressen, Anzeigen, Unterlagen und der Rate.
"""

from __future__ import annotations

import itertools
import json
import os
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import urlsplit

from locust import HttpUser, task
from pacing import Steady  # Locust looks beside this file

PLAN = json.loads(Path(os.environ["KREISLOHN_LAST"]).read_text(encoding="utf-8"))
KEYS, HOSTS = itertools.cycle(PLAN["keys"]), itertools.cycle(PLAN["hosts"])
NUMBERS = itertools.count(PLAN["first"])
PAPERS = [(name, Path(path).read_bytes()) for name, path in PLAN["papers"].items()]
PAGES = 4
TEN = int(IPv4Address("10.0.0.0"))  # every applicant has an address of their own


class Applicant(Steady, HttpUser):
    """Nacheinander viele Menschen, jeder von seiner Adresse."""

    host = PLAN["hosts"][0]
    runde = PAGES * PLAN["users"] / PLAN["rate"]

    def on_start(self) -> None:
        """Beginnt irgendwann in der ersten Runde."""
        self.take_place()

    @task
    def apply(self) -> None:
        """Eine Bewerbung vom Lesen bis zur Bestätigung."""
        number, host, key = next(NUMBERS), next(HOSTS), next(KEYS)
        self.client.cookies.clear()
        came = {"X-Forwarded-For": str(IPv4Address(TEN + number)), "X-Forwarded-Proto": "http"}
        self._page(f"{host}/stellen/{key}", "Anzeige", came, "Sie helfen.")
        self._page(f"{host}/stellen/{key}/bewerben", "Formular", came, "Bewerbung absenden")
        form = {"vorname": "Kim", "nachname": f"Bewerber {number}", "email": f"b{number}@post.example",
                "telefon": "0123 456", "anschrift": "Weg 1, 49999 Auenstedt", "beginn": "sofort", "kenntnis": "ja",
                "nachricht": "Ich bewerbe mich, weil die Aufgabe zu mir passt. " * 8, "was": "absenden"}
        files = [("unterlagen", (name, content)) for name, content in PAPERS]
        with self.client.post(f"{host}/stellen/{key}/bewerben", data=form, files=files, headers=came, name="Absenden",
                              allow_redirects=False, catch_response=True) as answer:
            if answer.status_code != 303:
                answer.failure(f"{answer.status_code} statt 303")
                return
            place = urlsplit(answer.headers["Location"]).path
        self._page(f"{host}{place}", "Stand", came, "Meine Bewerbung")

    def _page(self, address: str, name: str, came: dict[str, str], wanted: str) -> None:
        with self.client.get(address, name=name, headers=came, catch_response=True) as answer:
            if answer.status_code != 200 or wanted not in answer.text:
                answer.failure(f"{answer.status_code}, ohne „{wanted}“")
