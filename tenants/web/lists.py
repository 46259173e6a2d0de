"""Listen: suchen, sortieren, blättern – alles steht in der Adresse, damit man sie teilen und wiederfinden kann."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import current_app, g, request

Row = TypeVar("Row")
PAGE_SIZE = 50
DESCENDING = "ab"
EDGE = 2
LAST_PAGE = 1_000_000  # beyond, the offset would no longer be a number of the database


@dataclass
class Listing(Generic[Row]):
    """Eine Seite einer Liste mit allem, was ihre Vorlage braucht; home: leer, oder die Adresse, die sie zeigt."""

    rows: Sequence[Row]
    total: int
    search: str
    sort: str
    descending: bool
    page: int
    page_count: int
    arguments: Mapping[str, str]
    home: str = ""

    def sorted_by(self, key: str) -> str:
        """Adresse derselben Liste, nach dieser Spalte sortiert; ein zweites Mal dreht die Richtung um."""
        turned = DESCENDING if key == self.sort and not self.descending else ""
        return self._address(sortierung=key, richtung=turned, seite="")

    def on_page(self, number: int) -> str:
        """Adresse einer anderen Seite derselben Liste."""
        return self._address(seite=str(number) if number > 1 else "")

    def exported(self, kind: str) -> str:
        """Adresse der Ausgabe als Datei (csv, xlsx), mit derselben Suche und Reihenfolge."""
        return self._address(format=kind, seite="")

    def page_numbers(self) -> list[int | None]:
        """Seitenzahlen zum Anklicken; None steht für eine Lücke."""
        near = {1, self.page_count, *range(self.page - EDGE, self.page + EDGE + 1)}
        shown = sorted(number for number in near if 1 <= number <= self.page_count)
        numbers: list[int | None] = []
        for number in shown:
            if numbers and numbers[-1] is not None and number - numbers[-1] > 1:
                numbers.append(None)
            numbers.append(number)
        return numbers

    def _address(self, **changes: str) -> str:
        kept = {key: value for key, value in {**self.arguments, **changes}.items() if value}
        return f"{self.home}?{urlencode(kept)}"


def shown_at() -> str:
    """Die Adresse, unter der eine Seite zu lesen ist: steht sie nach einem abgelehnten Absenden da, die darüber.

    Wer dort blättert oder sucht, liest (GET); die Adresse des Absendens selbst nimmt nur POST.
    """
    path, adapter = request.path, current_app.create_url_adapter(request)
    while adapter is not None and path and not adapter.test(path, method="GET"):
        path = path.rpartition("/")[0]
    return request.root_path + (path or "/")


def _home() -> str:
    return "" if request.method in ("GET", "HEAD") else shown_at()


def wanted(columns: Collection[str], default: str) -> tuple[str, str, bool, int]:
    """Suche, Spalte, Richtung und Seite aus der Adresse, für Listen, die die Datenbank sortiert und teilt."""
    sort = request.args.get("sortierung", default)
    g.is_list = True
    return (
        request.args.get("suche", "").strip()[:200],
        sort if sort in columns else default,
        request.args.get("richtung") == DESCENDING,
        min(max(request.args.get("seite", 1, type=int), 1), LAST_PAGE),
    )


def prepared(
    rows: Sequence[Row],
    total: int,
    *,
    search: str,
    sort: str,
    default: str,
    descending: bool,
    page: int,
    page_size: int = PAGE_SIZE,
) -> Listing[Row]:
    """Eine schon gesuchte, sortierte und geteilte Liste."""
    page_count = max(1, -(-total // page_size))
    arguments = {
        "suche": search,
        "sortierung": sort if sort != default else "",
        "richtung": DESCENDING if descending else "",
    }
    return Listing(rows, total, search, sort, descending, min(page, page_count), page_count, arguments, _home())


def listing(
    rows: Sequence[Row],
    *,
    columns: Mapping[str, Callable[[Row], Any]],
    searched: Callable[[Row], str],
    default: str,
    page_size: int = PAGE_SIZE,
    keep: Sequence[str] = (),
) -> Listing[Row]:
    """Liest Suche, Reihenfolge und Seite aus der Adresse und wendet sie an; unbekannte Spalten zählen nicht."""
    g.is_list = True
    search = request.args.get("suche", "").strip()
    sort = request.args.get("sortierung", default)
    sort = sort if sort in columns else default
    descending = request.args.get("richtung") == DESCENDING
    words = search.casefold().split()
    found = [row for row in rows if all(word in searched(row).casefold() for word in words)]
    found.sort(key=lambda row: _orderable(columns[sort](row)), reverse=descending)
    page_count = max(1, -(-len(found) // page_size))
    page = min(max(request.args.get("seite", 1, type=int), 1), page_count)
    wanted = request.args.get("format") is None
    return Listing(
        rows=found[(page - 1) * page_size : page * page_size] if wanted else found,
        total=len(found),
        search=search,
        sort=sort,
        descending=descending,
        page=page,
        page_count=page_count,
        arguments={
            "suche": search,
            "sortierung": sort if sort != default else "",
            "richtung": DESCENDING if descending else "",
            **{name: request.args.get(name, "") for name in keep},
        },
        home=_home(),
    )


LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


def sort_key(text: str) -> str:
    """Name zum Sortieren nach DIN 5007-1: klein, Umlaute und andere Zeichen mit Beiwerk wie Grundbuchstaben."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    return "".join(one for one in plain if not unicodedata.combining(one))


def _orderable(value: Any) -> tuple[bool, Any]:
    """Leeres nach hinten."""
    if isinstance(value, str):
        return (not value, sort_key(value))
    return (value is None, value if value is not None else 0)
