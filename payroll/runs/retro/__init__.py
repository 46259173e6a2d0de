"""Rückrechnung: abgeschlossene Monate mit heutigem Wissen neu gerechnet, Unterschiede im laufenden gebucht."""
