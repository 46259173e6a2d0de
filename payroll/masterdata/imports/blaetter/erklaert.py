"""Alle Spalten der Arbeitsmappe als Seite des Handbuchs, aus denselben Angaben wie Vorlage und Einlesen."""

from __future__ import annotations

from collections.abc import Sequence

from payroll.masterdata.imports.blaetter.arten import BLAETTER
from payroll.masterdata.imports.columns import SPALTEN, Spalte

INTRODUCTION = """# Spalten der Dateien

Erzeugt mit `kreislohn people columns`. Eine Arbeitsmappe hat das Blatt „Personen“ (eine Zeile je Beschäftigung und Tag)
und beliebig viele der weiteren Blätter (eine Zeile je Fassung einer Tatsache, von `gueltig_ab` bis `gueltig_bis`).
Jedes Blatt lässt sich auch allein als CSV einlesen; es wird an seinen Spalten erkannt. Was in der Datei nicht vorkommt,
bleibt, wie es ist. Beträge in Euro mit Komma, Tage als 01.11.2026, „ja“ oder „nein“. 🔒: nur in Ausgaben mit
schützenswerten Angaben; fehlt die Spalte beim Einlesen, bleibt das Erfasste. Die Blätter Forderungen,
Unterhaltspflichten und Ausschlüsse brauchen das Recht der Pfändungen.
"""


def handbook() -> str:
    """Die Seite als Markdown."""
    parts = [INTRODUCTION, _table("Personen", SPALTEN)]
    parts += [_table(blatt.titel, blatt.spalten) for blatt in BLAETTER]
    return "\n".join(parts)


def _table(title: str, columns: Sequence[Spalte]) -> str:
    rows = [f"| `{one.name}`{' 🔒' if one.schuetzenswert else ''} | {'ja' if one.pflicht else ''} | {one.erklaerung} | "
            f"{one.beispiel} |" for one in columns]
    return "\n".join([f"## {title}", "", "| Spalte | Pflicht | Bedeutung | Beispiel |", "|---|---|---|---|", *rows, ""])
