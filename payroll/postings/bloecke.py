"""Altersteilzeit im Blockmodell und Sabbatical: was in der Arbeitsphase für die Freistellung anzusammeln ist.

Die Kosten der Freistellung sammeln sich zu gleichen Teilen je Monat der Arbeitsphase an und werden in der Freistellung
verbraucht; gezählt in ganzen Monaten, bewertet mit den Kosten eines Monats, nicht abgezinst (§ 37 KomHVO NRW).
Arbeitsphase der Altersteilzeit: Personengruppe 103, Freistellung: die Fehlzeit altersteilzeit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Versicherung
from payroll.masterdata.models.tarif import Fehlzeit, Sabbatical
from tenants.db.session import TenantSession

ALTERSTEILZEIT, SABBATICAL = "altersteilzeit", "sabbatical"
PARTIAL_RETIREMENT = 103  # group of persons of the insurance notices


@dataclass(frozen=True)
class Block:
    """Arbeitsphase von `start` an, Freistellung vom ersten bis zum letzten Monat (None: bis zum Ausscheiden)."""

    art: str
    start: date
    frei_ab: date
    frei_bis: date | None

    def part(self, month: date, leaves: date | None) -> Fraction:
        """Wie viele Monatskosten am Ende des Monats zurückgestellt sind; `leaves`: letzter Tag der Beschäftigung."""
        end = min(filter(None, (self.frei_bis, leaves)), default=None)
        if end is None or end < self.frei_ab or not self.start <= month <= end:
            return Fraction(0)
        if month >= self.frei_ab:
            return Fraction(_at(end) - _at(month))
        worked, saved = _at(month) - _at(self.start) + 1, _at(self.frei_ab) - _at(self.start)
        return Fraction((_at(end) - _at(self.frei_ab) + 1) * worked, saved)


@dataclass(frozen=True)
class Bloecke:
    """Je Beschäftigung ihre Blöcke; bei `ohne_beginn` ist die Arbeitsphase nicht erfasst, es zählt die Freistellung."""

    je_beschaeftigung: Mapping[int, list[Block]]
    ohne_beginn: int = 0

    def hinweise(self) -> list[str]:
        """Was zu berichtigen ist."""
        return [f"Rückstellung Altersteilzeit: bei {self.ohne_beginn} Beschäftigungen fehlt der Beginn der "
                "Arbeitsphase; dort ab ihrem ersten Tag die Personengruppe 103 erfassen."] if self.ohne_beginn else []


def blocks(session: TenantSession, day: date) -> Bloecke:
    """Blöcke, die an dem Tag laufen oder später beginnen; drei Abfragen."""
    found: dict[int, list[Block]] = defaultdict(list)
    begun = {row.beschaeftigung_id: row.valid_from for row in session.execute(
        select(Versicherung.beschaeftigung_id, Versicherung.valid_from)
        .where(known(Versicherung, None), Versicherung.personengruppe == PARTIAL_RETIREMENT)
        .order_by(Versicherung.valid_from.desc()))}
    missing = 0
    for job, first, last in session.execute(
            select(Fehlzeit.beschaeftigung_id, Fehlzeit.valid_from, Fehlzeit.valid_to)
            .where(known(Fehlzeit, None), Fehlzeit.art == ALTERSTEILZEIT, _ends_after(Fehlzeit, day))):
        start = begun.get(job, first)
        missing += start >= first
        found[job].append(Block(ALTERSTEILZEIT, min(start, first).replace(day=1), first.replace(day=1), last))
    for row in session.scalars(select(Sabbatical).where(
            known(Sabbatical, None), Sabbatical.stoerfall.is_(None), _ends_after(Sabbatical, day))):
        found[row.beschaeftigung_id].append(Block(
            SABBATICAL, row.valid_from.replace(day=1), row.freistellung_ab.replace(day=1),
            row.freistellung_bis or row.valid_to))
    return Bloecke(found, missing)


def _ends_after(model: Any, day: date) -> Any:
    return model.valid_to.is_(None) | (model.valid_to > day)


def _at(day: date) -> int:
    return day.year * 12 + day.month
