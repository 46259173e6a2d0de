"""Staffing plan: posts, people, money, the plan the council decides.

Nothing lives here yet; docs/roadmap.md says what will.
"""
