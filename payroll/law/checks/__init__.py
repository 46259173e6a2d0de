"""What cannot be or is doubtful in the facts of a month: pure functions over columns, each with law and remedy."""

from payroll.law.checks.cells import DoubtfulCell, doubtful_cells
from payroll.law.checks.contradictions import CHECKS, Contradiction, contradictions

__all__ = ["CHECKS", "Contradiction", "DoubtfulCell", "contradictions", "doubtful_cells"]
