"""Erkrankung des Kindes: wie viele Tage mit Kinderkrankengeld das Gesetz im Kalenderjahr kennt (§ 45 SGB V).

Hinweise, keine Ablehnung: ob gezahlt wird, entscheidet die Krankenkasse, und ob jemand allein erzieht, steht nicht in
der Akte. Freigestellt bleibt unbezahlt auch, wer keinen Anspruch auf Krankengeld hat (§ 45 Abs. 5 SGB V).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from tenants.db.session import TenantSession
from timekeeping.leave.days import in_year, working_days
from timekeeping.leave.models import Abwesenheit
from timekeeping.own.plan import Plan, plans
from timekeeping.rules.limits import limit

ART = "kind_krank"


def child_sick_notes(session: TenantSession, rows: Iterable[Any]) -> dict[int, list[str]]:
    """Hinweise je Meldung (ihre Nummer); drei Abfragen, keine ohne Meldung einer Erkrankung des Kindes."""
    asked = [row for row in rows if row.art == ART]
    if not asked:
        return {}
    jobs = sorted({row.beschaeftigung_id for row in asked})
    first, last = min(row.von for row in asked).replace(month=1, day=1), max(row.bis for row in asked)
    held = session.scalars(select(Abwesenheit).where(
        Abwesenheit.art == ART, Abwesenheit.beschaeftigung_id.in_(jobs), Abwesenheit.bis >= first,
        Abwesenheit.von <= last.replace(month=12, day=31), Abwesenheit.zustand.in_(("beantragt", "genehmigt")))).all()
    rules = plans(session, first, last.replace(month=12, day=31), jobs)
    return {row.id: list(notes(row, [one for one in held if one.beschaeftigung_id == row.beschaeftigung_id],
                               rules.get(row.beschaeftigung_id))) for row in asked}


def notes(row: Any, held: Iterable[Any], plan: Plan | None) -> Iterator[str]:
    """Was an einer Meldung auffällt; held: alle Meldungen der Person in den Jahren, diese eingeschlossen."""
    everything = list(held)
    for year in range(row.von.year, row.bis.year + 1):
        end = date(year, 12, 31)
        own = _days([one for one in everything if one.kind_geboren_am == row.kind_geboren_am], year, plan)
        yield from _over(own, end, "kind_krank_tage", f"{_number(own)} Arbeitstage für dieses Kind im Jahr {year}")
        whole = _days(everything, year, plan)
        if whole != own:
            yield from _over(whole, end, "kind_krank_hoechstens",
                             f"{_number(whole)} Arbeitstage für alle Kinder im Jahr {year}")
    born = row.kind_geboren_am
    if born is not None:
        most = limit("kind_krank_alter", row.von)
        birthday = _birthday(born, most)
        if row.bis >= birthday:
            done = "hat" if row.von >= birthday else f"hat ab {birthday:%d.%m.%Y}"
            yield (f"Das Kind {done} das {most}. Lebensjahr vollendet: Kinderkrankengeld nur bei Behinderung und "
                   "Angewiesensein auf Hilfe (§ 45 Abs. 1 SGB V)")


def _birthday(born: date, years: int) -> date:
    """Geburtstag im genannten Alter; wer am 29. Februar geboren ist, hat ihn sonst am 1. März."""
    leap = (born.month, born.day) == (2, 29) and not calendar.isleap(born.year + years)
    return date(born.year + years, 3, 1) if leap else born.replace(year=born.year + years)


def _days(rows: Iterable[Any], year: int, plan: Plan | None) -> Fraction:
    parts = ((in_year(row.von, row.bis, year), row.halb) for row in rows)
    return sum((working_days(plan, *part, half=half) for part, half in parts if part is not None), Fraction(0))


def _over(used: Fraction, day: date, name: str, words: str) -> Iterator[str]:
    usual, alone = limit(name, day), limit(f"{name}_allein", day)
    if used > alone:
        yield f"{words}: mehr als die {usual} je Elternteil und die {alone} für Alleinerziehende (§ 45 SGB V)"
    elif used > usual:
        yield f"{words}: mehr als {usual} gibt es nur für Alleinerziehende, bis {alone} (§ 45 SGB V)"


def _number(days: Fraction) -> str:
    whole, half = divmod(days, 1)
    return f"{whole},5" if half else f"{whole}"
