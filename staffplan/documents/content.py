"""Inhalt eines Plans: Teil A, Teil B, Übersichten, Nachwuchs, Veränderungen, alle Stellen; als JSON einfrierbar.

Alle Zahlen sind genaue Brüche. Der Schlüssel einer Zeile ist Sondervermögen, Laufbahngruppe und Gruppe, weil dieselbe
Gruppe in zwei Laufbahngruppen vorkommt.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from staffplan import grades, shares
from staffplan.documents.changes import Veraenderung, between, note_words
from staffplan.state import Stand, Stelle, Vermerk

Key = tuple[str, str | None, str]
NONE = Fraction(0)
WITHOUT = "ohne"


@dataclass(frozen=True)
class Zeile:
    """Zeile von Teil A oder B: Stellen des Jahres, des Vorjahres, besetzt am 30. Juni des Vorjahres, Vermerke."""

    sondervermoegen: str
    laufbahn: str | None
    gruppe: str
    zahl: Fraction
    zulage: Fraction
    ausgesondert: Fraction
    vorjahr: Fraction
    bisher: Fraction
    besetzt: Fraction
    vermerke: tuple[str, ...]


@dataclass(frozen=True)
class Nachwuchs:
    """Zeile der Übersicht über Nachwuchskräfte."""

    art: str
    bezeichnung: str
    verguetung: str
    vorgesehen: int
    beschaeftigt: int
    erlaeuterung: str


@dataclass(frozen=True)
class Uebersicht:
    """Verteilung auf Produktbereiche, Produkte, Einheiten: Zeilen, Spalten (Laufbahngruppe, Gruppe), Werte je Zelle."""

    zeilen: tuple[tuple[str, str], ...]
    spalten: tuple[tuple[str | None, str], ...]
    werte: Mapping[tuple[str, str | None, str], Fraction]

    def wert(self, zeile: str, spalte: tuple[str | None, str]) -> Fraction:
        """Eine Zelle."""
        return self.werte.get((zeile, *spalte), NONE)

    def summe(self, zeile: str) -> Fraction:
        """Summe einer Zeile."""
        return sum((self.wert(zeile, spalte) for spalte in self.spalten), NONE)


@dataclass(frozen=True)
class Inhalt:
    """Ein ganzer Plan; `bisher` ist der Stand vor dem Nachtrag, `vorjahr` der beschlossene des Vorjahres.

    `besetzt_nach`: besetzte Stellen zählen in der Zeile ihrer Gruppe (stelle) oder der ihrer Person (person).
    """

    jahr: int
    nachtrag: int
    mandant: str
    stellen: int
    nachwuchs_stichtag: str
    teil_a: tuple[Zeile, ...]
    teil_b: tuple[Zeile, ...]
    uebersicht_a: Uebersicht
    uebersicht_b: Uebersicht
    nachwuchs: tuple[Nachwuchs, ...]
    veraenderungen: tuple[Veraenderung, ...]
    liste: tuple[Stelle, ...] = field(default=())
    besetzt_nach: str = "stelle"

    @property
    def titel(self) -> str:
        """Stellenplan 2026 oder 1. Nachtragsstellenplan 2026."""
        return plan_title(self.jahr, self.nachtrag)


def plan_title(jahr: int, nachtrag: int) -> str:
    """Name eines Plans."""
    return f"{nachtrag}. Nachtragsstellenplan {jahr}" if nachtrag else f"Stellenplan {jahr}"


@dataclass(frozen=True)
class Quelle:
    """Woraus ein Plan entsteht: neuer Stand, Stand davor, Vorjahr, 30. Juni, Nachwuchs, Gründe, Einstellungen."""

    jahr: int
    nachtrag: int
    mandant: str
    neu: Mapping[str, Stelle]
    bisher: Mapping[str, Stelle]
    vorjahr: Mapping[str, Stelle]
    juni: Stand
    bereiche: Mapping[str, str]
    zeile_von: Mapping[str, str]
    nachwuchs: Sequence[Nachwuchs]
    gruende: Mapping[str, str]
    stellen: int = 2
    nachwuchs_stichtag: str = "10-01"
    nach_einheit: bool = False
    besetzt_nach: str = "stelle"


def build(source: Quelle) -> Inhalt:
    """Baut den Inhalt eines Plans."""
    rows = _rows(source)
    posts = tuple(source.neu[nummer] for nummer in sorted(source.neu))
    return Inhalt(
        source.jahr, source.nachtrag, source.mandant, source.stellen, source.nachwuchs_stichtag,
        tuple(row for row in rows if row.laufbahn), tuple(row for row in rows if not row.laufbahn),
        _overview(source, civil=True), _overview(source, civil=False), tuple(source.nachwuchs),
        tuple(between(source.bisher, source.neu, source.gruende)),
        tuple(_without_people(one) for one in posts), source.besetzt_nach,
    )  # fmt: skip


def key_of(post: Stelle) -> Key:
    """Schlüssel der Zeile, in der eine Stelle steht."""
    return post.sondervermoegen or "", post.laufbahn, post.gruppe


def occupied(june: Stand, nach: str = "stelle") -> dict[Key, Fraction]:
    """Besetzte Anteile je Zeile am Stichtag: in der Zeile der Stelle oder der ihrer Personen."""
    found: dict[Key, Fraction] = defaultdict(Fraction)
    for post in june.stellen.values():
        for one in post.besetzungen:
            if one.besetzt:
                own = key_of(post) if nach == "stelle" else (
                    post.sondervermoegen or "", one.laufbahn, str(grades.parse(one.gruppe)))
                found[own] += one.anteil
    return found


def _rows(source: Quelle) -> list[Zeile]:
    now, before, last = (_numbers(posts.values()) for posts in (source.neu, source.bisher, source.vorjahr))
    held = {key: value for key, value in occupied(source.juni, source.besetzt_nach).items() if value}
    extra, apart = _numbers(source.neu.values(), "zulage"), _numbers(source.neu.values(), "ausgesondert")
    notes = _notes(source.neu.values(), source.stellen)
    keys = sorted(now.keys() | before.keys() | last.keys() | held.keys(),
                  key=lambda key: (key[0], grades.sort_key(key[1], key[2])))
    return [Zeile(*key, now.get(key, NONE), extra.get(key, NONE), apart.get(key, NONE), last.get(key, NONE),
                  before.get(key, NONE), held.get(key, NONE), tuple(notes.get(key, ()))) for key in keys]


def _numbers(posts: Iterable[Stelle], flag: str | None = None) -> dict[Key, Fraction]:
    found: dict[Key, Fraction] = defaultdict(Fraction)
    for post in posts:
        if flag is None or getattr(post, flag):
            found[key_of(post)] += post.anteil
    return found


def _notes(posts: Iterable[Stelle], places: int) -> dict[Key, list[str]]:
    counted: dict[Key, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for post in posts:
        for one in post.vermerke:
            words = note_words(Vermerk(**{**vars(one), "teil": None}), post)
            counted[key_of(post)][words] += one.teil or post.anteil
        if post.befristet_bis:
            counted[key_of(post)][f"befristet bis {post.befristet_bis:%d.%m.%Y}"] += post.anteil
    return {key: [f"{shares.short(total, places)} {words}" for words, total in sorted(found.items())]
            for key, found in counted.items()}


def _overview(source: Quelle, *, civil: bool) -> Uebersicht:
    values: dict[tuple[str, str | None, str], Fraction] = defaultdict(Fraction)
    for post in source.neu.values():
        if bool(post.laufbahn) is not civil:
            continue
        if source.nach_einheit:
            values[(post.einheit, post.laufbahn, post.gruppe)] += post.anteil
            continue
        for product, part in post.verteilung or ((WITHOUT, Fraction(1)),):
            values[(source.zeile_von.get(product, WITHOUT), post.laufbahn, post.gruppe)] += post.anteil * part
    lines = sorted({line for line, _, _ in values})
    columns = sorted({(career, grade) for _, career, grade in values}, key=lambda one: grades.sort_key(*one))
    names = {WITHOUT: "ohne Produkt"} | dict(source.bereiche)
    return Uebersicht(tuple((line, names.get(line, line)) for line in lines), tuple(columns), dict(values))


def _without_people(post: Stelle) -> Stelle:
    return Stelle(**{**vars(post), "besetzungen": (), "public_id": None})


def canonical(content: Inhalt) -> bytes:
    """Der Inhalt als kanonisches JSON: gleiche Pläne ergeben gleiche Bytes."""
    raw = asdict(content)
    for name in ("uebersicht_a", "uebersicht_b"):
        raw[name]["werte"] = [[*key, value] for key, value in sorted(
            raw[name]["werte"].items(), key=lambda item: tuple(part or "" for part in item[0]))]
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode("utf-8")


def fingerprint(data: bytes) -> bytes:
    """Prüfsumme eines eingefrorenen Inhalts."""
    return hashlib.sha256(data).digest()


def _plain(value: Any) -> str:
    if isinstance(value, Fraction):
        return shares.exact(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} steht nicht in einem Plan.")


def thaw(data: bytes) -> Inhalt:
    """Der Inhalt aus seinem eingefrorenen JSON."""
    raw = json.loads(data)
    return Inhalt(
        raw["jahr"], raw["nachtrag"], raw["mandant"], raw["stellen"], raw["nachwuchs_stichtag"],
        tuple(map(_row, raw["teil_a"])), tuple(map(_row, raw["teil_b"])),
        _thawed_overview(raw["uebersicht_a"]), _thawed_overview(raw["uebersicht_b"]),
        tuple(Nachwuchs(**one) for one in raw["nachwuchs"]),
        tuple(Veraenderung(**one) for one in raw["veraenderungen"]), tuple(map(_post, raw["liste"])),
        raw.get("besetzt_nach", "stelle"),
    )  # fmt: skip


def _row(raw: dict[str, Any]) -> Zeile:
    numbers = {name: Fraction(raw[name]) for name in ("zahl", "zulage", "ausgesondert", "vorjahr", "bisher", "besetzt")}
    return Zeile(**{**raw, **numbers, "vermerke": tuple(raw["vermerke"])})


def _thawed_overview(raw: dict[str, Any]) -> Uebersicht:
    return Uebersicht(tuple((key, name) for key, name in raw["zeilen"]), tuple((c, g) for c, g in raw["spalten"]),
                      {(line, career, grade): Fraction(value) for line, career, grade, value in raw["werte"]})


def _post(raw: dict[str, Any]) -> Stelle:
    notes = tuple(Vermerk(**{**one, "teil": Fraction(one["teil"]) if one["teil"] else None,
                             **{name: _day(one[name]) for name in ("ab", "bis", "termin")}}) for one in raw["vermerke"])
    parts = {name: tuple((key, Fraction(part)) for key, part in raw[name]) for name in ("verteilung", "finanzierung")}
    days = {name: _day(raw[name]) for name in ("ab", "bis", "befristet_bis")}
    return Stelle(**{**raw, **parts, **days, "anteil": Fraction(raw["anteil"]), "vermerke": notes, "besetzungen": ()})


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
