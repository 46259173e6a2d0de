"""Was sich zwischen zwei Monaten geändert hat und warum: jeder Cent einer Ursache zugeordnet, Rest null.

Die Ursachen werden in fester Reihenfolge ausgetauscht (Kalender, Recht je Gebiet, Tatsachen je Art, Bezüge, Werte der
Vormonate, Rückrechnung); was sich dabei ändert, ist ihr Anteil. Hängen zwei Ursachen voneinander ab, trägt die spätere
das Gemeinsame.
"""

from payroll.runs.wandel.anteile import ARTEN, Anteil, Beleg, Wandel
from payroll.runs.wandel.lesen import of_month, of_person, of_trials, of_two_months

__all__ = ["ARTEN", "Anteil", "Beleg", "Wandel", "of_month", "of_person", "of_trials", "of_two_months"]
