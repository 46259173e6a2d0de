"""Eigene Schlüssel, die keine Lohnart sind: Arbeitszeit und Abwesenheiten."""

from __future__ import annotations

ARBEITSZEIT = "arbeitszeit"
ABWESENHEITEN: dict[str, str] = {
    "urlaub": "Erholungsurlaub",
    "zusatzurlaub": "Zusatzurlaub",
    "krank": "Arbeitsunfähigkeit",
    "kind_krank": "Erkrankung des Kindes",
    "kur": "Vorsorge oder Rehabilitation",
    "gleitzeit": "Freizeit aus dem Gleitzeitkonto",
    "ueberstundenfrei": "Freizeit für Überstunden",
    "regeneration": "Regenerationstag",
    "umwandlung": "Umwandlungstag",
    "dienstreise": "Dienstreise",
    "fortbildung": "Fortbildung",
    "sonderurlaub": "Sonderurlaub ohne Entgelt",
    "dienstbefreiung": "Arbeitsbefreiung mit Entgelt",
    "mutterschutz": "Mutterschutzfrist",
    "elternzeit": "Elternzeit",
    "unentschuldigt": "Fehlen ohne Entschuldigung",
}
EIGENE = frozenset({ARBEITSZEIT, *ABWESENHEITEN})
