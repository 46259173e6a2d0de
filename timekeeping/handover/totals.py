"""Mengen eines Zeitmonats über alle Personen, in Portionen gelesen: der Speicher wächst nicht mit der Zahl."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, cast, extract, func, select

from tenants.collector import collector_paused
from tenants.db.bulk import read_columns
from tenants.db.session import TenantSession
from timekeeping.handover.booked_rows import booked_between
from timekeeping.handover.kinds import MINUTEN
from timekeeping.handover.quantities import HOLIDAY, Lage, Menge, Offen, not_priced, quantities
from timekeeping.handover.stamp_sums import Stempel, from_rows, premium_minutes
from timekeeping.imports.judging import Bestand
from timekeeping.imports.keys import ARBEITSZEIT
from timekeeping.imports.moments import at_midnight
from timekeeping.models import ZeitZeile
from timekeeping.own.extra import extra_quantities, on_order_or_in_shifts
from timekeeping.own.models import ZeitKorrektur, ZeitStempel
from timekeeping.rules.months import month_end
from timekeeping.selection import Auswahl, Bereich, chosen, portions

Key = tuple[int, int, int]  # employment, wage type, relief
RIM = timedelta(days=14)  # weeks at the edge of a month count for overtime
STAMPS = ("id", "beschaeftigung_id", "lohnart")


def totals(session: TenantSession, bestand: Bestand, month: date, *,
           feiertag: str | None) -> tuple[dict[Key, tuple[str, Decimal]], list[Offen]]:
    """Einheit und Menge je Beschäftigung, Lohnart und Begünstigung nach dem, was gebucht ist; dazu offene Zeilen."""
    lage = Lage(bestand.schicht, feiertag, bestand.umfang)
    sums: dict[Key, tuple[str, Decimal]] = {}
    left: list[Offen] = []
    for portion in portions(one.id for one in bestand.personen.values()):
        with collector_paused():
            found, more = _portion(session, month, portion, lage)
        sums.update(found)
        left += more
    return sums, left


def _portion(session: TenantSession, month: date, portion: Bereich,
             lage: Lage) -> tuple[dict[Key, tuple[str, Decimal]], list[Offen]]:
    last = month_end(month)
    single = _single(session, month, last, portion)
    rows = booked_between(session, month - RIM, last + RIM, single) if single else []
    mine = [row for row in rows if row.von <= last and row.bis >= month]
    work = [row for row in mine if row.art == "stempel" and row.lohnart == ARBEITSZEIT]
    given = [row for row in mine if not (row.art == "stempel" and row.lohnart == ARBEITSZEIT)]
    found, left = quantities([*given, *_amounts(session, month, last, portion, single)], month, lage)
    found += extra_quantities(session, rows, month, last, lage, portion)
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    units: dict[Key, str] = {}
    for one in found:
        _add(sums, units, one)
    for stamps, strange in ((from_rows(work), []), _stamps(session, month, last, portion, single)):
        left += strange
        minutes, undecided = premium_minutes(stamps, month, lage)
        for key, count in minutes.items():
            sums[key] += count
            units[key] = MINUTEN
        left += [Offen(int(stamps.zeile[at]), int(stamps.beschaeftigung[at]), HOLIDAY, feiertag=True)
                 for at in undecided.tolist()]
    return {key: (units[key], total) for key, total in sums.items() if total}, left


def _add(sums: dict[Key, Decimal], units: dict[Key, str], one: Menge) -> None:
    key = (one.beschaeftigung_id, one.lohnart, one.klasse)
    sums[key] += one.menge
    units[key] = one.einheit


def _single(session: TenantSession, month: date, last: date, portion: Bereich) -> set[int]:
    """Wer eigene Stempel, Aufträge oder nicht ständige Schichtarbeit hat: dessen Zeilen gelten auch einzeln."""
    begin, end = at_midnight(month - RIM), at_midnight(last + RIM)
    stamped = select(ZeitStempel.beschaeftigung_id).where(
        ZeitStempel.zeitpunkt >= begin, ZeitStempel.zeitpunkt < end, *chosen(ZeitStempel.beschaeftigung_id, portion))
    fixed = select(ZeitKorrektur.beschaeftigung_id).where(
        ZeitKorrektur.tag >= month - RIM, ZeitKorrektur.tag <= last + RIM,
        *chosen(ZeitKorrektur.beschaeftigung_id, portion))
    found = {job for statement in (stamped, fixed) for job in session.scalars(statement.distinct())}
    return found | on_order_or_in_shifts(session, month, last, portion)


def _amounts(session: TenantSession, month: date, last: date, portion: Bereich, single: Iterable[int]) -> list[Any]:
    """Gebuchte Mengen und Beträge derer, deren Zeilen sonst nicht einzeln gelesen sind."""
    names = ("id", "art", "beschaeftigung_id", "lohnart", "von", "monat", "einheit", "menge", "betrag")
    return list(session.execute(
        select(*(getattr(ZeitZeile, name) for name in names))
        .where(ZeitZeile.art == "menge", *_booked(month, last, portion, single)).order_by(ZeitZeile.id)).all())


def _stamps(session: TenantSession, month: date, last: date, portion: Bereich,
            single: Iterable[int]) -> tuple[Stempel, list[Offen]]:
    """Gebuchte Anwesenheiten in Spalten; was auf etwas anderes als Arbeitszeit gestempelt ist, bleibt offen."""
    minutes = [cast(func.floor(extract("epoch", column) / 60), BigInteger).label(name)
               for name, column in (("von", ZeitZeile.beginn), ("bis", ZeitZeile.ende))]
    held = read_columns(session, select(*(getattr(ZeitZeile, name) for name in STAMPS), *minutes,
                                        cast(func.floor(ZeitZeile.menge / 60), BigInteger).label("arbeit"))
                        .where(ZeitZeile.art == "stempel", *_booked(month, last, portion, single))
                        .order_by(ZeitZeile.beschaeftigung_id, ZeitZeile.id))
    work = np.array([lohnart == ARBEITSZEIT for lohnart in held["lohnart"]], dtype=bool)
    columns = (np.array(held[name], dtype=np.int64)[work]
               for name in ("beschaeftigung_id", "id", "von", "bis", "arbeit"))
    strange = [not_priced(held["id"][at], held["beschaeftigung_id"][at], held["lohnart"][at])
               for at in np.flatnonzero(~work).tolist()]
    return Stempel(*columns), strange


def _booked(month: date, last: date, portion: Auswahl, single: Iterable[int]) -> list[Any]:
    others = [ZeitZeile.beschaeftigung_id.not_in(sorted(single))] if single else []
    return [ZeitZeile.gebucht, ZeitZeile.von <= last, ZeitZeile.bis >= month,
            *chosen(ZeitZeile.beschaeftigung_id, portion), *others]
