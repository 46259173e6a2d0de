"""Werte lesen: Zahlen nach dem Dezimalzeichen des Profils, Tage nach seinem Muster, Uhrzeiten, Dauern."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from timekeeping.imports.problems import Unlesbar, shown

MONATE = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
TOKENS = {"JJJJ": r"(?P<y>\d{4})", "JJ": r"(?P<y>\d{2})", "MM": r"(?P<m>\d{1,2})", "TT": r"(?P<d>\d{1,2})"}
MAX_DIGITS = 20
DAY_SECONDS = 86_400


def number(text: str, mark: str = ",", places: int = 4) -> Decimal:
    """Zahl mit dem Dezimalzeichen des Profils; das andere Zeichen nur als Tausendertrennung in Dreiergruppen.

    Vorzeichen vorn oder (wie bei Großrechnern) hinten.
    """
    compact = re.sub(r"[\s\u00a0\u202f]", "", text).replace("\u2212", "-")
    if compact[-1:] in ("-", "+") and compact[:1] not in ("-", "+"):
        compact = compact[-1] + compact[:-1]
    group = "." if mark == "," else ","
    pattern = rf"[+-]?(\d+|\d{{1,3}}({re.escape(group)}\d{{3}})+)({re.escape(mark)}\d+)?"
    if len(compact) > MAX_DIGITS or not re.fullmatch(pattern, compact, re.ASCII):
        example = "1234,56 oder 1.234,56" if mark == "," else "1234.56 oder 1,234.56"
        raise Unlesbar(f"„{shown(text)}“ ist keine Zahl nach diesem Format", f"so schreiben: {example}")
    value = Decimal(compact.replace(group, "").replace(mark, "."))
    if value != round(value, places):
        raise Unlesbar(f"„{shown(text)}“ hat mehr als {places} Nachkommastellen", "runden")
    return value


def cents(text: str, mark: str = ",") -> int:
    """Betrag in Euro als ganze Cent."""
    return int(number(text, mark, 2) * 100)


@lru_cache(maxsize=64)
def day_pattern(form: str) -> re.Pattern[str]:
    """Ausdruck zu einem Muster aus TT, MM, JJ, JJJJ; ohne Trennzeichen gelten feste Stellen."""
    tight = form.isalpha()
    parts = re.split("(JJJJ|JJ|MM|TT)", form)
    made = "".join(TOKENS.get(part, re.escape(part)) for part in parts)
    return re.compile(made.replace("{1,2}", "{2}") if tight else made, re.ASCII)


@lru_cache(maxsize=4096)
def day(text: str, form: str = "TT.MM.JJJJ") -> date:
    """Tag nach dem Muster des Profils; ein Muster ohne TT meint den Monatsersten."""
    found = day_pattern(form).fullmatch(text.strip())
    if found is None:
        raise Unlesbar(f"„{shown(text)}“ ist kein Tag nach dem Muster {shown(form)}",
                       "Datum oder Muster des Profils prüfen")
    parts = found.groupdict()
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    return calendar_day(year, int(parts["m"]), int(parts.get("d") or 1))


def calendar_day(year: int, month: int, first: int) -> date:
    """Tag aus Zahlen; unmögliche Tage werden beim Namen genannt."""
    if not 2000 <= year <= 2099:
        raise Unlesbar(f"Jahr {year} liegt nicht zwischen 2000 und 2099", "Datum prüfen")
    if not 1 <= month <= 12:
        raise Unlesbar(f"Monat {month} gibt es nicht", "Datum prüfen")
    try:
        return date(year, month, first)
    except ValueError as error:
        raise Unlesbar(f"Den {first}. {MONATE[month - 1]} {year} gibt es nicht", "Datum prüfen") from error


@lru_cache(maxsize=4096)
def clock(text: str) -> int:
    """Uhrzeit als Sekunden nach Mitternacht: 7:58, 07:58:30, 0758, 07.58; 24:00 ist das Ende des Tages."""
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?: ?Uhr)?|(\d{2})(\d{2})", text.strip(), re.ASCII)
    if found is None:
        raise Unlesbar(f"„{shown(text)}“ ist keine Uhrzeit", "so schreiben: 07:58")
    one, two, three, four, five = found.groups()
    hour, minute, second = int(one or four), int(two or five), int(three or 0)
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > DAY_SECONDS:
        raise Unlesbar(f"Die Uhrzeit {shown(text)} gibt es nicht", "so schreiben: 07:58")
    return seconds


def duration(text: str, mark: str = ",") -> int:
    """Dauer als Sekunden: 8:09, 8:09:30 oder Stunden als Zahl (8,15)."""
    found = re.fullmatch(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?", text.strip(), re.ASCII)
    if found:
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds
    exact = number(text, mark, 6) * 3600
    if exact < 0 or exact != exact.to_integral_value():
        raise Unlesbar(f"„{shown(text)}“ ist keine Dauer in ganzen Sekunden", "so schreiben: 8:09")
    return int(exact)
