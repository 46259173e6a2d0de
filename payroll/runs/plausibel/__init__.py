"""Plausibilität gegen die eigene Geschichte: was neu erfasst ist und zu den Vormonaten nicht passt.

Geprüft wird nur, was sich seit dem letzten abgeschlossenen Lauf geändert hat; wer unverändert bezahlt wird, löst nichts
aus. Die Zahl der Abfragen ist fest, gleich wie viele Menschen.
"""

from payroll.runs.plausibel.pruefen import findings

__all__ = ["findings"]
