"""Parallellauf eines neuen Arbeitgebers: Ergebnisse des alten Verfahrens, Vergleich je Wert, Start nach zwei Personen.
"""
