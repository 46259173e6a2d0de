"""Soll eines Tages: Woche der Regelung, Dienst des Schichtplans; dazu der Bereich und die Grenzen des Kontos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from tenants.db.clocks import known, within
from tenants.db.session import TenantSession
from timekeeping.imports.problems import ImportFehler
from timekeeping.own.custom import custom_days
from timekeeping.own.models import DAY_MINUTES, ZeitDienst, ZeitRegelung
from timekeeping.recording import record
from timekeeping.rules.clock import week_start
from timekeeping.rules.holidays import ist_feiertag, ist_sonntag, ist_vorfest
from timekeeping.selection import Auswahl, chosen


@dataclass(frozen=True)
class Plan:
    """Regelungen und Dienste einer Beschäftigung, nach Beginn; brauch: freie Hundertstel je Tag (own/custom.py)."""

    regelungen: tuple[Any, ...]
    dienste: Mapping[date, Any]
    brauch: Mapping[date, int] = field(default_factory=dict)

    def regelung(self, day: date) -> Any | None:
        """Die Regelung eines Tages; None, wo keine gilt."""
        return next((one for one in self.regelungen
                     if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)), None)

    def geplant(self, day: date) -> int:
        """Sollminuten nach Plan, ohne Rücksicht auf Feiertage."""
        if (shift := self.dienste.get(day)) is not None:
            return int(shift.ende - shift.beginn - shift.pause)
        rule = self.regelung(day)
        if rule is None:
            return 0
        week = (week_start(day) - rule.anker).days // 7 % len(rule.wochen)
        return int(rule.wochen[week][day.weekday()])

    def soll(self, day: date) -> int:
        """Sollminuten; an Feiertagen und am 24. und 31. Dezember (nicht sonntags) keine (§ 6 Abs. 3 TVöD).

        Tage nach Brauch mindern es um ihren Anteil, außer wo ein Dienst des Schichtplans den Tag selbst nennt.
        """
        if (ist_feiertag(day) or ist_vorfest(day)) and not ist_sonntag(day):
            return 0
        free = 0 if day in self.dienste else self.brauch.get(day, 0)
        return self.geplant(day) * (100 - free) // 100

    def arbeitstage_je_woche(self, day: date) -> tuple[int, int]:
        """Arbeitstage aller Wochen der Regelung und ihre Zahl; (0, 1), wo keine gilt."""
        rule = self.regelung(day)
        if rule is None:
            return 0, 1
        return sum(1 for week in rule.wochen for minutes in week if minutes), len(rule.wochen)


def plans(session: TenantSession, first: date, last: date, auswahl: Auswahl = None) -> dict[int, Plan]:
    """Pläne aller Beschäftigungen mit einer Regelung, die einen Tag von first bis last berührt; drei Abfragen."""
    rules, shifts = (
        session.scalars(select(model).where(known(model, None), within(model, first, last),
                                            *chosen(model.beschaeftigung_id, auswahl))
                        .order_by(model.beschaeftigung_id, model.valid_from)).all()
        for model in (ZeitRegelung, ZeitDienst))
    by_rule, by_shift = _grouped(rules), _grouped(shifts)
    custom = custom_days(session, first, last) if by_rule else {}
    return {job: Plan(tuple(rows), {row.valid_from: row for row in by_shift.get(job, [])}, custom)
            for job, rows in by_rule.items()}


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.beschaeftigung_id, []).append(row)
    return found


def set_rule(session: TenantSession, job: int, *, ab: date, bis: date | None = None, reason: str,
             **values: Any) -> ZeitRegelung:
    """Legt die Arbeitszeit einer Beschäftigung ab einem Tag fest. Raises ImportFehler bei unmöglichen Wochen."""
    weeks = values.get("wochen", [])
    if not 1 <= len(weeks) <= 8 or any(len(week) != 7 for week in weeks):
        raise ImportFehler("Die Arbeitszeit braucht ein bis acht Wochen zu sieben Tagen", "Wochen angeben")
    if any(not 0 <= minutes <= 720 for week in weeks for minutes in week):
        raise ImportFehler("Ein Tag hat 0 bis 12 Stunden Soll", "Stunden prüfen")
    _frame(values)
    values["anker"] = week_start(values.get("anker") or ab)
    return record(session, ZeitRegelung, ab=ab, bis=bis, reason=reason, beschaeftigung_id=job, **values)


def _frame(values: Mapping[str, Any]) -> None:
    frame, core = (values["rahmen_von"], values["rahmen_bis"]), (values.get("kern_von"), values.get("kern_bis"))
    if not 0 <= frame[0] < frame[1] <= DAY_MINUTES:
        raise ImportFehler("Der Rahmen der Arbeitszeit liegt nicht in einem Tag", "Beginn vor Ende angeben")
    if (core[0] is None) != (core[1] is None):
        raise ImportFehler("Die Kernzeit hat nur eine Grenze", "Beginn und Ende angeben oder beide leeren")
    if core[0] is not None and core[1] is not None and not frame[0] <= core[0] < core[1] <= frame[1]:
        raise ImportFehler("Die Kernzeit liegt nicht im Rahmen", "Beginn und Ende prüfen")


def set_shift(session: TenantSession, job: int, day: date, *, beginn: int, ende: int, pause: int = 0,
              reason: str) -> ZeitDienst:
    """Trägt den Dienst eines Tages ein; Beginn und Ende gleich heißt frei."""
    if not 0 <= beginn < DAY_MINUTES or not beginn <= ende <= beginn + DAY_MINUTES:
        raise ImportFehler("Der Dienst dauert nicht zwischen null und 24 Stunden", "Beginn und Ende prüfen")
    if pause < 0 or (pause and pause >= ende - beginn):
        raise ImportFehler("Die Pause ist so lang wie der Dienst", "Pause prüfen")
    return record(session, ZeitDienst, ab=day, bis=day, reason=reason, beschaeftigung_id=job, beginn=beginn, ende=ende,
                  pause=pause)
