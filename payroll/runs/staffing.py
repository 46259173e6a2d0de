"""Abgleich mit dem Stellenplan: bezahlt ohne Stelle, auf gesperrter oder überbesetzter, über der Bewertung.

Die Befunde halten niemanden auf; sie sagen, was die Organisation klären muss. Ohne Stellenplan gibt es keine. Die Zahl
der Abfragen ist fest, gleich wie viele Personen der Monat hat.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select

from payroll.law import encode
from payroll.masterdata.clocks import known
from payroll.masterdata.slices import MonthFacts
from payroll.runs.findings import Befund
from staffplan import grades, shares, status
from staffplan.models import StelleStand
from staffplan.reading import Reading
from staffplan.state import Besetzung, Stand, Stelle
from tenants.db.session import TenantSession

NEEDS_A_POST = tuple(encode.STATUS.index(art) for art in ("tarif", "beamte"))


def findings(session: TenantSession, facts: MonthFacts, known_at: datetime | None = None) -> list[Befund]:
    """Alle Befunde eines Monats, je Person in der Reihenfolge der Fälle."""
    planned = select(StelleStand.id).where(known(StelleStand, known_at)).limit(1)
    if facts.size == 0 or session.scalars(planned).first() is None:
        return []
    first = facts.month
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    reading = Reading(session, known_at)
    held = reading.on(last)
    seats: dict[str, list[Besetzung]] = defaultdict(list)
    for one in reading.occupations(first, last):
        seats[one.personalnummer].append(one)
    paid = _grades(facts)
    found: list[Befund] = []
    for row in range(facts.size):
        number = str(facts.cases["personalnummer"][row])
        if not seats[number]:
            if int(facts.cases["status"][row]) in NEEDS_A_POST and not facts.cases["danach"][row]:
                found.append(_finding(facts, row, "stelle", "wird bezahlt, sitzt aber auf keiner Stelle des "
                                      "Stellenplans (§ 8 KomHVO NRW)", "Besetzung im Stellenplan erfassen"))
            continue
        for seat in seats[number]:
            found += _seat(facts, row, seat, held, last, paid.get(row))
    return found


def _grades(facts: MonthFacts) -> dict[int, str]:
    """Die zuletzt geltende Gruppe je Fall."""
    rows = zip(facts.slices.get("beschaeftigung_row", ()), facts.slices.get("entgeltgruppe_text", ()), strict=True)
    return {int(row): str(text) for row, text in rows}


def _seat(facts: MonthFacts, row: int, seat: Besetzung, held: Stand, last: date, paid: str | None) -> Iterator[Befund]:
    post = held.stellen.get(seat.stelle)
    if post is None:
        if seat.bis is None or seat.bis >= last:
            gone = f"sitzt auf Stelle {seat.stelle}, die es am {last:%d.%m.%Y} nicht gibt"
            yield _finding(facts, row, "stelle", gone,
                           "Besetzung auf eine vorhandene Stelle ändern")
        return
    if any(one.art == "sperre" and one.stands(max(seat.ab, one.ab)) and seat.besetzt and seat.ab >= one.ab
           for one in post.vermerke):
        yield _finding(facts, row, "stelle", f"wird auf Stelle {post.nummer} bezahlt, die bei der Besetzung "
                       "gesperrt war", "Sperrvermerk aufheben lassen oder Besetzung berichtigen")
    if post.frei < 0 and seat.besetzt and seat.holds(last):
        yield _finding(facts, row, "stelle", f"Stelle {post.nummer} ist mit {shares.short(post.besetzt)} "
                       f"überbesetzt (Umfang {shares.short(post.anteil)})", "Anteile der Besetzungen berichtigen")
    yield from _grade(facts, row, seat, post, paid)


def _grade(facts: MonthFacts, row: int, seat: Besetzung, post: Stelle, paid: str | None) -> Iterator[Befund]:
    try:
        drawn = None if paid is None else grades.parse(paid)
    except grades.UnknownGrade:
        return  # trainees and the like have no grade of the plan
    if drawn is None or seat.begruendung:
        return
    worth = grades.parse(post.gruppe)
    career = seat.laufbahn if drawn.civil else None
    if grades.above(drawn, career, worth, post.laufbahn):
        yield _finding(facts, row, "entgeltgruppe", f"wird nach {drawn} bezahlt, Stelle {post.nummer} ist mit {worth} "
                       "bewertet", "Eingruppierung prüfen oder die Überbesetzung begründen")
    elif str(drawn) != seat.gruppe and not status.over(post, seat):
        yield _finding(facts, row, "entgeltgruppe", f"wird nach {drawn} bezahlt, im Stellenplan steht die Person "
                       f"mit {seat.gruppe} auf Stelle {post.nummer}",
                       "Gruppe der Besetzung oder Eingruppierung berichtigen")


def _finding(facts: MonthFacts, row: int, field: str, rule: str, remedy: str) -> Befund:
    record = f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})"
    return Befund("warnung", "stellenplan", record, field, rule, remedy, int(facts.cases["beschaeftigung_id"][row]))
