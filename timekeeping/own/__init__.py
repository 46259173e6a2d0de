"""Eigene Zeiterfassung: Regelungen, Dienste, Stempel, Korrekturen, Aufträge; daraus Anwesenheit und Gleitzeitkonto."""
