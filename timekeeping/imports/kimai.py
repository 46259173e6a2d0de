"""Kimai über seine Schnittstelle: die JSON-Antwort von GET timesheets?full=true, Zeiten mit Abweichung von UTC."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from timekeeping.imports import encoding
from timekeeping.imports.moments import from_offset, lasting
from timekeeping.imports.problems import ImportFehler, Unlesbar, shown
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import Eintrag
from timekeeping.imports.shape import sane
from timekeeping.imports.stamps import finish
from timekeeping.imports.values import calendar_day, clock

UNCHANGED = "Antwort der Schnittstelle unverändert speichern"
STAMP = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}:\d{2})([+-])(\d{2}):?(\d{2})", re.ASCII)


def read(data: bytes, profil: Profil) -> Iterator[Eintrag]:
    """Einträge der Liste; als Zeile zählt die Stelle in der Liste, ab 1."""
    try:
        found = json.loads(encoding.decode(data, "utf-8"))
    except (ValueError, RecursionError) as error:
        raise ImportFehler("Die Datei ist kein gültiges JSON", UNCHANGED) from error
    if not isinstance(found, list):
        raise ImportFehler("Die Datei ist keine Liste von Zeiten", "GET timesheets mit full=true abrufen")
    for number, one in enumerate(found, start=1):
        entry = Eintrag(number, "stempel", schluessel=profil.konstanten.get("schluessel", "arbeitszeit"))
        try:
            _fill(entry, one)
        except Unlesbar as problem:
            entry.ablehnen(problem.grund, problem.abhilfe)
        yield entry


def _fill(entry: Eintrag, one: Any) -> None:
    if not isinstance(one, dict):
        raise Unlesbar("ist kein Zeiteintrag", UNCHANGED)
    user = one.get("user")
    number = user.get("accountNumber") if isinstance(user, dict) else None
    entry.personalnummer = str(number or "").strip()
    sane(entry)
    if not one.get("end"):
        raise Unlesbar("läuft noch (kein Ende)", "nach dem Ende erneut abrufen")
    start, end = _moment(one.get("begin")), _moment(one["end"])
    pause = one.get("break") or 0
    if type(pause) is not int or pause < 0:
        raise Unlesbar("hat eine unlesbare Pause", "Pause prüfen")
    finish(entry, start, end, pause)
    held = one.get("duration")
    if type(held) is int and held not in (entry.menge, lasting(start, end)):
        entry.zurueckstellen(f"Dauer {held} s passt nicht zu Beginn, Ende und Pause", "in Kimai prüfen")


def _moment(value: Any) -> datetime:
    found = STAMP.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Unlesbar(f"„{shown(str(value))}“ ist kein Zeitpunkt mit Abweichung von UTC", UNCHANGED)
    year, month, day, at, sign, hours, minutes = found.groups()
    offset = (int(hours) * 60 + int(minutes)) * 60 * (-1 if sign == "-" else 1)
    if abs(offset) >= 86_400:
        raise Unlesbar("hat eine unmögliche Abweichung von UTC", UNCHANGED)
    return from_offset(calendar_day(int(year), int(month), int(day)), clock(at), offset)
