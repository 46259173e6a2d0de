"""Ein Szenario Monat für Monat: was es heute kostet und was danach, mit den Summen, die dabei entstehen.

Jeder Monat rechnet mit den Summen der Monate davor, die hier gerechnet sind, als wären sie so abgeschlossen worden.
Ist der erste Monat noch nicht an der Reihe, werden die offenen davor mitgerechnet, aber nicht gezeigt.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import func, select

from payroll.law.parameters.uploaded import UploadedTable, cells_on, ordered
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.load import shape
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.tarif import digest_of
from payroll.masterdata.slices.zeitraum import Zeitraum
from payroll.runs.carried import Sums, read_carried
from payroll.runs.earlier import SUMS, lined_up, read_sums
from payroll.runs.models import Lauf
from payroll.runs.whatif.anwenden import Vorhaben, applied, planned
from payroll.runs.whatif.evaluate import WERTE, Gerechnet, evaluate, with_tables
from payroll.runs.whatif.kosten import Kosten
from payroll.runs.whatif.massnahmen import Erhoehung, Szenario
from tenants.collector import collector_paused
from tenants.db.session import TenantSession

NAMES = tuple(dict.fromkeys((*WERTE, *SUMS)))
MOST_BEFORE = 24


@dataclass
class Ergebnis:
    """Die Kosten je Monat und was zum Szenario zu sagen ist."""

    monate: list[Kosten] = field(default_factory=list)
    anmerkungen: list[str] = field(default_factory=list)


class Summen:
    """Was bis zu einem Monat gezahlt ist, je Beschäftigung; wächst mit jedem gerechneten Monat."""

    def __init__(self, this_year: Sums, last_year: Sums) -> None:
        self.this_year, self.last_year = this_year, last_year

    def columns(self, session: TenantSession, month: date, jobs: Any, known_at: datetime | None) -> dict[str, Any]:
        """Die Spalten, die der Monat braucht."""
        return lined_up(self.this_year, self.last_year, jobs, month, read_carried(session, month, known_at))

    def add(self, done: Gerechnet) -> None:
        """Nimmt einen Monat auf; nach dem Dezember beginnt das nächste Jahr."""
        rows = np.flatnonzero(done.paid)
        columns = {name: done.values[name][rows].tolist() for name in SUMS}
        for at, job in enumerate(done.employments[rows].tolist()):
            own = self.this_year.setdefault(job, dict.fromkeys(SUMS, 0))
            for name, column in columns.items():
                own[name] += column[at]
        if done.month.month == 12:
            self.this_year, self.last_year = {}, self.this_year


def compute(session: TenantSession, szenario: Szenario, known_at: datetime | None = None) -> Ergebnis:
    """Rechnet ein Szenario bei einem Arbeitgeber; geschrieben wird nichts."""
    found = Ergebnis()
    with collector_paused():
        for kosten in _months(session, szenario, known_at, found.anmerkungen):
            if kosten.monat >= szenario.ab:
                found.monate.append(kosten)
    return found


def _months(session: TenantSession, szenario: Szenario, known_at: datetime | None,
            remarks: list[str]) -> Iterator[Kosten]:
    months = [*open_months(session, szenario.ab), *szenario.months]
    before, after = (sums_until(session, months[0]) for _ in range(2))
    plan: Vorhaben | None = None
    last = months[-1].replace(day=calendar.monthrange(months[-1].year, months[-1].month)[1])
    facts_of = Zeitraum(session, months[0], last, known_at)
    for month in months:
        facts = facts_of.month(month)
        if plan is None and month >= szenario.ab:
            plan = planned(session, facts, szenario.massnahmen)
            remarks.extend(plan.remarks)
        now = shape(session, facts, known_at)
        base = _evaluated(session, now, before)
        if plan is None:
            new = base
            after.add(base)
        else:
            new = _changed(session, facts, now, base, plan, after, known_at)
        yield _kosten(month, base, new)


def open_months(session: TenantSession, ab: date) -> list[date]:
    """Offene Monate vor dem ersten: ihre Summen braucht das Jahr, sie gehören aber nicht zum Szenario."""
    last = session.scalar(select(func.max(Lauf.monat)).where(Lauf.zustand == "abgeschlossen"))
    if last is None or last >= ab:
        return []
    begin = max(last.year * 12 + last.month, ab.year * 12 + ab.month - 1 - MOST_BEFORE)
    return [date(at // 12, at % 12 + 1, 1) for at in range(begin, ab.year * 12 + ab.month - 1)]


def sums_until(session: TenantSession, month: date) -> Summen:
    """Was in abgeschlossenen Monaten vor diesem gezahlt ist: des Jahres und des Vorjahres."""
    first = date(month.year, 1, 1)
    return Summen(read_sums(session, first, month), read_sums(session, date(month.year - 1, 1, 1), first))


def _evaluated(session: TenantSession, facts: MonthFacts, sums: Summen) -> Gerechnet:
    done = reckoned(session, facts, sums)
    sums.add(done)
    return done


def reckoned(session: TenantSession, facts: MonthFacts, sums: Summen) -> Gerechnet:
    """Rechnet einen Monat mit den Summen, die bis zu ihm entstanden sind; aufgenommen wird er mit ``sums.add``."""
    jobs = np.asarray(facts.cases.get("beschaeftigung_id", ()), dtype=np.int64)
    return evaluate(session, facts, sums.columns(session, facts.month, jobs, facts.known_at), NAMES)


def _changed(session: TenantSession, facts: Facts, now: MonthFacts, base: Gerechnet, plan: Vorhaben, sums: Summen,
             known_at: datetime | None) -> Gerechnet:
    """Der Monat danach: neu geformt wird nur, wen eine Maßnahme trifft, neu gerechnet nur, wer sich ändern kann.

    Höhere Tabellen ändern keine Tatsache: für alle anderen gelten die schon geformten Spalten.
    """
    raises = [one for one in plan.raises if one.ab <= now.month]
    active = any(one.ab <= facts.last for one in (*plan.effects, *plan.hires))
    if not raises and not active:
        sums.add(base)
        return base
    others = base if not raises else reckoned(session, raised_tables(now, raises), sums)
    if not active:
        sums.add(others)
        return others
    family = _with_siblings(facts, plan.touched)
    part = shape(session, _only(applied(facts, plan), family), known_at)
    done = reckoned(session, raised_tables(part, raises) if raises else part, sums)
    merged = _merged(others, done, family)
    sums.add(merged)
    return merged


def raised_tables(facts: MonthFacts, raises: list[Erhoehung]) -> MonthFacts:
    """Tabellen, die in diesem Monat gelten, erhöht; kommt später eine neue hinzu, gilt die Erhöhung auch für sie."""
    cells = {key: cell.cent for key, cell in cells_on(facts.month, facts.tarif.tables).items()}
    touched = {scale for one in raises for scale in one.tarifwerke}
    for one in raises:
        for key, cent in cells.items():
            if key[0] in one.tarifwerke:
                cells[key] = raised(one, cent)
    made = []
    for scale in sorted(touched):
        own = ordered(((key[1], key[2], cent) for key, cent in cells.items() if key[0] == scale), scale)
        if own:
            made.append(UploadedTable(scale, facts.month, digest_of(own), "Szenario", own))
    return with_tables(facts, tuple(made))


def raised(one: Erhoehung, cent: int) -> int:
    """Eine Zelle nach der Erhöhung, kaufmännisch auf Cent."""
    hundredths = int(one.prozent * 10_000)
    return max((cent * (1_000_000 + hundredths) + 500_000) // 1_000_000, cent + one.mindestens)


def _with_siblings(facts: Facts, jobs: set[int]) -> set[int]:
    """Wer mit ihnen Beitragsbemessungsgrenzen teilt, rechnet mit."""
    people = {facts.jobs[job][-1].person_id for job in jobs if job in facts.jobs}
    return {anchor for anchor, rows in facts.jobs.items() if rows[-1].person_id in people} | jobs


def _only(facts: Facts, jobs: set[int]) -> Facts:
    """Nur diese Beschäftigungen und die neuen (mit negativer Nummer)."""
    return replace(facts, jobs={anchor: rows for anchor, rows in facts.jobs.items() if anchor in jobs or anchor < 0})


def _merged(base: Gerechnet, part: Gerechnet, family: set[int]) -> Gerechnet:
    keep = ~np.isin(base.employments, np.array(sorted(family), dtype=np.int64))
    return Gerechnet(base.month, np.concatenate((base.employments[keep], part.employments)),
                     {name: np.concatenate((column[keep], part.values[name])) for name, column in base.values.items()},
                     np.concatenate((base.paid[keep], part.paid)))


def _kosten(month: date, base: Gerechnet, new: Gerechnet) -> Kosten:
    old_rows = {name: base.of(name) for name in WERTE}
    new_rows = {name: new.of(name) for name in WERTE}
    jobs = old_rows["ag_kosten"].keys() | new_rows["ag_kosten"].keys()
    moved = sum(any(old_rows[name].get(job) != new_rows[name].get(job) for name in WERTE) for job in jobs)
    return Kosten(month, len(new_rows["ag_kosten"]), moved, base.total("gesamtbrutto"), new.total("gesamtbrutto"),
                  base.total("ag_kosten"), new.total("ag_kosten"))
