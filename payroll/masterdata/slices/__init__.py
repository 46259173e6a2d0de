"""Monatsscheiben: die Tatsachen eines Monats als Spalten, so wie das Recht sie rechnet.

`load_month` liest mit einer festen Zahl von Abfragen. Codes und Nenner folgen payroll.law: Geld in Cent, Sätze in
Millionsteln, Wochenstunden in Hundertsteln, Faktor in Tausendsteln, Kinderfreibeträge in Zehnteln, Tage als JJJJMMTT,
Auswahlen als Nummer aus payroll.law.encode.
"""

from payroll.masterdata.slices import amtlich
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.load import MonthFacts, load_month

__all__ = ["Finding", "MonthFacts", "amtlich", "load_month"]
