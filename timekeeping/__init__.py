"""Time: what was worked, what law and tariff make of it, leave.

imports/ reads the files of foreign time systems without database, service.py takes them through decision and release
to booked rows; rules/ is the law of time without database; conformance.py holds it against files of cases;
docs/roadmap.md says what comes next.
"""
