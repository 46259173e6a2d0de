"""Time: imports, bookings, absences, the month that becomes pay facts.

Nothing lives here yet; docs/roadmap.md says what will.
"""
