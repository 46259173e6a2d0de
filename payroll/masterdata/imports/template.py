"""Leere Vorlage zum Herunterladen: Arbeitsmappe mit erklärten Spalten, oder CSV nur mit Kopf."""

from __future__ import annotations

from payroll.masterdata.imports.blaetter import BLAETTER
from payroll.masterdata.imports.columns import SPALTEN
from payroll.masterdata.imports.correction import Sheet
from payroll.masterdata.sheets import as_csv, as_xlsx

EXPLANATION = ("Blatt", "Spalte", "Pflicht", "Bedeutung und Schreibweise", "Beispiel")


def template_csv() -> bytes:
    """CSV mit Kopfzeile (Semikolon, UTF-8)."""
    return as_csv([spalte.name for spalte in SPALTEN], [])


def template_xlsx() -> bytes:
    """Arbeitsmappe: „Personen“ und alle weiteren Blätter mit Kopfzeile, „Spalten“ mit Erklärung und Beispiel."""
    sheets = [("Personen", SPALTEN), *((blatt.titel, blatt.spalten) for blatt in BLAETTER)]
    explained = [(title, s.name, "ja" if s.pflicht else "", s.erklaerung, s.beispiel)
                 for title, spalten in sheets for s in spalten]
    empty: list[Sheet] = [(title, [s.name for s in spalten], []) for title, spalten in sheets]
    return as_xlsx([*empty, ("Spalten", EXPLANATION, explained)])
