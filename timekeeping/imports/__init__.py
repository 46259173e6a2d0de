"""Einlesen von Zeitdateien: Leser je Bauart, Profile je Aufbau; reader.read ist die Tür, ohne Datenbank."""
