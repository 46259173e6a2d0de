"""Tatsachen in Blättern: je Art eine Tabelle mit einer Zeile je Fassung, zum Einlesen und Ausgeben."""

from payroll.masterdata.imports.blaetter.arten import BLAETTER, NACH_TITEL, Blatt

__all__ = ["BLAETTER", "NACH_TITEL", "Blatt"]
