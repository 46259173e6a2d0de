"""Betrieb: Einstellungen aus einer Datei, Log, Bereitschaft, Messwerte, Nachtlauf; nirgends Personenbezug."""
