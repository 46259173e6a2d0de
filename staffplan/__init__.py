"""Staffing plan: posts, people, money, the plan the council decides. Empty until it moves in; see docs/roadmap.md."""
