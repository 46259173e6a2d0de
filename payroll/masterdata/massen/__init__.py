"""Viele Änderungen aus einer Datei: lesen, prüfen, alles zusammen oder nichts erfassen."""
