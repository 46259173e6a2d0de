"""Einen bestehenden Plan übernehmen: Datei lesen, jede Zeile prüfen, Vorschau, in einem Zug schreiben, ausgeben."""

from staffplan.imports.checking import Bestand, Problem, check
from staffplan.imports.reading import SPALTEN, UnreadableFile, read
from staffplan.imports.storing import store
from staffplan.imports.writing import export_csv, export_xlsx, template_csv

__all__ = ["SPALTEN", "Bestand", "Problem", "UnreadableFile", "check", "export_csv", "export_xlsx", "read", "store",
           "template_csv"]
