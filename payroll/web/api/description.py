"""Beschreibung der Schnittstelle nach OpenAPI 3.1; eine Prüfung hält sie gegen die Wege, eine gegen die Antworten.

Quelle: https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

from importlib import metadata
from typing import Any

from payroll.masterdata.imports.blaetter import NACH_TITEL
from payroll.masterdata.imports.columns import SPALTEN
from payroll.web.api import posts, schemas
from tenants.interfaces.service import PER_MINUTE

MONTH = {"name": "monat", "in": "query", "required": True,
         "schema": {"type": "string", "pattern": "^(199[0-9]|20[0-9][0-9]|2100)-(0[1-9]|1[0-2])$"},
         "example": "2026-11"}
DAY = {"name": "tag", "in": "query", "schema": {"type": "string", "format": "date"}, "example": "2026-11-30",
       "description": "Vorgabe heute"}
PAGE = {"name": "seite", "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 1}}


def document() -> dict[str, Any]:
    """Die ganze Beschreibung."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kreislohn", "version": metadata.version("kreislohn"), "description": INTRODUCTION,
                 "license": {"name": "EUPL 1.2", "identifier": "EUPL-1.2"}},
        "servers": [{"url": "/api/v1"}],
        "security": [{"zeichen": []}],
        "paths": _paths(),
        "components": {"securitySchemes": {"zeichen": {"type": "http", "scheme": "bearer"}},
                       "schemas": {"Fehler": schemas.FAULTS}},
    }


INTRODUCTION = (
    "Jedes Zeichen gehört einem Arbeitgeber und trägt Bereiche; ausgegeben wird es unter „Schnittstelle“. "
    f"Erlaubt sind {PER_MINUTE} Aufrufe je Minute und Zeichen. Jeder Aufruf steht im Protokoll. Beträge sind Cent, "
    "Tage JJJJ-MM-TT. Was eingereicht wird, durchläuft dieselben Prüfungen wie eine Datei am Schreibtisch; Zeiten "
    "gibt eine zweite Person frei, Läufe rechnet und gibt weiterhin nur ein Mensch frei."
)


def _paths() -> dict[str, Any]:
    return {
        "/openapi.json": {"get": {
            "operationId": "beschreibung", "summary": "Diese Beschreibung", "security": [],
            "responses": {"200": _content("Die Beschreibung", {"type": "object"})}}},
        "/tatsachen": {
            "get": _reading("tatsachenLesen", "Stand der Personen und ihrer Tatsachen", "tatsachen.lesen",
                            schemas.FACTS_READ, DAY),
            "post": _writing("tatsachenSchreiben", "Tatsachen übernehmen, alles oder nichts", "tatsachen.schreiben",
                             _facts(), "200", schemas.FACTS_WRITTEN)},
        "/zeiten": {
            "get": _reading("zeitenLesen", "Gebuchte Zeiten eines Monats, ohne Abwesenheiten", "zeiten.lesen",
                            schemas.TIME_ROWS, MONTH, PAGE),
            "post": _writing("zeitenSchreiben", "Zeitmengen zur Freigabe vorlegen", "zeiten.schreiben",
                             schemas.TIMES, "201", schemas.TIMES_TOLD)},
        "/zeiten/{kennung}": {"get": _reading(
            "uebergabeLesen", "Stand einer Übergabe", "zeiten.schreiben", schemas.TIMES_TOLD,
            {"name": "kennung", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}})},
        "/stellen": {
            "get": _reading("stellenLesen", "Stellen eines Tages mit Besetzungen", "stellen.lesen",
                            schemas.POSTS, DAY),
            "post": _writing("stellenSchreiben", "Neue Stellen einrichten, Stellen besetzen, alles oder nichts",
                             "stellen.schreiben", _posts(), "200", schemas.POSTS_WRITTEN)},
        **_results(),
    }


def _results() -> dict[str, Any]:
    """Was ein Lauf ergibt und was geschah: nur zum Lesen."""
    return {
        "/ergebnisse": {"get": _reading(
            "ergebnisseLesen", "Abrechnungen eines abgeschlossenen Monats", "ergebnisse.lesen", schemas.RESULTS, MONTH,
            PAGE)},
        "/buchungen": {"get": _reading("buchungenLesen", "Verdichtete Buchungen eines Monats", "buchungen.lesen",
                                       schemas.BOOKINGS, MONTH)},
        "/personalereignisse": {"get": _reading(
            "personalereignisseLesen", "Eintritte, Wechsel, Austritte nach einer Nummer", "personal.folgen",
            schemas.EVENTS, _number("nach", 0, 2**53, 0), _number("anzahl", 1, 1000, 200))},
    }


def _number(name: str, low: int, high: int, default: int) -> dict[str, Any]:
    return {"name": name, "in": "query",
            "schema": {"type": "integer", "minimum": low, "maximum": high, "default": default}}


def _facts() -> dict[str, Any]:
    """Aufbau einer Übergabe von Tatsachen; die Spalten kommen aus der Tabelle des Einlesens."""
    sheets = {"Personen": SPALTEN, **{title: blatt.spalten for title, blatt in NACH_TITEL.items()}}
    rows = {title: {"type": "array", "items": {"type": "object", "additionalProperties": False, "properties": {
        one.name: {"type": ["string", "number", "boolean", "null"], "description": one.erklaerung,
                   "examples": [one.beispiel]} for one in columns}}} for title, columns in sheets.items()}
    return {
        "type": "object", "required": ["grund", "blaetter"], "additionalProperties": False,
        "properties": {
            "grund": {"type": "string", "minLength": 3, "maxLength": 300},
            "probe": {"type": "boolean", "default": False, "description": "nur prüfen, nichts übernehmen"},
            "blaetter": {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": rows},
        },
    }  # fmt: skip


def _posts() -> dict[str, Any]:
    """Aufbau einer Übergabe von Stellen; die Spalten der Stellen kommen aus der Vorlage des Stellenplans."""
    def rows(columns: dict[str, str], needed: tuple[str, ...]) -> dict[str, Any]:
        return {"type": "array", "maxItems": posts.MOST_ROWS, "items": {
            "type": "object", "additionalProperties": False, "required": list(needed), "properties": {
                name: {"type": ["string", "number", "boolean", "null"], "description": words}
                for name, words in columns.items()}}}

    return {
        "type": "object", "required": ["ab", "beschluss"], "additionalProperties": False,
        "properties": {
            "ab": {"type": "string", "format": "date", "description": "seit wann neue Stellen gelten"},
            "beschluss": {"type": "string", "minLength": 3, "maxLength": 200},
            "probe": {"type": "boolean", "default": False, "description": "nur prüfen, nichts übernehmen"},
            "stellen": rows(posts.POST, posts.POST_NEEDS),
            "besetzungen": rows(posts.PERSON, posts.PERSON_NEEDS),
        },
    }  # fmt: skip


def _reading(
    name: str, summary: str, scope: str, schema: dict[str, Any], *parameters: dict[str, Any]
) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "description": f"Bereich {scope}", "parameters": list(parameters),
            "responses": {"200": _content("gefunden", schema), **_refusals()}}


def _writing(name: str, summary: str, scope: str, schema: dict[str, Any], code: str,
             told: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "description": f"Bereich {scope}",
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
            "responses": {code: _content("angenommen", told), **_refusals()}}


def _content(words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _refusals() -> dict[str, Any]:
    reasons = {"400": "nicht lesbar", "401": "Zeichen fehlt oder gilt nicht", "403": "Bereich fehlt",
               "404": "gibt es nicht", "409": "noch nicht so weit", "413": "zu groß", "415": "kein JSON",
               "422": "nicht in Ordnung, nichts geändert", "429": "zu viele Aufrufe",
               "503": "Datenbank antwortet nicht"}
    return {code: _content(words, {"$ref": "#/components/schemas/Fehler"}) for code, words in reasons.items()}
