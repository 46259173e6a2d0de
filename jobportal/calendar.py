"""Kalendereinträge nach RFC 5545: ein ganzer Tag oder ein Termin mit Uhrzeit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

LIMIT = 73  # octets of a line, before the fold


def all_day(uid: str, day: date, title: str, *, stamp: datetime, url: str = "") -> bytes:
    """Ein ganztägiger Eintrag."""
    after = day + timedelta(days=1)
    span = [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}", "TRANSP:TRANSPARENT"]
    return _calendar(uid, span, title, stamp, url=url)


def meeting(uid: str, begin: datetime, minutes: int, title: str, *, stamp: datetime, place: str = "",
            cancelled: bool = False) -> bytes:
    """Ein Termin mit Uhrzeit; abgesagt behält er seine Kennung."""
    end = begin + timedelta(minutes=minutes)
    span = [f"DTSTART:{_utc(begin)}", f"DTEND:{_utc(end)}", f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
            f"SEQUENCE:{int(cancelled)}"]
    return _calendar(uid, span, title, stamp, place=place)


def _calendar(uid: str, span: list[str], title: str, stamp: datetime, *, url: str = "", place: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kreislohn//Stellenmarkt//DE", "BEGIN:VEVENT",
             f"UID:{uid}@kreislohn.invalid", f"DTSTAMP:{_utc(stamp)}", *span, f"SUMMARY:{_escaped(title)}"]
    lines += [f"LOCATION:{_escaped(place)}"] if place else []
    lines += [f"URL:{url}"] if url else []
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "".join(_folded(line) + "\r\n" for line in lines).encode()


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    plain = " ".join(text.split())
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    """Lange Zeilen werden umbrochen, gezählt in Oktetten, nie mitten in einem Zeichen."""
    parts, held = [], ""
    for sign in line:
        if len((held + sign).encode()) > LIMIT:
            parts.append(held)
            held = ""
        held += sign
    return "\r\n ".join([*parts, held])
