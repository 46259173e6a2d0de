"""Freie Stellen werden nach den Annahmen besetzt: aus freien Anteilen werden Einstellungen, Monat für Monat.

Besetzt wird zum Monatsersten. Ändert sich der freie Anteil, endet die angenommene Besetzung und eine andere beginnt.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from payroll.budget.assumptions import Annahmen, Ausnahme
from payroll.budget.seats import Frei, Plan
from payroll.law.parameters.uploaded import Uploaded, cells_on
from payroll.runs.whatif.massnahmen import Einstellung
from staffplan import grades, shares

DAY = timedelta(days=1)
SCALES = {"E": "TVoeD-VKA", "S": "TVoeD-SuE", "P": "TVoeD-P", "A": "NRW-A", "B": "NRW-B", "R": "NRW-R",
          "W": "NRW-W"}
FULL_TIME, FULL_TIME_OFFICIAL = Decimal(39), Decimal(41)


@dataclass
class Offen:
    """Eine angenommene Besetzung, die läuft: ihr Platz in der Liste, Anteil und Gruppe."""

    platz: int
    anteil: Fraction
    gruppe: str


@dataclass
class Besetzungen:
    """Alle angenommenen Besetzungen; `stellen` nennt je Platz der Liste die Stelle."""

    annahmen: Annahmen
    hires: list[Einstellung] = field(default_factory=list)
    stellen: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    _seit: dict[str, date] = field(default_factory=dict)
    _offen: dict[str, Offen] = field(default_factory=dict)

    def month(self, first: date, plan: Plan, gone: dict[str, date], tables: Uploaded, *, beginning: bool) -> None:
        """Führt die Liste bis zu diesem Monat; `beginning`: der erste gerechnete, was da frei ist, war es schon."""
        held = self.annahmen.besetzung
        if held.ab is None and not self.annahmen.ausnahmen:
            return
        free = {one.stelle: one for one in plan.free(first, gone, on_leave=held.vertretung)}
        for number in [number for number in self._seit if number not in free]:
            del self._seit[number]
        for number in [number for number in self._offen if number not in free]:
            self._close(number, first)
        own = {one.stelle: one for one in self.annahmen.ausnahmen}
        for number, one in free.items():
            self._seit.setdefault(number, date.min if beginning else first)
            self._fill(first, one, own.get(number), tables)

    def _fill(self, first: date, one: Frei, own: Ausnahme | None, tables: Uploaded) -> None:
        running = self._offen.get(one.stelle)
        if running is not None and (running.anteil, running.gruppe) == (one.anteil, one.gruppe):
            return
        if running is not None:
            self._close(one.stelle, first)
        elif not self._due(first, one, own) or self.annahmen.besetzung.stopped(first):
            return
        made = self._hire(first, one, own, tables)
        if made is not None:
            self._offen[one.stelle] = Offen(len(self.hires), one.anteil, one.gruppe)
            self.hires.append(made)
            self.stellen.append(one.stelle)

    def _due(self, first: date, one: Frei, own: Ausnahme | None) -> bool:
        if own is not None:
            return own.ab is not None and own.ab <= first
        held, since = self.annahmen.besetzung, self._seit[one.stelle]
        if held.ab is None or first < held.ab:
            return False
        return since == date.min or _months(since, first) >= held.warten

    def _hire(self, first: date, one: Frei, own: Ausnahme | None, tables: Uploaded) -> Einstellung | None:
        grade = grades.parse(one.gruppe)
        scale, group = SCALES.get(grade.table), str(grade)
        full = FULL_TIME_OFFICIAL if grade.civil else FULL_TIME
        hours = shares.rounded(one.anteil * Fraction(full), 2)
        wanted = own.stufe if own and own.stufe else (
            self.annahmen.besetzung.stufe_beamte if grade.civil else self.annahmen.besetzung.stufe)
        step = None if scale is None else nearest_step(first, scale, group, wanted, tables)
        if step is None or scale is None or hours <= 0:
            self._remark(f"Stelle {one.stelle}: zu {one.gruppe} gibt es keine Entgelttabelle; sie bleibt ungerechnet.")
            return None
        return Einstellung(first, 1, scale, group, step, hours, full)

    def _close(self, number: str, first: date) -> None:
        running = self._offen.pop(number)
        self.hires[running.platz] = replace(self.hires[running.platz], bis=first - DAY)

    def _remark(self, text: str) -> None:
        if text not in self.remarks:
            self.remarks.append(text)


def nearest_step(day: date, scale: str, group: str, wanted: str, tables: Uploaded) -> str | None:
    """Die gewünschte Stufe, sonst die nächsthöhere der Gruppe, sonst ihre höchste; None ohne Tabelle."""
    steps = sorted({step for tariff, name, step in cells_on(day, tables) if (tariff, name) == (scale, group)},
                   key=lambda step: (len(step), step))
    if wanted in steps or not steps:
        return wanted if steps else None
    higher = [step for step in steps if (len(step), step) > (len(wanted), wanted)]
    return (higher or steps[-1:])[0]


def _months(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month
