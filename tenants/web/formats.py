"""Beträge, Tage und Monate in der Schreibweise des Amtes (oder der englischen Ansicht)."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import get_month_names
from flask import Flask
from flask_babel import get_locale

MONTHS = {code: get_month_names("wide", locale=code) for code in ("de", "en")}
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
OFFICE_TIME = ZoneInfo("Europe/Berlin")


UMLAUT = re.compile(r"ae|oe|(?<![aeq])ue(?!ll)", re.IGNORECASE)
WITH_DOTS = {"ae": "ä", "oe": "ö", "ue": "ü"}


def word(name: str) -> str:
    """Ein Name aus ASCII (Feld, Zustand, Art) als Wort: „zusatz_bezuege“ wird „Zusatz bezüge“."""
    dotted = UMLAUT.sub(lambda found: WITH_DOTS[found[0].lower()], name.lower())
    return dotted.replace("_", " ").capitalize()


def language() -> str:
    """Sprache der laufenden Ansicht, außerhalb einer Ansicht Deutsch."""
    locale = get_locale()
    return locale.language if locale is not None and locale.language in MONTHS else "de"


def amount(cents: int | None) -> str:
    """Betrag aus ganzen Cent mit zwei Nachkommastellen, ohne Währung."""
    if cents is None:
        return "–"
    euros, rest = divmod(abs(int(cents)), 100)
    return f"{MINUS if cents < 0 else ''}{_grouped(euros)}{_marks()[1]}{rest:02d}"


def euro(cents: int | None) -> str:
    """Betrag mit Währung."""
    if cents is None:
        return "–"
    return (
        f"{MINUS if cents < 0 else ''}€{amount(abs(cents))}"
        if language() == "en"
        else f"{amount(cents)}{NO_BREAK_SPACE}€"
    )


def signed(cents: int | None) -> str:
    """Unterschied mit Vorzeichen und Währung."""
    if cents is None:
        return "–"
    return f"+{euro(cents)}" if cents > 0 else euro(cents)


def count(number: int | None) -> str:
    """Anzahl mit Tausendertrennung."""
    if number is None:
        return "–"
    return f"{MINUS if number < 0 else ''}{_grouped(abs(int(number)))}"


def hours(value: Decimal | None) -> str:
    """Stunden oder andere Zahl ohne überflüssige Nullen, mit Komma."""
    if value is None:
        return "–"
    return f"{value.normalize():f}".replace(".", _marks()[1])


def day(value: date | None) -> str:
    """Tag als 01.11.2026."""
    return f"{value:%d.%m.%Y}" if value is not None else "–"


def moment(value: datetime | None) -> str:
    """Zeitpunkt in der Zeit des Amtes."""
    return f"{value.astimezone(OFFICE_TIME):%d.%m.%Y, %H:%M} Uhr" if value is not None else "–"


def month(value: date | None) -> str:
    """Monat als November 2026."""
    return f"{MONTHS[language()][value.month]!s} {value.year}" if value is not None else "–"


def month_short(value: date) -> str:
    """Monat mit drei Buchstaben, für Achsen von Bildern."""
    return str(MONTHS[language()][value.month])[:3]


def month_key(value: date) -> str:
    """Monat als 2026-11, für Adressen."""
    return f"{value:%Y-%m}"


def _marks() -> tuple[str, str]:
    return (",", ".") if language() == "en" else (".", ",")


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", _marks()[0])


def install(app: Flask) -> None:
    """Macht die Schreibweisen den Vorlagen bekannt."""
    for filter_ in (amount, euro, signed, count, hours, day, moment, month, month_short, month_key):
        app.add_template_filter(filter_)
