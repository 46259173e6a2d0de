"""Eigene Zeiten in der Gestalt gebuchter Zeilen, damit Bewertung und Abschluss für alle Quellen dieselben sind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tenants.db.session import TenantSession
from timekeeping.imports.keys import ARBEITSZEIT
from timekeeping.imports.moments import ZONE, at_midnight
from timekeeping.leave.models import Abwesenheit
from timekeeping.own.models import ZeitKorrektur, ZeitStempel
from timekeeping.own.pairing import Anwesend, Offen, corrected, paired, with_statutory_breaks
from timekeeping.own.plan import Plan, plans
from timekeeping.rules.clock import EPOCH, MINUTE
from timekeeping.selection import Auswahl, chosen

DAY = timedelta(days=1)
VERDECKT = "verdeckt"


@dataclass(frozen=True)
class EigeneZeile:
    """Wie eine Zeile einer Zeitdatei; id ist negativ, art verdeckt: eine Datei nennt dieselbe Zeit."""

    id: int
    art: str
    beschaeftigung_id: int
    lohnart: str
    von: date
    bis: date
    beginn: datetime | None = None
    ende: datetime | None = None
    menge: Decimal | None = None
    einheit: str | None = None
    zeile: int = 0
    datei_id: int = 0
    monat: bool = False
    betrag: int | None = None
    nachtrag: bool = False
    halb: bool = False


def presences(session: TenantSession, first: date, last: date,
              auswahl: Auswahl = None) -> tuple[list[Anwesend], list[Offen]]:
    """Anwesenheiten, die an einem Tag von first bis last beginnen, und offene Stempel; vier Abfragen."""
    stamps = _read(session, ZeitStempel, auswahl, ZeitStempel.zeitpunkt >= at_midnight(first - DAY),
                   ZeitStempel.zeitpunkt < at_midnight(last + 2 * DAY))
    fixes = _read(session, ZeitKorrektur, auswahl, ZeitKorrektur.zustand == "genehmigt",
                  ZeitKorrektur.tag >= first - DAY, ZeitKorrektur.tag <= last + DAY)
    jobs = sorted({*stamps, *fixes})
    rules: dict[int, Plan] = plans(session, first - DAY, last + DAY, jobs) if jobs else {}
    found: list[Anwesend] = []
    lone: list[Offen] = []
    for job in jobs:
        own, left = corrected(*paired(stamps.get(job, ())), fixes.get(job, ()))
        found += [one for one in _breaks(own, rules.get(job)) if first <= one.tag <= last]
        lone += [one for one in left if first <= one.zeitpunkt.astimezone(ZONE).date() <= last]
    return found, lone


def _breaks(own: Sequence[Anwesend], plan: Plan | None) -> list[Anwesend]:
    if plan is None:
        return list(own)
    statutory = [one for one in own if (rule := plan.regelung(one.tag)) and rule.pausen == "gesetzlich"]
    return sorted([*with_statutory_breaks(statutory), *(one for one in own if one not in statutory)],
                  key=lambda one: one.von)


def _read(session: TenantSession, model: type[Any], auswahl: Auswahl, *where: Any) -> dict[int, list[Any]]:
    statement = select(model).where(*where, *chosen(model.beschaeftigung_id, auswahl))
    found: dict[int, list[Any]] = {}
    for row in session.scalars(statement.order_by(model.beschaeftigung_id, model.id)):
        found.setdefault(row.beschaeftigung_id, []).append(row)
    return found


def own_rows(session: TenantSession, first: date, last: date, auswahl: Auswahl,
             booked: Iterable[Any]) -> list[EigeneZeile]:
    """Eigene Anwesenheiten und genehmigte Abwesenheiten; was eine Datei schon nennt, ist verdeckt."""
    taken: dict[int, list[tuple[datetime, datetime]]] = {}
    for row in booked:
        if row.art == "stempel" and row.beginn is not None:
            taken.setdefault(row.beschaeftigung_id, []).append((row.beginn, row.ende))
    found, _ = presences(session, first - DAY, last, auswahl)
    rows = [_stamp(-number, one, taken.get(one.beschaeftigung_id, ())) for number, one in enumerate(found, 1)]
    rows = [row for row in rows if row.bis >= first]
    statement = select(Abwesenheit).where(Abwesenheit.zustand == "genehmigt", Abwesenheit.von <= last,
                                          Abwesenheit.bis >= first, *chosen(Abwesenheit.beschaeftigung_id, auswahl))
    rows += [EigeneZeile(-(10**9) - one.id, "abwesenheit", one.beschaeftigung_id, one.art, one.von, one.bis,
                         halb=one.halb)
             for one in session.scalars(statement.order_by(Abwesenheit.id))]
    return rows


def _stamp(number: int, one: Anwesend, taken: Iterable[tuple[datetime, datetime]]) -> EigeneZeile:
    start, end = ((EPOCH + minute * MINUTE).astimezone(ZONE) for minute in (one.von, one.bis))
    covered = any(start < last and first < end for first, last in taken)
    return EigeneZeile(number, VERDECKT if covered else "stempel", one.beschaeftigung_id, ARBEITSZEIT, start.date(),
                       (end - MINUTE).date(), start, end, Decimal(one.arbeit * 60), "sekunden")
