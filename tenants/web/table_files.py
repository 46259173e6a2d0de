"""Jede Tabelle einer Seite als Datei: was auf der Seite steht, mit denselben Rechten, als CSV oder XLSX.

Ansichten mit eigener Ausgabe (alle Seiten einer Liste, weitere Spalten) behalten sie; überall sonst genügt dies. Zahlen
und Tage werden erkannt, Text bleibt Text, auch wenn er wie eine Formel aussieht. Das Speichern steht im Protokoll.
"""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, request
from lxml import html as parsing

from tenants import audit
from tenants.db.session import platform_session, tenant_session
from tenants.web import exports
from tenants.web.identity import Identity
from tenants.web.terminal import at_terminal

ARGUMENT, NUMBER = "als", "tabelle"
KINDS = ("csv", "xlsx")
PARTS = re.compile(r"<h[123][^>]*>(?P<head>.*?)</h[123]>|<table class=\"kl-table[^>]*>(?:\s*<caption[^>]*>"
                   r"(?P<caption>.*?)</caption>)?", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")
AMOUNT = re.compile(r"[-\u2212+]?\d{1,3}(\.\d{3})*,\d{2}")
DAY = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")
LEFT_OUT = "descendant-or-self::*[self::form or self::button or self::script or self::svg or " \
           "contains(concat(' ', @class, ' '), ' kl-hidden ') or contains(concat(' ', @class, ' '), ' kl-no-print ')]"


def install(app: Flask) -> None:
    """Richtet die Ausgabe hinter allen Seiten und die Liste der Tabellen für die Vorlage ein."""
    app.jinja_env.globals.update(page_tables=titles, table_file=address)

    @app.after_request
    def as_file(response: Response) -> Response:
        kind = request.args.get(ARGUMENT, "")
        if kind not in KINDS or not _allowed() or response.status_code != 200 or response.mimetype != "text/html":
            return response
        tables = _tables(response.get_data(as_text=True))
        number = request.args.get(NUMBER, 1, type=int)
        if not 1 <= number <= len(tables):
            return response
        header, rows = tables[number - 1]
        _noted(kind, len(rows))
        name = f"{(request.endpoint or 'tabelle').replace('.', '-')}-{number}"
        made = exports.respond(kind, name, header, rows)
        made.headers["Cache-Control"] = "no-store"
        return made


def titles(shown: str) -> list[str]:
    """Überschriften der Tabellen einer Seite, in ihrer Reihenfolge; leer, wo es keine Dateien gibt."""
    if not _allowed() or "format=csv" in shown or '<table class="kl-table' not in shown:
        return []
    found, head = [], ""
    for part in PARTS.finditer(shown):
        if part["head"] is not None:
            head = _text(part["head"])
        else:
            found.append(_text(part["caption"]) if part["caption"] else head)
    return found


def address(number: int, kind: str) -> str:
    """Adresse derselben Seite als Datei."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in (ARGUMENT, NUMBER)]
    return "?" + urlencode([*kept, (ARGUMENT, kind), (NUMBER, number)])


def _allowed() -> bool:
    me = g.get("identity")
    return isinstance(me, Identity) and me.staff and request.method == "GET" and not at_terminal()


def _tables(page: str) -> list[tuple[list[str], list[list[Any]]]]:
    found = []
    for table in parsing.fromstring(page).xpath("//table[starts-with(@class, 'kl-table')]"):
        for one in table.xpath(LEFT_OUT):
            one.drop_tree()
        header = [_words(cell) for cell in table.xpath("./thead/tr[last()]/*")]
        rows = [[_value(_words(cell)) for cell in row.xpath("./th|./td")]
                for row in table.xpath("./tbody/tr|./tfoot/tr")]
        found.append((header, rows))
    return found


def _words(cell: Any) -> str:
    return " ".join(str(cell.text_content()).split())


def _value(text: str) -> Any:
    """Betrag oder Tag als solcher, alles andere als Text."""
    bare = text.removesuffix("€").strip()
    if AMOUNT.fullmatch(bare):
        return Decimal(bare.replace(".", "").replace(",", ".").replace("\u2212", "-"))
    if found := DAY.fullmatch(text):
        try:
            return date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            return text
    return text


def _text(markup: str) -> str:
    return " ".join(html.unescape(TAGS.sub(" ", str(markup))).split())


def _noted(kind: str, rows: int) -> None:
    """Im Protokoll des Mandanten der Adresse; wo sie keinen nennt (Suche, Verwaltung), in dem der Plattform."""
    held, login = g.get("mandate"), g.identity.login
    opened = platform_session(actor=login) if held is None else tenant_session(held.tenant_id, actor=login)
    with opened as session:
        audit.record(session, "liste.gespeichert", request.endpoint or "", {"format": kind, "zeilen": rows})
