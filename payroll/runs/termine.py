"""Zahltag eines Monats und Ausschlussfristen, wie sie am Lauf und auf der Abrechnung stehen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from payroll.law.engine.overlay import Overlay
from payroll.law.rules.besoldung.zahlung import ABSCHLAG_VORBEHALT, Zahlung, verjaehrt_am, zahlung
from payroll.law.rules.entgelt.fristen import ausschlussfrist
from payroll.law.rules.entgelt.werte import zahl
from payroll.runs.derived import VORBEHALT


def pay_day(status: str, month: date, overlays: Sequence[Overlay] = ()) -> Zahlung:
    """Der Zahltag: Beamte im Voraus, wenn es so festgelegt ist, alle anderen am Ende des Monats."""
    return zahlung(status, month, overlays)


def pay_days(month: date, overlays: Sequence[Overlay] = ()) -> tuple[Zahlung, Zahlung]:
    """Die Zahltage eines Monats: Tarif, Beamte."""
    return pay_day("tarif", month, overlays), pay_day("beamte", month, overlays)


@lru_cache(256)
def pay_day_hint(status: str, month: date, overlays: tuple[Overlay, ...] = ()) -> str:
    """Ein Satz für die Abrechnung."""
    return f"Fällig am {pay_day(status, month, overlays).zahltag:%d.%m.%Y}."


def reserved_hint(wage_types: Iterable[str]) -> tuple[str, ...]:
    """Ein Satz für die Abrechnung, wenn etwas auf einen Gesetzentwurf gezahlt wird."""
    if VORBEHALT[0] not in wage_types:
        return ()
    return (f"{ABSCHLAG_VORBEHALT}: Lohnart {VORBEHALT[0]} wird nach der Verkündung des Gesetzes ausgeglichen.",)


def deadlines(status: str, months: Iterable[date], today: date, overlays: Sequence[Overlay] = ()) -> list[str]:
    """Zu jedem berichtigten Monat, bis wann der Anspruch geltend zu machen ist; Beamte verjähren statt zu verfallen.

    Leer, wenn der Arbeitgeber die Anzeige abgestellt hat.
    """
    if not zahl("ausschlussfrist_anzeigen", max(today, date(2024, 1, 1)), overlays):
        return []
    ordered = sorted(set(months))
    if status == "beamte":
        return [f"Anspruch {month:%m/%Y}: verjährt am {verjaehrt_am(month):%d.%m.%Y} (§§ 195, 199 BGB)"
                for month in ordered]
    return [ausschlussfrist(month).text(today) for month in ordered]
