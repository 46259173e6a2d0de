"""The ministry's wage-tax plan as an XML file: read safely, compiled to columns, computed exactly."""

from payroll.law.plan.errors import PlanError
from payroll.law.plan.plan import Plan, PlanInput, read_plan

__all__ = ["Plan", "PlanError", "PlanInput", "read_plan"]
