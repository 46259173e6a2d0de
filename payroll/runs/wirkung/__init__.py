"""Was eine Änderung am Entgelt bewirkt, bevor sie gespeichert ist: derselbe Weg wie der Lauf, danach zurückgenommen."""

from payroll.runs.wirkung.probe import Wirkung, first_open, probe, shown_months
from payroll.runs.wirkung.stand import MonatStand, Stand
from payroll.runs.wirkung.vergleich import Monatswirkung, Wert

__all__ = ["MonatStand", "Monatswirkung", "Stand", "Wert", "Wirkung", "first_open", "probe", "shown_months"]
