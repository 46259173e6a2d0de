"""Periods that a garnishment starts; a period of months ends with the day of the same number (§ 188 Abs. 2 BGB)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def plus_monate(day: date, months: int) -> date:
    """The last day of a period of so many months that an event on ``day`` starts (31 January + 1 = 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def erklaerung_bis(zugestellt: date, tage: int) -> date:
    """Last day of the third party's declaration (§ 840); on a weekend the next Monday (§ 222 Abs. 2 ZPO).

    Public holidays differ by Land and are not known here.
    """
    end = zugestellt + timedelta(days=tage)
    return end + timedelta(days=(7 - end.weekday()) if end.weekday() > 4 else 0)


def vorpfaendung_wirkt(vorgepfaendet: date, gepfaendet: date, monate: int) -> bool:
    """True when the garnishment follows its prior notice in time and so has the rank of the notice (§ 845 Abs. 2)."""
    return vorgepfaendet <= gepfaendet <= plus_monate(vorgepfaendet, monate)


def lebt_auf(beendet: date, neu_begonnen: date, monate: int) -> bool:
    """True when a new employment with the same employer revives the garnishment (§ 833 Abs. 2)."""
    return beendet < neu_begonnen <= plus_monate(beendet, monate)
