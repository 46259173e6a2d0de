"""Locust: Sachbearbeitungen, die Tatsachen erfassen: Akte, Formular, Speichern, Akte; jede Antwort wird geprüft.

Wird von desk.py aufgerufen; KREISLOHN_LAST nennt die Datei mit Adressen, Sitzungen, Personen und der Rate.
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
COOKIES, HOSTS = itertools.cycle(PLAN["cookies"]), itertools.cycle(PLAN["hosts"])
NUMBERS = itertools.count(PLAN["first"])
PEOPLE, PAGES = PLAN["people"], 4
KEY = re.compile(r'name="csrf_token" value="([^"]+)"')


def iban_of(number: int) -> str:
    """Eine gültige IBAN (ISO 13616) zu einer Kontonummer."""
    account = f"12030000{number:010d}"
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


class Clerk(Steady, FastHttpUser):
    """Eine Sachbearbeitung mit ihrer Sitzung an einem Server."""

    host = PLAN["hosts"][0]
    runde = PAGES * PLAN["users"] / PLAN["rate"]

    def on_start(self) -> None:
        """Bekommt Sitzung und Server; beginnt irgendwann in der ersten Runde."""
        self.place, self.session = next(HOSTS), {"Cookie": next(COOKIES), "X-Forwarded-Proto": "http"}
        self.take_place()

    @task
    def record(self) -> None:
        """Eine Tatsache bei einem Menschen, den gerade niemand anders bearbeitet."""
        number = next(NUMBERS)
        person = f"/mandanten/{PLAN['tenant']}/personen/{PEOPLE[number % len(PEOPLE)]}"
        kind = ("bank", "kinder")[number % 2]
        self._page(person, "Akte", "Bankverbindung")
        form = self._page(f"{person}/{kind}/erfassen", "Formular", "Was gilt")
        key = KEY.search(form)
        if key is None:
            return
        values = {"csrf_token": key[1], "gueltig_ab": "01.11.2026", "grund": PLAN["reason"]}
        if kind == "bank":
            values["iban"] = iban_of(number)
        else:
            values |= {"nummer": str(11 + number % 20), "geburtsdatum": "12.10.2026", "vorname": "Toni"}
        with self.client.post(f"{self.place}{person}/{kind}/erfassen", data=values, headers=self.session,
                              name="Speichern", allow_redirects=False, catch_response=True) as answer:
            if answer.status_code != 302:
                answer.failure(f"{answer.status_code} statt 302: {_said(answer.text or '')}")
                return
        self._page(person, "Akte danach", "Bankverbindung")

    def _page(self, path: str, name: str, wanted: str) -> str:
        with self.client.get(f"{self.place}{path}", name=name, headers=self.session, allow_redirects=False,
                             catch_response=True) as answer:
            text = answer.text or ""
            if answer.status_code != 200 or wanted not in text:
                answer.failure(f"{answer.status_code}, ohne „{wanted}“")
                return ""
            return text


def _said(page: str) -> str:
    return " ".join(re.findall(r'class="kern-error"[^>]*>(.{0,200})', page))[:200]
