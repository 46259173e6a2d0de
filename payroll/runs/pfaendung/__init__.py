"""Pfändung, Abtretung und Aufrechnung als Teil des Monats: nach dem Netto, nur für die, gegen die es Forderungen gibt.

Das Recht steht in :mod:`payroll.law.garnishment`; hier wird es mit den Tatsachen und den abgeschlossenen Läufen
zusammengebracht.
"""

from payroll.runs.pfaendung.findings import findings
from payroll.runs.pfaendung.month import Gepfaendet, forget, garnish, put_into, store

__all__ = ["Gepfaendet", "findings", "forget", "garnish", "put_into", "store"]
