"""Pflichtenkalender: gesetzliche Termine je Arbeitgeber, als Seite, auf dem Start und als Kalenderdatei."""
