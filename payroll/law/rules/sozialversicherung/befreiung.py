"""Exemption of a Minijob from pension insurance: from which month an application works (§ 6 Abs. 3, 4, 6 SGB VI)."""

from __future__ import annotations

from datetime import date, timedelta

from payroll.law.rules.entgelt.laufzeit import monatserster, plus_monate

MELDEFRIST = timedelta(weeks=6)
WIDERRUF_SEIT = date(2026, 7, 1)


def befreit_ab(eingang: date, gemeldet: date | None = None) -> date:
    """First day of the exemption.

    Reported with the next payroll, at most six weeks after receipt (``gemeldet`` empty: so it is): the first of the
    month of receipt. Reported later: the month after the month in which the Minijob-Zentrale may object, one month from
    the report.
    """
    if gemeldet is None or gemeldet <= eingang + MELDEFRIST:
        return monatserster(eingang)
    return plus_monate(monatserster(plus_monate(gemeldet, 1)), 1)


def befreit(month: date, eingang: date | None, gemeldet: date | None = None, widerruf: date | None = None) -> bool:
    """Whether the exemption holds in a month; a revocation works from the following month, possible since July 2026."""
    if eingang is None or month < befreit_ab(eingang, gemeldet):
        return False
    revoked = widerruf is not None and widerruf >= WIDERRUF_SEIT and month >= plus_monate(monatserster(widerruf), 1)
    return not revoked
