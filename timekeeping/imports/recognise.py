"""Welcher Aufbau eine Datei hat: nach ihrem Inhalt, nie nach ihrem Namen; das Beste zuerst."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from timekeeping.imports import delimited, encoding, workbook
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.profile import Profil

CERTAIN = 100
LOOKED_AT = 50
READ = 200_000
JSON_LIST = re.compile(r"\s*\[\s*\{")
# What a layout needs besides the personnel number, by kind of row; one set of each list is enough.
NEEDED: dict[str, tuple[frozenset[str], ...]] = {
    "menge": tuple(frozenset({"schluessel", unit}) for unit in ("stunden", "tage", "stueck", "betrag", "menge")),
    "stempel": (frozenset({"kommen", "gehen"}), frozenset({"uhrzeit", "richtung"})),
    "abwesenheit": (frozenset({"datum", "schluessel"}),),
}


@dataclass(frozen=True)
class Treffer:
    """Ein Aufbau, der passt: name und titel des Profils, gewicht und woran er zu erkennen ist."""

    name: str
    titel: str
    gewicht: int
    grund: str


def recognise(data: bytes, profile: Iterable[Profil]) -> list[Treffer]:
    """Alle Profile, deren Aufbau die Datei hat, das beste zuerst; leer, wenn keines passt."""
    found = []
    for one in profile:
        try:
            weight, why = _weight(data, one)
        except ImportFehler:
            continue
        if weight:
            found.append(Treffer(one.name, one.titel, weight, why))
    return sorted(found, key=lambda hit: (-hit.gewicht, hit.name))


def _weight(data: bytes, profil: Profil) -> tuple[int, str]:
    if data.startswith(b"PK\x03\x04"):
        return _header(workbook.head(data, profil), profil) if profil.typ == "xlsx" else (0, "")
    if profil.typ == "xlsx":
        return 0, ""
    content = encoding.decode(_beginning(data), "utf-8" if profil.typ == "kimai" else profil.zeichensatz)
    if JSON_LIST.match(content):
        return (CERTAIN, "Liste von Zeiten in JSON") if profil.typ == "kimai" else (0, "")
    return _text(content, profil) if profil.typ != "kimai" else (0, "")


def _beginning(data: bytes) -> bytes:
    """Ganze Zeilen am Anfang der Datei; UTF-16 in ganzen Zeichen."""
    if len(data) <= READ:
        return data
    return data[:READ] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else data[:READ].rpartition(b"\n")[0]


def _text(content: str, profil: Profil) -> tuple[int, str]:
    found = encoding.lines(content)
    first = found[0][1].strip().lower() if found else ""
    is_calendar, is_lodas = first == "begin:vcalendar", content.lstrip("\ufeff \r\n").lower().startswith("[allgemein]")
    if profil.typ == "ics":
        return (CERTAIN, "beginnt mit BEGIN:VCALENDAR") if is_calendar else (0, "")
    if profil.typ == "lodas":
        return (CERTAIN, "beginnt mit [Allgemein]") if is_lodas else (0, "")
    if is_calendar or is_lodas:
        return 0, ""
    body = [line for _, line in found[profil.ueberspringen :]]
    if not body:
        return 0, ""
    return _fixed(body[:LOOKED_AT], profil) if profil.typ == "fest" else _columns(body, profil)


def _fixed(body: list[str], profil: Profil) -> tuple[int, str]:
    length = profil.laenge or max(place.bis for place in profil.felder.values())
    good = sum(length <= len(line) and not line[length:].strip() for line in body)
    if good * 5 < len(body) * 4:
        return 0, ""
    return 2 + len(profil.felder), f"Sätze zu {length} Stellen"


def _columns(body: list[str], profil: Profil) -> tuple[int, str]:
    mark = delimited.delimiter(body[0]) if profil.trennzeichen == "auto" else profil.trennzeichen
    cells = delimited.split(body[0], mark, profil.anfuehrung)
    if isinstance(cells, str):
        return 0, ""
    return _header(cells, profil)


def _header(cells: list[str], profil: Profil) -> tuple[int, str]:
    if not profil.kopf:
        last = max(place.nummer for place in profil.felder.values())
        return (2, f"{len(cells)} Spalten ohne Kopfzeile") if len(cells) == last else (0, "")
    places = delimited.locate(profil.felder, cells)
    known = {*places, *profil.konstanten}
    if not any(needed <= known for needed in NEEDED[profil.art]):
        return 0, ""
    return 2 * len(places), f"{len(places)} Spalten der Kopfzeile bekannt"
