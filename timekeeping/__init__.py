"""Time: imports, bookings, absences, the month that becomes pay facts. Empty until the time office moves in; see docs/roadmap.md."""
