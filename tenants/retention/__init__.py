"""Aufbewahrung: Sperren, Aufträge zum Löschen mit zwei Personen, Ausführung und Urkunde, gleich für alle Räume."""
