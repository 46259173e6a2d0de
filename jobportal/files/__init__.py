"""Dateien von Fremden: erkennen am Inhalt, prüfen, ungefährlich neu zeichnen.

Niemand im Haus öffnet, was jemand hochgeladen hat; gezeigt wird eine neu gezeichnete Fassung.
"""
