"""Time: what was worked, what law and tariff make of it, leave.

rules/ is the law of time without database; conformance.py holds it against files of cases; docs/roadmap.md says what
comes next.
"""
