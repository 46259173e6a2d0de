"""Aufbau der Antworten und Übergaben (JSON Schema 2020-12), aus denen die Beschreibung entsteht."""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
CENTS: dict[str, Any] = {"type": "integer", "description": "Cent"}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
ANY_DAY: dict[str, Any] = {"type": ["string", "null"]}
MAYBE: dict[str, Any] = {"type": ["string", "null"]}


def closed(**properties: dict[str, Any]) -> dict[str, Any]:
    """Objekt mit genau diesen Angaben."""
    return {"type": "object", "additionalProperties": False, "required": sorted(properties), "properties": properties}


def listed(item: dict[str, Any]) -> dict[str, Any]:
    """Liste gleicher Angaben."""
    return {"type": "array", "items": item}


FAULTS = {
    "type": "object", "required": ["fehler", "nummer"], "additionalProperties": False,
    "properties": {"fehler": listed(closed(feld=TEXT, regel=TEXT, abhilfe=TEXT)),
                   "nummer": {"type": "string", "description": "Nummer der Anfrage im Log"}},
}  # fmt: skip
FACTS_READ = closed(tag=TEXT, blaetter={
    "type": "object", "additionalProperties": listed({"type": "object", "additionalProperties": TEXT})})
FACTS_WRITTEN = closed(
    uebernommen={"type": "boolean"}, neu=listed(TEXT), geaendert=listed(TEXT), unveraendert=listed(TEXT),
    blaetter=listed(closed(blatt=TEXT, neu=COUNT, geaendert=COUNT, unveraendert=COUNT)),
    beanstandungen=listed(closed(blatt=TEXT, zeile=COUNT, spalte=TEXT, regel=TEXT, abhilfe=TEXT,
                                 schwer={"type": "boolean"})),
)  # fmt: skip
AMOUNT = {"type": "number", "minimum": -100_000, "maximum": 100_000}
WORD = {"type": "string", "maxLength": 60}
TIMES = {
    "type": "object", "required": ["zeilen"], "additionalProperties": False,
    "properties": {"zeilen": {"type": "array", "minItems": 1, "maxItems": 20_000, "items": {
        "type": "object", "additionalProperties": False, "required": ["personalnummer", "datum", "schluessel"],
        "properties": {"personalnummer": WORD, "datum": WORD, "schluessel": WORD, "kostenstelle": WORD,
                       "stunden": AMOUNT, "tage": AMOUNT, "betrag": AMOUNT}}}},
}  # fmt: skip
TIMES_TOLD = closed(
    kennung=TEXT, zustand=TEXT, anzahl={"type": "object", "additionalProperties": COUNT},
    beanstandungen=listed(closed(zeile=COUNT, stand=TEXT, regel=TEXT, abhilfe=TEXT)),
)  # fmt: skip
TIME_ROWS = closed(
    monat=TEXT, anzahl=COUNT, seite=COUNT, seiten=COUNT,
    zeilen=listed(closed(
        personalnummer=TEXT, uebergabe=TEXT, schluessel=TEXT, lohnart=MAYBE, kostenstelle=TEXT, von=ANY_DAY,
        bis=ANY_DAY, ganzer_monat={"type": "boolean"}, beginn=MAYBE, ende=MAYBE, einheit=MAYBE, menge=MAYBE,
        betrag={"type": ["integer", "null"], "description": "Cent"}, nachtrag={"type": "boolean"})),
)  # fmt: skip
RESULTS = closed(
    monat=TEXT, hash=TEXT, anzahl=COUNT, seite=COUNT, seiten=COUNT,
    ergebnisse=listed(closed(
        kennung=TEXT, personalnummer=TEXT, gesamtbrutto=CENTS, netto=CENTS, auszahlung=CENTS, ag_kosten=CENTS,
        zeilen=listed(closed(bereich=TEXT, lohnart=TEXT, text=TEXT, betrag=CENTS)))),
)  # fmt: skip
POSTS = closed(tag=TEXT, stellen=listed(closed(
    nummer=TEXT, bezeichnung=TEXT, art=TEXT, gruppe=TEXT, anteil=TEXT, frei=TEXT, einheit=TEXT, kostenstelle=MAYBE,
    befristet_bis=ANY_DAY, vermerke=listed(TEXT),
    besetzungen=listed(closed(personalnummer=TEXT, anteil=TEXT, zustand=TEXT, ab=TEXT, bis=ANY_DAY)),
)))  # fmt: skip
POSTS_WRITTEN = closed(uebernommen={"type": "boolean"}, neu=listed(TEXT), unveraendert=listed(TEXT), besetzungen=COUNT)
BOOKINGS = closed(monat=TEXT, buchungen=listed(closed(
    monat=TEXT, konto=TEXT, kostenstelle=MAYBE, produkt=MAYBE, personenkreis=MAYBE, seite=TEXT, betrag=CENTS)))
EVENTS = closed(
    naechste=COUNT, weitere={"type": "boolean"},
    ereignisse=listed(closed(
        nummer=COUNT, zeitpunkt=TEXT, art={"enum": ["eintritt", "wechsel", "austritt"]}, personalnummer=TEXT,
        beschaeftigung=TEXT, ab=ANY_DAY, eintritt=ANY_DAY, austritt=ANY_DAY)),
)  # fmt: skip
