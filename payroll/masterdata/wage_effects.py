"""Welche Lohnarten einen erfassten Betrag abrechnen; dieselbe Regel am Schreibtisch und beim Einlesen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Lohnart, LohnartStand
from tenants.db.session import TenantSession

NO_TARGET = "keines"
REMEDIES = {
    "tabelle": "das Entgelt aus der Tabelle entsteht aus der Eingruppierung; hier leer lassen",
    "abgeleitet": "der Betrag wird gerechnet, nicht eingegeben; hier leer lassen oder eine andere Lohnart wählen",
    "prozent": "der Betrag wird gerechnet, nicht eingegeben; hier leer lassen oder eine andere Lohnart wählen",
}
OTHERWISE = "eine Lohnart wählen, die den Betrag abrechnet"


@dataclass(frozen=True)
class Effect:
    """Ein Stand einer Lohnart: Zeitraum, Text, Personenkreis, Entstehung und ob er einen Betrag aufnimmt."""

    valid_from: date
    valid_to: date | None
    text: str
    personenkreis: str
    entstehung: str
    takes_amount: bool

    def touches(self, first: date, last: date | None) -> bool:
        """Ob der Stand an einem Tag des Zeitraums gilt; ohne Ende bis auf Weiteres."""
        return (last is None or self.valid_from <= last) and (self.valid_to is None or self.valid_to >= first)


Effects = Mapping[int, tuple[Effect, ...]]


def load_effects(session: TenantSession) -> dict[int, tuple[Effect, ...]]:
    """Heute bekannte Stände je Nummer der Lohnart, nach Beginn; eine Abfrage."""
    rows = session.execute(
        select(
            Lohnart.nummer, LohnartStand.valid_from, LohnartStand.valid_to, LohnartStand.text,
            LohnartStand.personenkreis, LohnartStand.entstehung, LohnartStand.ziel,
        )
        .join(LohnartStand, LohnartStand.lohnart_id == Lohnart.id)
        .where(known(LohnartStand, None))
        .order_by(Lohnart.nummer, LohnartStand.valid_from)
    )  # fmt: skip
    found: dict[int, tuple[Effect, ...]] = {}
    for number, *values, ziel in rows:
        found[number] = (*found.get(number, ()), Effect(*values, takes_amount=ziel != NO_TARGET))
    return found


def refusal(effects: Effects, number: int, first: date, last: date | None) -> tuple[str, str] | None:
    """Grund und Abhilfe, wenn diese Lohnart im Zeitraum an keinem Tag einen Betrag abrechnet; sonst None."""
    there = [one for one in effects.get(number, ()) if one.touches(first, last)]
    if any(one.takes_amount for one in there):
        return None
    if not there:
        return f"Lohnart {number:04} gilt ab {first:%d.%m.%Y} nicht", OTHERWISE
    latest = there[-1]
    return f"Lohnart {number:04} {latest.text} nimmt keinen Betrag auf", REMEDIES.get(latest.entstehung, OTHERWISE)
