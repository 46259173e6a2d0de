"""Übergabe: ein Zeitmonat wird abgeschlossen, seine gebuchten Zeilen werden einmal zu Tatsachen für die Abrechnung.

kinds.py nennt die Lohnarten, deren Stunden der Tarif bepreist; quantities.py macht aus Zeilen Mengen mit ihrem Grund;
closing.py schließt ab und trägt nach; rates.py nennt den Preis; proposals.py schlägt Fehlzeiten vor.
"""
