"""Lohnkonto einer Beschäftigung und eines Jahres (§ 41 Abs. 1 EStG, § 4 LStDV, § 8 BVV): Monate mit ihren Werten.

Gezeigt wird je Monat, was seine Abrechnung ergab und was spätere Läufe für ihn nachgebucht haben; dazu Erstattungen des
Jahresausgleichs. Die Summe ist die Grundlage der Bescheinigung, soweit nichts aus einem anderen Jahr mitgezahlt ist.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.masterdata.models import Beschaeftigung
from payroll.runs.beside.models import ERSTATTUNGEN, Verrechnung
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from payroll.runs.values import TITLES, VALUES
from tenants.db.session import TenantSession

REFUND = "jahresausgleich"
TITLE = {**TITLES, REFUND: "Erstattung Jahresausgleich"}


@dataclass(frozen=True)
class Lohnkonto:
    """Werte (Cent) je Monat, eigene und nachgebuchte zusammen; `nachgebucht` sind die nachgebuchten allein."""

    personalnummer: str
    jahr: int
    monate: dict[date, dict[str, int]]
    nachgebucht: dict[date, dict[str, int]]

    @property
    def namen(self) -> list[str]:
        """Werte, die im Jahr vorkommen, in ihrer festen Reihenfolge."""
        return [name for name in (*VALUES, REFUND) if any(values.get(name) for values in self.monate.values())]

    def summe(self, name: str) -> int:
        """Summe des Jahres."""
        return sum(values.get(name, 0) for values in self.monate.values())


def accounts(session: TenantSession, year: int, *, job: int | None = None) -> list[Lohnkonto]:
    """Lohnkonten eines Jahres nach Personalnummer; eine feste Zahl von Abfragen."""
    first, last = date(year, 1, 1), date(year, 12, 1)
    closed = (Lauf.zustand == "abgeschlossen",)
    only: Sequence[Any] = () if job is None else (Ergebnis.beschaeftigung_id == job,)
    months: dict[int, dict[date, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Ergebnis.monat, *(getattr(Ergebnis, name) for name in VALUES))
            .join(Lauf, Lauf.id == Ergebnis.lauf_id).where(*closed, *only, Ergebnis.monat.between(first, last))):
        months[row.beschaeftigung_id][row.monat].update({name: getattr(row, name) for name in VALUES})
    later: dict[int, dict[date, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    only = () if job is None else (Rueckrechnung.beschaeftigung_id == job,)
    for row in session.execute(
            select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name,
                   func.sum(RueckrechnungZeile.betrag).label("betrag"))
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .where(*closed, *only, Rueckrechnung.monat.between(first, last), Rueckrechnung.art != "offen",
                   RueckrechnungZeile.bereich == "wert", RueckrechnungZeile.name.in_(VALUES))
            .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name)):
        if row.betrag:
            later[row.beschaeftigung_id][row.monat][row.name] = int(row.betrag)
            months[row.beschaeftigung_id][row.monat][row.name] += int(row.betrag)
    only = () if job is None else (Ergebnis.beschaeftigung_id == job,)
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Ergebnis.monat, func.sum(Verrechnung.betrag).label("betrag"))
            .join(Ergebnis, Ergebnis.id == Verrechnung.ergebnis_id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
            .where(*closed, *only, Ergebnis.monat.between(first, last), Verrechnung.art.in_(ERSTATTUNGEN))
            .group_by(Ergebnis.beschaeftigung_id, Ergebnis.monat)):
        months[row.beschaeftigung_id][row.monat][REFUND] -= int(row.betrag)
    numbers = {row.id: row.personalnummer for row in session.execute(
        select(Beschaeftigung.id, Beschaeftigung.personalnummer))}
    return sorted((Lohnkonto(numbers[one], year, dict(sorted(held.items())), dict(later[one]))
                   for one, held in months.items()), key=lambda one: one.personalnummer)
