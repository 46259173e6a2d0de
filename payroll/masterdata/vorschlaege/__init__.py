"""Was für alle Arbeitgeber gilt, aus einer Datei: gelesen, geprüft, von zwei Personen entschieden, verteilt."""
