"""Umbauten der Datenbank, nummeriert; jeder Raum hat seine eigenen."""
