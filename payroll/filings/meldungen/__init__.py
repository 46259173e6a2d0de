"""Meldungen: aus abgeschlossenen Läufen gerechnet, als zweite Person freigegeben, als Datei übergeben, quittiert."""
