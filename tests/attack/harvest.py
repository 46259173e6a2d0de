"""Was eine Seite hergibt: alle Wege mit ihren Angaben, alle Formulare mit ihren Feldern, auch die neuer Wege."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import html
from realm import OPEN, PAID, Attacker
from werkzeug.exceptions import HTTPException

Fields = dict[str, list[str]]
PER_VIEW, SATED, FULL = 4, 6, 14  # readings by one person; by all, before a second and before a first reading
LEAVING = ("signin.sign_out",)


@dataclass
class Harvest:
    """Je Ansicht die gesehenen Angaben der Adresse und Formulare (Name → mögliche Werte); Namen von Suchfeldern."""

    arguments: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    forms: dict[str, list[Fields]] = field(default_factory=lambda: defaultdict(list))
    files: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    queries: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    often: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def crawl(self, who: Attacker, *, most: int = 120) -> None:
        """Liest von der Startseite aus alle erreichbaren Seiten, je Ansicht einige, je Mensch wenigstens eine."""
        waiting = ["/", *dict.fromkeys(doors(who))]
        seen, read = set(waiting), defaultdict(int)
        while waiting and sum(read.values()) < most:
            address = waiting.pop(0)
            view, arguments = self.view(who, address, "GET")
            known = read[view or ""]
            if view is None or view in LEAVING or known >= PER_VIEW or self.often[view] >= (SATED if known else FULL):
                continue
            read[view] += 1
            self.often[view] += 1
            self._keep(view, arguments, address)
            answer = who.client.get(address)
            if answer.status_code in (301, 302, 303) and answer.location:
                found = [answer.location]
            elif answer.status_code == 200 and answer.mimetype == "text/html" and answer.data:
                found = self._links(who, html.document_fromstring(answer.data), address)
            else:
                found = []
            new = [one for one in found if one not in seen]
            waiting += new
            seen.update(new)

    def _links(self, who: Attacker, page: html.HtmlElement, address: str) -> list[str]:
        for form in page.forms:
            self._form(who, form, address)
        links = [urljoin(address, link.get("href")) for link in page.iter("a") if link.get("href")]
        return [link.split("#")[0] for link in links if link.startswith("/")]

    def _form(self, who: Attacker, form: html.HtmlElement, address: str) -> None:
        target = urljoin(address, form.get("action") or address)
        method = (form.get("method") or "GET").upper()
        fields: Fields = {}
        view, arguments = self.view(who, target, method)
        if view is None:
            return
        for one in form.iter("input", "select", "textarea", "button"):
            name = one.get("name")
            if not name or name == "csrf_token":
                continue
            options = [option.get("value") or "" for option in one.iter("option")]
            fields.setdefault(name, []).extend(options or [one.get("value") or (one.text or "")])
            if one.get("type") == "file":
                self.files[view].add(name)
        if method == "GET":
            self.queries[view].update(fields)
        elif fields not in self.forms[view]:
            self.forms[view].append(fields)
        self._keep(view, arguments, target)

    def _keep(self, view: str, arguments: dict[str, str], address: str) -> None:
        if arguments not in self.arguments[view]:
            self.arguments[view].append(arguments)
        self.queries[view].update(name for name, _ in parse_qsl(urlsplit(address).query))

    @staticmethod
    def view(who: Attacker, address: str, method: str) -> tuple[str | None, dict[str, str]]:
        """Ansicht und Angaben einer Adresse; keine, wenn kein Weg dorthin führt."""
        adapter = who.app.url_map.bind("localhost")
        try:
            view, arguments = adapter.match(urlsplit(address).path, method)
        except HTTPException:
            return None, {}
        return view, {name: str(value) for name, value in arguments.items()}


def doors(who: Attacker) -> Iterator[str]:
    """Wege, die höchstens Mandant und Monat brauchen, die gerechneten Monate zuerst: dort beginnt die Suche."""
    adapter = who.app.url_map.bind("localhost")
    rules = [rule for rule in who.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    for rule in sorted(rules, key=lambda one: "monat" not in one.arguments):
        if rule.arguments <= {"mandant", "monat"} and "mandant" in rule.arguments:
            for month in (PAID, OPEN):
                given = {"mandant": who.tenant, "monat": f"{month:%Y-%m}"}
                yield adapter.build(rule.endpoint, {name: given[name] for name in rule.arguments})
