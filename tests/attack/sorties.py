"""Einzelne Angriffe: zu jedem Weg der Anwendung Anfragen mit fremden, gemischten, verdorbenen Angaben."""

from __future__ import annotations

import io
import re
import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from harvest import Fields, Harvest
from markers import UUID, Markers
from realm import BAIT, SECRET
from werkzeug.routing import Rule

ARGUMENT = re.compile(r"<(?:([^:<>]+):)?([^<>]+)>")
SAFE, UNSAFE = ("GET", "HEAD", "OPTIONS"), ("POST", "PUT", "PATCH", "DELETE", "TRACE")
NASTY = (
    "", "0", "-1", "1", "99999999999999999999", "9" * 400, "1e309", "NaN", "1;DROP TABLE person", "' OR '1'='1",
    "%' OR tenant_id=2 --", "\\", "%", "_", "%25", "../../etc/passwd", "..\\..\\x", "/", "//evil.example", "a\x00b",
    "a\r\nX-Injected: 1", "\x0b\x0c", "\u202egnp.exe", "\ufeff", "\uffff", "𝔘𝔫𝔦", "ß" * 300, "{{7*7}}", "${7*7}",
    "<script>x</script>",
    '"><img src=x>', "=1+1", "2026-13", "0000-00", "2026-02", "31.02.2026", "2026-02-30", "9999-12", "1.234,56",
    "-0,01", "csv", "xlsx", "pdf", "ab", "name", "on", "null", "undefined", "[]", "true", "krankenkassen", "bank",
)  # fmt: skip
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-11", "2026-12", "1899-01", "2026-1", "2026-00")
QUERY = ("suche", "sortierung", "richtung", "seite", "format", "alle", "monat", "next", "mandant", "tenant_id", "id")
FILES = (
    b"", b"\x00" * 50, b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0", b"%PDF-1.4 x", "Nachname;Vorname\r\nä;ö\r\n".encode(),
    "\ufeffPersonalnummer;Nachname\r\n=1+1;@x\r\n".encode(), b"\xff\xfe\x00;\x00", b"<?xml version='1.0'?><!DOCTYPE a>",
)  # fmt: skip
FILE_NAMES = ("a.xlsx", "b.csv", "../../c", "d\u202e.csv", "")
HEADERS: tuple[dict[str, str], ...] = (
    {}, {}, {}, {"HX-Request": "true"}, {"Accept": "application/json"}, {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Host": "evil.example"}, {"Range": "bytes=0-10"}, {"If-None-Match": "*"}, {"Accept-Language": "x;q=z"},
    {"X-Original-URL": "/"}, {"X-HTTP-Method-Override": "DELETE"}, {"Content-Type": "application/json"},
    {"Referer": "http://evil.example/"}, {"Origin": "null"}, {"X-Tenant": "2"},
)  # fmt: skip


@dataclass
class Sortie:
    """Eine Anfrage; foreign sagt, dass eine Kennung der Adresse dem fremden Mandanten gehört."""

    method: str
    path: str
    query: str = ""
    form: dict[str, Any] | None = None
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    foreign: bool = False
    stored: str = ""

    @property
    def sent(self) -> str:
        """Alles, was der Angreifer selbst schickt, klein geschrieben."""
        return f"{self.path} {self.query} {self.stored}".lower()


class Armory:
    """Baut Angriffe aus dem, was beide Seiten zeigen."""

    def __init__(self, own: Harvest, foreign: Harvest, markers: Markers, seed: str) -> None:
        self.own, self.foreign, self.markers, self.dice = own, foreign, markers, Random(seed)
        self.tenants = (markers.own_ids["tenant"][0], markers.ids["tenant"][0])

    def sortie(self, rule: Rule, csrf: str) -> Sortie:
        """Ein gewürfelter Angriff auf einen Weg."""
        dice = self.dice
        methods = sorted(rule.methods or {"GET"})
        method = dice.choice(methods) if dice.random() < 0.97 else dice.choice(SAFE + UNSAFE)
        if method in ("HEAD", "OPTIONS") and dice.random() < 0.8:
            method = next(name for name in methods if name not in ("HEAD", "OPTIONS"))
        arguments = self._arguments(rule)
        path = ARGUMENT.sub(lambda found: self._quoted(arguments.get(found[2], "")), rule.rule)
        one = Sortie(method, path, headers=dict(dice.choice(HEADERS)))
        one.foreign = any(value in self.markers.foreign for value in arguments.values())
        if dice.random() < (0.6 if method in SAFE else 0.1):
            one.query = self._query(rule.endpoint)
        if method in UNSAFE:
            self._body(one, rule.endpoint, csrf)
        return one

    def _arguments(self, rule: Rule) -> dict[str, str]:
        dice, own, foreign = self.dice, self.own.arguments[rule.endpoint], self.foreign.arguments[rule.endpoint]
        mode = dice.random()
        if mode < 0.15 and foreign:  # an address of the other side as it is
            return dict(dice.choice(foreign))
        if mode < 0.50 and foreign:  # the same through the own door
            return dict(dice.choice(foreign)) | ({"mandant": self.tenants[0]} if "mandant" in rule.arguments else {})
        base = dict(dice.choice(own)) if own else {}
        if mode < 0.70 and own:
            return base
        return {name: self._argument(name, base.get(name)) for name in rule.arguments}

    def _argument(self, name: str, own: str | None) -> str:
        dice = self.dice
        if name == "mandant":
            return dice.choices([*self.tenants, str(uuid.uuid4()), dice.choice(NASTY)], (70, 20, 5, 5))[0]
        if name == "monat":
            return dice.choice(MONTHS)
        chosen = dice.random()
        if chosen < 0.3 and own is not None:
            return own
        if chosen < 0.7:
            return self._foreign_id(name)
        return str(uuid.uuid4()) if chosen < 0.8 else dice.choice(NASTY)

    def _foreign_id(self, name: str) -> str:
        ids = self.markers.ids
        fitting = [table for table in ids if ids[table] and (name in table or table in name)]
        table = self.dice.choice(fitting or [table for table in ids if ids[table]])
        return self.dice.choice(ids[table])

    @staticmethod
    def _quoted(value: str) -> str:
        return quote(value.encode("utf-8", "surrogatepass"), safe="")

    def _query(self, view: str) -> str:
        names = sorted({*QUERY, *self.own.queries[view]})
        pairs = [(self.dice.choice(names), self._query_value()) for _ in range(self.dice.randint(1, 3))]
        return urlencode(pairs, errors="surrogatepass")

    def _query_value(self) -> str:
        chosen = self.dice.random()
        if chosen < 0.35:
            return self.dice.choice((BAIT, f"{BAIT}mann", BAIT.title(), f"{BAIT} {BAIT}", "fremd.", f"{BAIT}%"))
        if chosen < 0.5:
            return self._foreign_id("")
        return self.dice.choice(NASTY + MONTHS)

    def _body(self, one: Sortie, view: str, csrf: str) -> None:
        dice = self.dice
        if dice.random() < 0.04:
            one.raw = dice.choice((b"{", b"[]", b'{"a":"\\ud800"}', b"\xff\xfe", b"a=b&" * 1500, b'{"id":1e999}'))
            one.headers["X-CSRFToken"] = csrf
            return
        form: dict[str, Any] = self._fields(view)
        if dice.random() < 0.97:
            form["csrf_token"] = csrf
        for name in sorted(self.own.files[view] | self.foreign.files[view]):
            form[name] = (io.BytesIO(dice.choice(FILES)), dice.choice(FILE_NAMES))
        one.headers.pop("Content-Type", None)
        one.form = form
        one.stored = " ".join(str(value) for value in form.values()).lower()
        self.markers.spent.update(self.markers.foreign.intersection(UUID.findall(one.stored)))

    def _fields(self, view: str) -> dict[str, Any]:
        own, foreign = self.own.forms[view], self.foreign.forms[view]
        base: Fields = self.dice.choice(own or foreign or [{}])
        other: Fields = self.dice.choice(foreign or own or [{}])
        chosen = {}
        for name in base:
            kind = self.dice.random()
            if kind < 0.5:
                chosen[name] = self.dice.choice(base[name])
            elif kind < 0.75:
                chosen[name] = self._harmless(self.dice.choice(other.get(name) or [""]))
            elif kind < 0.97:
                chosen[name] = self.dice.choice(NASTY)
        return chosen

    @staticmethod
    def _harmless(value: str) -> str:
        """Werte der anderen Seite ohne ihre Worte: gespeichert stünden sie später mit Recht auf eigenen Seiten."""
        return "" if BAIT in value.lower() or SECRET in value.lower() or "fremd." in value else value
