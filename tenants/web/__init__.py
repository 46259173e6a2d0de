"""Hülle der Anwendung im Web: Kopf, Anmeldung, Rechte je Weg, Sprache, Fehlerseiten."""
