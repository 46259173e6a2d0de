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
UNITS = re.compile(r"\s*(?:€|EUR|Euro|h|Std\.?)$", re.IGNORECASE)
WEEKDAY = re.compile(r"(?:Mo|Di|Mi|Do|Fr|Sa|So)[.,]{0,2}\s+", re.IGNORECASE)
CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?: ?Uhr)?|(\d{2})(\d{2})", re.ASCII)
TWELVE = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s?([ap])\.?m\.?", re.ASCII | re.IGNORECASE)
LENGTH = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
# Ways to write a day or a month that no other pattern of a profile can mean.
PLAIN = {True: ("JJJJ-MM-TT", "TT.MM.JJJJ", "TT.MM.JJ"), False: ("MM.JJJJ", "JJJJ-MM", "MM/JJJJ", "TT.MM.JJJJ",
                                                                    "JJJJ-MM-TT")}


def number(text: str, mark: str = ",", places: int = 4) -> Decimal:
    """Zahl mit dem Dezimalzeichen des Profils; das andere Zeichen nur als Tausendertrennung in Dreiergruppen.

    Vorzeichen vorn oder (wie bei Großrechnern) hinten; eine Einheit dahinter (€, h) zählt nicht.
    """
    compact = re.sub(r"[\s\u00a0\u202f]", "", UNITS.sub("", text.strip())).replace("\u2212", "-")
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


def hours(text: str, mark: str = ",") -> Decimal:
    """Stunden als Zahl (8,15) oder als Uhrzeit geschrieben (8:09, -0:30), auf vier Stellen gerundet."""
    bare = UNITS.sub("", text.strip())
    sign = -1 if bare.startswith(("-", "\u2212")) else 1
    found = LENGTH.fullmatch(bare.lstrip("+-\u2212"))
    if found is None:
        return number(text, mark)
    whole, minutes, seconds = (int(part or 0) for part in found.groups())
    return sign * round(Decimal(whole * 3600 + minutes * 60 + seconds) / 3600, 4)


def thought(text: str, mark: str, places: int) -> str:
    """Zahl mit gedachtem Komma: 000750 heißt bei zwei Stellen 7,50; was ein Zeichen trägt, bleibt, wie es ist."""
    found = re.fullmatch(r"([+-]?)(\d+)([+-]?)", text.strip(), re.ASCII)
    if not places or found is None:
        return text
    digits = found[2].rjust(places + 1, "0")
    return f"{found[1]}{digits[:-places]}{mark}{digits[-places:]}{found[3]}"


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
    """Tag nach dem Muster des Profils; ein Muster ohne TT meint den Monatsersten.

    Was nur eines heißen kann, gilt daneben: 2026-11-03, 03.11.2026, 03.11.26, auch mit Wochentag davor.
    """
    bare = WEEKDAY.sub("", text.strip(), count=1)
    ways = (form, *PLAIN["TT" in form])
    found = next((hit for one in ways if (hit := day_pattern(one).fullmatch(bare))), None)
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
    """Uhrzeit als Sekunden nach Mitternacht: 7:58, 07:58:30, 0758, 07.58, 7:58 PM; 24:00 ist das Ende des Tages."""
    half = TWELVE.fullmatch(text.strip())
    if half is not None and 1 <= int(half[1]) <= 12:
        hour = int(half[1]) % 12 + (12 if half[4] in "pP" else 0)
        return clock(f"{hour:02d}:{half[2]}:{half[3] or '00'}")
    found = CLOCK.fullmatch(text.strip())
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
    found = LENGTH.fullmatch(UNITS.sub("", text.strip()))
    if found:
        whole, minutes, seconds = (int(part or 0) for part in found.groups())
        return whole * 3600 + minutes * 60 + seconds
    exact = number(text, mark, 6) * 3600
    if exact < 0 or exact != exact.to_integral_value():
        raise Unlesbar(f"„{shown(text)}“ ist keine Dauer in ganzen Sekunden", "so schreiben: 8:09")
    return int(exact)


def rest(text: str, mark: str = ",") -> int:
    """Pause als Sekunden: wie eine Dauer; eine ganze Zahl ab 10 sind Minuten, so lange ruht niemand in Stunden.

    Eine bloße Ziffer von 1 bis 9 kann beides heißen und wird abgewiesen.
    """
    bare = text.strip()
    if re.fullmatch(r"0*[1-9]", bare, re.ASCII):
        raise Unlesbar(f"„{bare}“ als Pause kann Stunden oder Minuten heißen",
                       f"als 0:0{bare[-1]} schreiben oder die Spalte Pausenminuten nennen")
    return int(bare) * 60 if re.fullmatch(r"[1-9]\d{1,2}", bare, re.ASCII) else duration(text, mark)


def lasts(text: str, mark: str, *seconds: int) -> bool:
    """Ob eine genannte Dauer einer der Längen entspricht; gerundete Stunden (8,17) dürfen um 18 Sekunden abweichen."""
    bare = UNITS.sub("", text.strip())
    if LENGTH.fullmatch(bare):
        return duration(bare, mark) in seconds
    other = "," if mark == "." else "."
    exact = number(bare, other if re.fullmatch(rf"\d+{re.escape(other)}\d{{1,2}}", bare, re.ASCII) else mark, 6) * 3600
    return any(abs(exact - one) <= 18 for one in seconds)
