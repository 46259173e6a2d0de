"""SV-Tage eines Zeitraums: ein voller Kalendermonat hat 30, ein angebrochener seine Tage (§ 1 Abs. 1 BVV)."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

WHOLE = 30


def insured_days(first: date, last: date) -> int:
    """SV-Tage von first bis last (beide einschließlich) ohne Fehlzeiten; 0, wenn last vor first liegt."""
    count, day = 0, first
    while day <= last:
        following = day.replace(day=1) + relativedelta(months=1)
        end = following - timedelta(days=1)
        whole = day.day == 1 and last >= end
        count += WHOLE if whole else min(WHOLE, (min(last, end) - day).days + 1)
        day = following
    return count
