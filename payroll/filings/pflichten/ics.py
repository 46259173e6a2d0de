"""Kalenderdatei der Pflichten nach RFC 5545: ganztägige Termine mit Erinnerung zwei Tage vorher, ohne Personen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from payroll.filings.pflichten.kalender import Pflicht
from payroll.filings.pflichten.termine import DAY


def calendar_file(rows: Sequence[Pflicht], employer: str, now: datetime) -> bytes:
    """Die Datei; gleiche Pflichten haben immer dieselbe Kennung, ein Abruf ersetzt den vorigen."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kreislohn//Pflichten//DE", "CALSCALE:GREGORIAN",
             f"X-WR-CALNAME:{_text(f'Pflichten {employer}')}"]
    for one in rows:
        key = hashlib.sha256(f"{employer}|{one.art}|{one.monat}|{one.was}".encode()).hexdigest()[:32]
        lines += ["BEGIN:VEVENT", f"UID:{key}@kreislohn", f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
                  f"DTSTART;VALUE=DATE:{_day(one.tag)}", f"DTEND;VALUE=DATE:{_day(one.tag + DAY)}",
                  f"SUMMARY:{_text(f'{one.was} ({one.monat:%m/%Y})')}", f"DESCRIPTION:{_text(one.regel)}",
                  "TRANSP:TRANSPARENT", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P2D",
                  f"DESCRIPTION:{_text(one.was)}", "END:VALARM", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _text(words: str) -> str:
    return words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Höchstens 75 Bytes je Zeile; die Fortsetzung beginnt mit einem Leerzeichen."""
    parts, current = [], ""
    for letter in line:
        if len((current + letter).encode()) > 74:
            parts.append(current)
            current = " "
        current += letter
    return [*parts, current]
