"""Jahresende: Lohnkonto je Person, Rückstellungen für Urlaub und Zeitguthaben, Liste bis zum Abschluss."""
