"""Findings of working time law: code, day, paragraph, what was measured. All of them for one period of one person."""

from __future__ import annotations

from timekeeping.rules.facts import Zeitraum
from timekeeping.rules.findings import adults, maternity, minors
from timekeeping.rules.findings.finding import CODES, Befund, is_minor
from timekeeping.rules.shifts import shifts_of

__all__ = ["CODES", "Befund", "findings"]


def findings(facts: Zeitraum) -> list[Befund]:
    """All findings, sorted by code and day.

    Under 18 only youth and maternity protection are looked at; maternity protection replaces the rest of § 5 ArbZG.
    """
    shifts = shifts_of(facts)
    found: list[Befund] = []
    if not is_minor(facts, facts.bis):
        found += [one for one in adults.check(facts, shifts) if not is_minor(facts, one.tag)]
    if is_minor(facts, facts.von):
        found += [one for one in minors.check(facts, shifts) if is_minor(facts, one.tag)]
    if facts.mutterschutz is not None:
        found = [one for one in found if not one.code.startswith("ARBZG_5_")]
        found += maternity.check(facts, shifts, facts.mutterschutz)
    return sorted(set(found), key=lambda one: (one.code, one.tag))
