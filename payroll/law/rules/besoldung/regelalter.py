"""Regelaltersgrenze: der letzte Tag vor dem Ruhestand nach dem Geburtstag, für Tarif und Beamte gleich.

Ende des Monats, in dem das Alter vollendet wird (§ 33 Abs. 1 Buchst. a TVöD; § 31 Abs. 1, 2 LBG NRW, dieselbe Staffel).
Wer am Ersten geboren ist, vollendet sein Lebensjahr am Tag davor (§ 187 Abs. 2 BGB); die Staffel geht auch dann nach
dem Geburtsjahr (§ 235 Abs. 2 SGB VI).
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import cache

DAY = timedelta(days=1)
# Month of life of the standard age by year of birth (§ 235 Abs. 2 Satz 2 SGB VI, § 31 Abs. 2 LBG NRW).
OLDEST, YOUNGEST, FULL = 1946, 1964, 67 * 12


@cache
def age_in_months(year: int) -> int:
    """Regelaltersgrenze in Lebensmonaten nach Geburtsjahr."""
    if year <= OLDEST:
        return 65 * 12
    if year >= YOUNGEST:
        return FULL
    return 65 * 12 + (year - OLDEST if year <= 1958 else 12 + 2 * (year - 1958))


def last_day(born: date) -> date:
    """Letzter Tag des Monats, in dem die Regelaltersgrenze erreicht wird."""
    eve = born - DAY
    at = eve.year * 12 + eve.month - 1 + age_in_months(born.year)
    return date(at // 12, at % 12 + 1, calendar.monthrange(at // 12, at % 12 + 1)[1])
