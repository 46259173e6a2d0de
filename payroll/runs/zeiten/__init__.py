"""Zeiten im Lauf: was die Zeitwirtschaft übergeben hat, mit den Sätzen des Monats der Arbeit bezahlt."""

from payroll.runs.zeiten.paying import Geld, pay_times
from payroll.runs.zeiten.stock import load_stock

__all__ = ["Geld", "load_stock", "pay_times"]
