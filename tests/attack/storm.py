"""Der Sturm: viele Angriffe auf alle Wege, jede Antwort wird beurteilt.

Ohne Angabe sind es so viele, wie zu jeder Prüfung passen; `make attack` setzt ANGRIFF_ANFRAGEN auf die ganze Zahl.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from harvest import LEAVING, Harvest, doors
from markers import collect, personal, readable
from realm import Attacker, Realm
from sorties import SAFE, Armory, Sortie
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tenants.web.access import access_of

COSTLY = 0.03  # seconds; a view that takes longer on average gets fewer of the attacks
EACH = 6  # attacks that every rule gets whatever it costs
HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")
UNSIGNED = "niemand"
PARTS = 4
REQUESTS = int(os.environ.get("ANGRIFF_ANFRAGEN", "12800")) // PARTS


class Ear(logging.Handler):
    """Hört alles mit, was ins Log geschrieben wird."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))


@dataclass
class Report:
    """Was der Sturm ergab; complaints sind Befunde, jeder ein Fehler der Anwendung."""

    requests: int = 0
    seconds: float = 0.0
    states: Counter[int] = field(default_factory=Counter)
    per_view: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)


class Storm:
    """Angriffe mit den Zugängen aller Rollen der eigenen Seite und ohne Anmeldung."""

    def __init__(self, realm: Realm, seed: str) -> None:
        self.realm, self.report, self.seed = realm, Report(), seed
        self.markers = collect(realm)
        self.ear = Ear()
        self.brought: list[tuple[str, str]] = []
        self.own, self.other = Harvest(), Harvest()
        self.people = [realm.attacker(role) for role in realm.own.users]
        for who in self.people:
            self.own.crawl(who)
        for user in realm.foreign.users.values():
            self.other.crawl(Attacker(realm.app, user, realm.foreign.tenant))
        self.armory = Armory(self.own, self.other, self.markers, seed)
        self.cost: dict[str, list[float]] = defaultdict(lambda: [0.0, 0])

    def run(self, requests: int) -> Report:
        """So viele Anfragen, reihum auf alle Wege."""
        rules = sorted(self.realm.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        start, root = time.perf_counter(), logging.getLogger()
        level = root.level
        root.addHandler(self.ear)
        root.setLevel(logging.INFO)
        try:
            while self.report.requests < requests:
                for rule in rules:
                    if self.report.requests < requests and self._worth(rule.endpoint):
                        self._attack(rule)
        finally:
            root.removeHandler(self.ear)
            root.setLevel(level)
        self.report.seconds, self.report.heard = time.perf_counter() - start, self.ear.heard
        return self.report

    def look(self) -> Report:
        """Jeder sieht alle Seiten des eigenen Mandanten, die nur ihn und einen Monat brauchen; ohne Würfel."""
        for who in self.people:
            for address in dict.fromkeys(doors(who)):
                view = self.own.view(who, address, "GET")[0] or ""
                if view not in LEAVING:
                    self.judge(Sortie("GET", address), who.client.get(address), who.user.login, view)
        return self.report

    def _worth(self, view: str) -> bool:
        spent, count = self.cost[view]
        return count < EACH or self.armory.dice.random() < COSTLY * count / max(spent, 1e-6)

    def _attack(self, rule: Rule) -> None:
        who = self.armory.dice.choice([*self.people, self.people[1]])
        anonymous = self.armory.dice.random() < 0.04
        one = self.armory.sortie(rule, who.csrf)
        if one.method not in SAFE and not anonymous and self._administers(who.user.login, rule.endpoint):
            # What the administration does to accounts of any employer is its office, not an attack: another one tries.
            who = self.armory.dice.choice([one for one in self.people if one is not who])
            one = self.armory.sortie(rule, who.csrf)
        begin = time.perf_counter()
        answer = send(self.realm.app.test_client() if anonymous else who.client, one)
        cost = self.cost[rule.endpoint]
        cost[0] += time.perf_counter() - begin
        cost[1] += 1
        name = UNSIGNED if anonymous else who.user.login
        self.judge(one, answer, name, rule.endpoint)
        if not anonymous and (answer.status_code == 401 or str(answer.location or "").startswith("/anmelden")):
            who.sign_in()

    def judge(self, one: Sortie, answer: TestResponse, who: str, view: str) -> None:
        """Beurteilt eine Antwort; Befunde kommen in den Bericht."""
        report = self.report
        report.requests += 1
        report.states[answer.status_code] += 1
        report.per_view[view] += 1
        own_office = self._administers(who, view)
        wrong = [f"Zeichen {leak}{self._around(answer, leak)}"
                 for leak in self.leaks(one, answer, administering=own_office)]
        if answer.status_code >= 500:
            wrong.append(f"Fehler {answer.status_code}: {self.ear.heard[-1:]}")
        hidden = not own_office and not self._open(who, view, answer)
        if one.foreign and answer.status_code < 400 and one.method != "OPTIONS" and hidden:
            wrong.append(f"fremde Kennung, Antwort {answer.status_code}")
        wrong += [f"ohne {name}" for name in HEADERS if name not in answer.headers]
        location = answer.headers.get("Location", "/")
        if not location.startswith("/") or location.startswith(("//", "/\\")) or "X-Injected" in answer.headers:
            wrong.append(f"führt nach {location}")
        if "no-store" not in answer.headers.get("Cache-Control", "") and self._personal(view) and answer.data:
            wrong.append("bleibt im Zwischenspeicher")
        said = f"{who} {one.method} {one.path}?{one.query} {view} {one.form or one.raw!r} {one.headers}"
        report.complaints += [f"{said}: {what}" for what in wrong]
        self.brought += [(word, f"{said}: {answer.status_code}") for word in self.markers.words if word in one.sent]

    def _around(self, answer: TestResponse, leak: str) -> str:
        """Woran ein Zeichen in der Antwort steht, und wer es der eigenen Seite zuletzt selbst geschickt hat."""
        text = readable(answer.data).lower()
        at = text.find(leak)
        sent = [told for word, told in self.brought if word == leak][-3:]
        return f" in {text[max(0, at - 300):at + 120]!r}, geschickt mit {sent}"

    def _open(self, who: str, view: str, answer: TestResponse) -> bool:
        """Unangemeldete werden zur Anmeldung geleitet; auf offenen Wegen steht eine Kennung nur als Wort."""
        stated = access_of(self.realm.app, view)
        to_sign_in = who == UNSIGNED and str(answer.location).startswith("/anmelden")
        return to_sign_in or (stated is not None and stated.public_reason is not None)

    def _administers(self, who: str, view: str) -> bool:
        """Die Verwaltung der Plattform auf ihren eigenen Seiten."""
        return who == self.realm.own.users["platform_admin"].login and view.startswith("admin")

    def _personal(self, view: str) -> bool:
        stated = access_of(self.realm.app, view)
        return stated is None or stated.personal

    def leaks(self, one: Sortie, answer: TestResponse, *, administering: bool = False) -> list[str]:
        """Zeichen der fremden Seite in Inhalt und Köpfen."""
        text = readable(answer.data) + " ".join(f"{k}: {v}" for k, v in answer.headers.items() if k != "Set-Cookie")
        return self.markers.found(text, one.sent, administering=administering)


def send(client: FlaskClient, one: Sortie) -> TestResponse:
    """Schickt einen Angriff ab."""
    body: dict[str, object] = {"data": one.form if one.form is not None else one.raw}
    return client.open(one.path, method=one.method, query_string=one.query, headers=one.headers, **body)


def short(complaints: list[str], most: int = 12) -> str:
    """Befunde zum Lesen: je Art ein Beispiel."""
    kinds: dict[str, str] = {}
    for text in complaints:
        kinds.setdefault(re.sub(r"[0-9a-f-]{36}|\d+", "#", text.rsplit(": ", 1)[-1])[:120] + text.split(" ")[3], text)
    return "\n".join(text[:6000] for text in list(kinds.values())[:most])


def unattacked(realm: Realm, report: Report) -> list[str]:
    """Wege, die der Sturm zu selten traf."""
    return [rule.rule for rule in realm.app.url_map.iter_rules() if report.per_view[rule.endpoint] < EACH]


def told(report: Report, realm: Realm) -> list[str]:
    """Zeilen der Logs, in denen Personen, Konten oder Zugangsmittel stehen."""
    secrets = personal(realm) | {who.csrf.lower() for who in realm.attackers.values()}
    cookies = [who.client.get_cookie("kreislohn") for who in realm.attackers.values()]
    secrets |= {cookie.value.lower() for cookie in cookies if cookie is not None}
    return [line for line in report.heard if any(secret in line.lower() for secret in secrets)]
