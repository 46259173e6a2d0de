"""Personalliste lesen: CSV mit Kopfzeile oder JSON in der Form von SCIM 2.0 (RFC 7643)."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

from tenants.feed.people import FeedError, FeedPerson, day, mandates, pairs, text
from tenants.plain_text import control_line

MOST_ROWS, MOST_BYTES = 20_000, 5 * 1024 * 1024
COLUMNS = (
    "kennung",
    "anmeldename",
    "name",
    "email",
    "telefon",
    "raum",
    "einheit",
    "funktion",
    "erster_tag",
    "letzter_tag",
    "mandate",
    "verzeichnis",
)
REQUIRED = ("kennung", "anmeldename", "name")
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
OWN = "urn:kreislohn:params:scim:schemas:1.0:User"


def read(content: bytes, today: date) -> list[FeedPerson]:
    """Menschen der Liste; FeedError, wenn sie als Ganzes nicht passt. today ist der letzte Tag von active=false."""
    if len(content) > MOST_BYTES:
        raise FeedError(f"Die Liste ist größer als {MOST_BYTES // 1024 // 1024} MB.")
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FeedError("Die Liste ist nicht UTF-8: bitte mit dieser Kodierung speichern.") from None
    if (line := control_line(words)) is not None:
        raise FeedError(f"Das ist keine Textdatei: Zeile {line} enthält ein Steuerzeichen.")
    people = _json(words, today) if words.lstrip()[:1] in ("{", "[") else _csv(words)
    if not people:
        raise FeedError("Die Liste enthält keine Menschen.")
    if len(people) > MOST_ROWS:
        raise FeedError(f"Die Liste hat mehr als {MOST_ROWS} Zeilen.")
    return people


def _csv(words: str) -> list[FeedPerson]:
    head = words.partition("\n")[0]
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=";" if head.count(";") >= head.count(",") else ",")
    try:
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise FeedError(f"Die Liste ist keine lesbare CSV-Datei ({error}).") from error
    names = [cell.strip().lower() for cell in rows[0]] if rows else []
    if missing := [name for name in REQUIRED if name not in names]:
        raise FeedError(f"Spalten fehlen: {', '.join(missing)}. Erwartet werden: {'; '.join(COLUMNS)}.")
    if unknown := [name for name in names if name not in COLUMNS]:
        raise FeedError(f"Unbekannte Spalten: {', '.join(unknown[:10])}. Erwartet werden: {'; '.join(COLUMNS)}.")
    if len(set(names)) < len(names):
        raise FeedError("Eine Spalte steht doppelt: welche von beiden gilt, lässt sich nicht sagen.")
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row[len(names):]):
            raise FeedError(f"Zeile {number} hat mehr Zellen als die Kopfzeile: steht ein Trennzeichen in einem Namen, "
                            "gehört er in Anführungszeichen.")
    return [_row(number, dict(zip(names, row, strict=False))) for number, row in enumerate(rows[1:], 2)]


def _row(number: int, cells: dict[str, str]) -> FeedPerson:
    where = f"Zeile {number}"
    return FeedPerson(
        line=number,
        external_id=text(cells.get("kennung")) or "",
        login=(text(cells.get("anmeldename")) or "").lower(),
        display_name=text(cells.get("name")) or "",
        email=text(cells.get("email")),
        phone=text(cells.get("telefon")),
        room=text(cells.get("raum")),
        unit=text(cells.get("einheit")),
        position=text(cells.get("funktion")),
        first_day=day(cells.get("erster_tag"), f"{where}, erster_tag"),
        last_day=day(cells.get("letzter_tag"), f"{where}, letzter_tag", last=True),
        mandates=mandates(cells.get("mandate"), f"{where}, mandate"),
        identities=pairs(cells.get("verzeichnis"), f"{where}, verzeichnis"),
    )


def _json(words: str, today: date) -> list[FeedPerson]:
    try:
        given = json.loads(words)
    except (ValueError, RecursionError):
        raise FeedError("Die Liste ist kein gültiges JSON.") from None
    resources = given.get("Resources") if isinstance(given, dict) else given
    if not isinstance(resources, list) or not all(isinstance(one, dict) for one in resources):
        raise FeedError("Erwartet wird eine SCIM-Liste: {\"Resources\": [{\"userName\": …}, …]}.")
    return [_resource(number, one, today) for number, one in enumerate(resources, 1)]


def _resource(number: int, one: dict[str, Any], today: date) -> FeedPerson:
    where = f"Eintrag {number}"
    own, work, name = _part(one, OWN), _part(one, ENTERPRISE), _part(one, "name")
    last = day(text(own.get("lastDay")), f"{where}, lastDay", last=True)
    if not _is_active(one.get("active"), where):
        last = min(last or today, today)
    full = " ".join(filter(None, (text(name.get("givenName")), text(name.get("familyName")))))
    return FeedPerson(
        line=number,
        external_id=text(one.get("externalId")) or "",
        login=(text(one.get("userName")) or "").lower(),
        display_name=text(one.get("displayName")) or text(name.get("formatted")) or full,
        email=_first(one.get("emails")),
        phone=_first(one.get("phoneNumbers")),
        room=text(own.get("room")),
        unit=text(work.get("department")),
        position=text(one.get("title")),
        first_day=day(text(own.get("firstDay")), f"{where}, firstDay"),
        last_day=last,
        mandates=_mandates(own.get("mandates"), f"{where}, mandates"),
        identities=_pairs(own.get("identities"), "provider", "subject", f"{where}, identities"),
    )


def _is_active(value: object, where: str) -> bool:
    """Ob der Mensch da ist; ohne Angabe ja. Manche Verzeichnisse schreiben False als Text."""
    words = str(value).strip().lower()
    if value is not None and words not in ("true", "false"):
        raise FeedError(f"{where}, active: erwartet wird true oder false.")
    return words != "false"


def _part(one: dict[str, Any], key: str) -> dict[str, Any]:
    found = one.get(key)
    return found if isinstance(found, dict) else {}


def _first(values: object) -> str | None:
    """Der erste Wert, lieber der mit primary."""
    entries = [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
    entries.sort(key=lambda one: one.get("primary") is not True)
    return text(entries[0].get("value")) if entries else None


def _mandates(values: object, what: str) -> frozenset[tuple[str, str, str]]:
    _pairs(values, "tenant", "role", what)  # refuses what has no tenant or no role
    entries = [one for one in (values if isinstance(values, list) else [values]) if isinstance(one, dict)]
    return frozenset((str(text(one.get("tenant"))), str(text(one.get("role"))), text(one.get("unit")) or "")
                     for one in entries)


def _pairs(values: object, left: str, right: str, what: str) -> frozenset[tuple[str, str]]:
    if values is None:
        return frozenset()
    entries = values if isinstance(values, list) else [values]
    found = [(text(one.get(left)), text(one.get(right))) if isinstance(one, dict) else (None, None) for one in entries]
    if any(not a or not b for a, b in found):
        raise FeedError(f"{what}: erwartet werden Einträge mit {left} und {right}.")
    return frozenset((str(a), str(b)) for a, b in found)
