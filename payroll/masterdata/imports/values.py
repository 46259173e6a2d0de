"""Werte lesen, wie Menschen sie schreiben: deutsche Zahlen und Tage, ja und nein, Namen, Auswahlen."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from payroll.masterdata.numbers import Unlesbar

MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
MOJIBAKE = re.compile("Ã[\u0080-\u00bf„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|\ufffd")
Parser = Callable[[str], Any]


def text(limit: int = 120) -> Parser:
    """Freier Text bis zu einer Länge, ohne Steuerzeichen und ohne falsch gelesene Umlaute."""

    def parse(value: str) -> str:
        if MOJIBAKE.search(value):
            raise Unlesbar("enthält falsch gelesene Umlaute", "Datei als UTF-8 speichern und neu einlesen")
        if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in value):
            raise Unlesbar("enthält Steuerzeichen", "Text neu eingeben")
        if len(value) > limit:
            raise Unlesbar(f"ist länger als {limit} Zeichen", "kürzen")
        return unicodedata.normalize("NFC", value)

    return parse


def name(value: str) -> str:
    """Name einer Person: Buchstaben, Bindestrich, Apostroph, Punkt, Komma, Klammern."""
    clean = str(text(80)(value))
    strange = next((c for c in clean if not (unicodedata.category(c)[0] in "LM" or c in " -'’.,()/`´")), None)
    if strange is not None:
        raise Unlesbar(f"enthält „{strange}“, das in Namen nicht vorkommt", "Schreibweise und Zeichensatz prüfen")
    return clean


def number(low: str, high: str, places: int = 2) -> Parser:
    """Zahl in deutscher Schreibweise zwischen zwei Grenzen mit höchstens so vielen Nachkommastellen."""
    least, most = Decimal(low), Decimal(high)

    def parse(value: str) -> Decimal:
        found = decimal(value)
        if found < 0 <= least:
            raise Unlesbar("ist negativ", f"erlaubt sind {german(least)} bis {german(most)}")
        if not least <= found <= most:
            raise Unlesbar(f"liegt nicht zwischen {german(least)} und {german(most)}", "Wert prüfen")
        if found != round(found, places):
            raise Unlesbar(f"hat mehr als {places} Nachkommastellen", "runden")
        return round(found, places)

    return parse


def cents(low: str = "0", high: str = "999999.99") -> Parser:
    """Geldbetrag in Euro, als ganze Cent."""
    parse = number(low, high)
    return lambda value: int(parse(value) * 100)


def whole(low: int, high: int) -> Parser:
    """Ganze Zahl zwischen zwei Grenzen."""
    parse = number(str(low), str(high), 0)
    return lambda value: int(parse(value))


def decimal(value: str) -> Decimal:
    """Zahl mit Komma; Punkte nur als Tausenderpunkte, oder ein Punkt mit ein bis zwei Stellen danach."""
    compact = re.sub(r"\s|€|EUR", "", value).replace("\u2212", "-").replace("\u00a0", "")
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", compact, re.ASCII):
        compact = compact.replace(".", "")
    elif not re.fullmatch(r"[+-]?\d+(,\d+|\.\d{1,2})?", compact, re.ASCII):
        raise Unlesbar("ist keine Zahl", "so schreiben: 1234,56 oder 1.234,56")
    if len(compact) > 30:
        raise Unlesbar("ist zu lang für eine Zahl", "Wert prüfen")
    return Decimal(compact.replace(",", "."))


def day(value: str) -> date:
    """Tag als TT.MM.JJJJ oder JJJJ-MM-TT."""
    german_form = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", value, re.ASCII)
    iso_form = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", value, re.ASCII)
    if german_form:
        first, month, year = (int(part) for part in german_form.groups())
    elif iso_form:
        year, month, first = (int(part) for part in iso_form.groups())
    else:
        raise Unlesbar("ist kein Tag", "so schreiben: 31.12.2026")
    if not 1900 <= year <= 2100:
        raise Unlesbar(f"Jahr {year} liegt nicht zwischen 1900 und 2100", "Jahr prüfen")
    if not 1 <= month <= 12:
        raise Unlesbar(f"Monat {month} gibt es nicht", "so schreiben: 31.12.2026")
    try:
        return date(year, month, first)
    except ValueError as error:
        raise Unlesbar(f"Den {first}. {MONTHS[month - 1]} {year} gibt es nicht", "Tag prüfen") from error


def yes(value: str) -> bool:
    """Ja oder nein."""
    low = value.casefold()
    if low not in YES | NO:
        raise Unlesbar("ist weder ja noch nein", "ja oder nein schreiben")
    return low in YES


YES = {"ja", "j", "x", "1", "wahr", "true"}
NO = {"nein", "n", "0", "falsch", "false"}


def one_of(*names: str) -> Parser:
    """Eine von wenigen Möglichkeiten, ohne Rücksicht auf Groß- und Kleinschreibung."""
    known = {name.casefold(): name for name in names}

    def parse(value: str) -> str:
        if value.casefold() in known:
            return known[value.casefold()]
        near = difflib.get_close_matches(value.casefold(), known, 1, 0.6)
        hint = f"meinten Sie {known[near[0]]}? " if near else ""
        raise Unlesbar("gibt es hier nicht", f"{hint}erlaubt: {', '.join(names)}")

    return parse


def pattern(rule: str, grund: str, abhilfe: str) -> Parser:
    """Text nach einem Muster."""
    compiled = re.compile(rule, re.ASCII)

    def parse(value: str) -> str:
        if not compiled.fullmatch(value):
            raise Unlesbar(grund, abhilfe)
        return value

    return parse


def days(value: str) -> tuple[date, ...]:
    """Mehrere Tage, durch Leerzeichen oder Semikolon getrennt, aufsteigend."""
    parts = [part for part in re.split(r"[\s;|]+", value) if part]
    if len(parts) > 30:
        raise Unlesbar("nennt mehr als 30 Tage", "Zelle prüfen")
    return tuple(sorted(day(part) for part in parts))


def german(value: Decimal | int) -> str:
    """Zahl mit Komma, ohne Tausenderpunkte."""
    return str(value).replace(".", ",")
