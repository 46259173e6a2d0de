"""Rückrechnung: abgeschlossene Monate mit heutigem Wissen neu gerechnet, Unterschiede im laufenden gebucht.

Welche Monate, folgt aus den beiden Uhren der Tatsachen. Abgeschlossenes bleibt, wie es ist; der jüngste Stand eines
Monats ist sein Ergebnis und alles, was spätere Läufe dazu gebucht haben.
"""

from payroll.runs.retro.book import book, carried, confirm, considered, forget
from payroll.runs.retro.booking import Buchung, Posten
from payroll.runs.retro.plan import Plan, compute
from payroll.runs.retro.reading import Ausgleich, Nachberechnung, of_run, payouts, preview, year_changes

__all__ = [
    "Ausgleich", "Buchung", "Nachberechnung", "Plan", "Posten", "book", "carried", "compute", "confirm", "considered",
    "forget", "of_run", "payouts", "preview", "year_changes",
]
