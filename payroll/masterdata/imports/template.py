"""Leere Vorlage zum Herunterladen: Arbeitsmappe mit erklärten Spalten, oder CSV nur mit Kopf."""

from __future__ import annotations

from payroll.masterdata.imports.columns import SPALTEN
from payroll.masterdata.sheets import as_csv, as_xlsx

EXPLANATION = ("Spalte", "Pflicht", "Bedeutung und Schreibweise", "Beispiel")


def template_csv() -> bytes:
    """CSV mit Kopfzeile (Semikolon, UTF-8)."""
    return as_csv([spalte.name for spalte in SPALTEN], [])


def template_xlsx() -> bytes:
    """Arbeitsmappe: Blatt „Personen“ mit Kopfzeile, Blatt „Spalten“ mit Erklärung und Beispiel."""
    explained = [(s.name, "ja" if s.pflicht else "", s.erklaerung, s.beispiel) for s in SPALTEN]
    return as_xlsx([("Personen", [s.name for s in SPALTEN], []), ("Spalten", EXPLANATION, explained)])
