"""Menschen mit Zugang: anlegen, Mandate, Anmeldung, Einmallinks der Demonstration."""
