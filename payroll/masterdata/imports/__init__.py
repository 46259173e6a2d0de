"""Einlesen von Personen aus XLSX und CSV: Vorlage, Probe, Übernahme, Korrekturdatei."""

from payroll.masterdata.imports.columns import SPALTEN, Spalte
from payroll.masterdata.imports.correction import Korrekturdatei
from payroll.masterdata.imports.problems import Beanstandung, ImportFehler
from payroll.masterdata.imports.service import Ergebnis, Vorschau, dry_run, take_over
from payroll.masterdata.imports.table import MAX_BYTES
from payroll.masterdata.imports.template import template_csv, template_xlsx

__all__ = [
    "MAX_BYTES",
    "SPALTEN",
    "Beanstandung",
    "Ergebnis",
    "ImportFehler",
    "Korrekturdatei",
    "Spalte",
    "Vorschau",
    "dry_run",
    "take_over",
    "template_csv",
    "template_xlsx",
]
