"""Schreibtisch der Sachbearbeitung: alle Mandanten des Auftrags, Personen, Einlesen, Abrechnung, Prüfung."""
