"""Bankarbeitstage nach dem Kalender des Zahlungssystems T2 (früher TARGET2) und der Tag der Ausführung."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

DAY = timedelta(days=1)


def is_bank_day(day: date) -> bool:
    """Wahr von Montag bis Freitag außer Neujahr, Karfreitag, Ostermontag, 1. Mai, 25. und 26. Dezember."""
    return day.weekday() < 5 and day not in _closed(day.year)


def on_or_after(day: date) -> date:
    """Der Tag selbst oder der nächste Bankarbeitstag."""
    while not is_bank_day(day):
        day += DAY
    return day


def before(day: date) -> date:
    """Der letzte Bankarbeitstag vor einem Tag."""
    day -= DAY
    while not is_bank_day(day):
        day -= DAY
    return day


@dataclass(frozen=True)
class Ausfuehrung:
    """Tag, an dem die Bank ausführt, für einen Tag, an dem das Geld da sein muss; `verspaetet`: er geht nicht mehr."""

    tag: date
    zahltag: date
    verspaetet: bool

    def hint(self, what: str) -> str:
        """Ein Satz für Seite und Protokoll; leer, wenn die Zeit reicht."""
        if not self.verspaetet:
            return ""
        return (f"{what}: fällig am {self.zahltag:%d.%m.%Y}; ausgeführt wird am nächsten Bankarbeitstag "
                f"{self.tag:%d.%m.%Y}.")


def execution(pay_day: date, today: date) -> Ausfuehrung:
    """Ausführung am Bankarbeitstag vor dem Zahltag: die Gutschrift darf einen Geschäftstag dauern (§ 675s Abs. 1 BGB).

    Am Zahltag muss über das Geld verfügt werden können (§ 24 Abs. 1 Satz 2 TVöD). Liegt der Tag schon zurück, gilt der
    nächste mögliche.
    """
    wanted = before(pay_day)
    earliest = on_or_after(today)
    return Ausfuehrung(max(wanted, earliest), pay_day, earliest > wanted)


@cache
def _closed(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays("ECB", years=year))
