"""Mitgelieferte Profile: je Datei ein Aufbau von Zeitdateien; ein neuer Aufbau braucht nur eine neue Datei."""
