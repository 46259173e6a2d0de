"""Was die Seiten über Zeitdateien zeigen: Liste, offene Schlüssel und Personen, Zeitmonate; feste Zahl von Abfragen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from tenants.db.session import TenantSession
from timekeeping.handover.models import ZeitMonat
from timekeeping.imports.profile import Profil
from timekeeping.imports.rows import ABGELEHNT, STAENDE, ZURUECKGESTELLT
from timekeeping.models import ZeitDatei, ZeitZeile


@dataclass(frozen=True)
class Zeile:
    """Eine Datei in der Liste; anzahl je Stand, von und bis über alle ihre Zeilen."""

    datei: ZeitDatei
    anzahl: dict[str, int]
    von: date | None
    bis: date | None


@dataclass(frozen=True)
class Monat:
    """Ein Zeitmonat mit gebuchten Zeilen; abschluss ist None, solange er offen ist."""

    monat: date
    zeilen: int
    personen: int
    abschluss: ZeitMonat | None


def files(session: TenantSession) -> list[Zeile]:
    """Alle Dateien, die jüngste zuerst; zwei Abfragen."""
    counted: dict[int, dict[str, int]] = {}
    spans: dict[int, tuple[Any, Any]] = {}
    for row in session.execute(
            select(ZeitZeile.datei_id, ZeitZeile.stand, func.count(), func.min(ZeitZeile.von), func.max(ZeitZeile.bis))
            .group_by(ZeitZeile.datei_id, ZeitZeile.stand)):
        number, stand, count, first, last = row
        counted.setdefault(number, dict.fromkeys(STAENDE, 0))[stand] = count
        before = spans.get(number, (None, None))
        spans[number] = (min(filter(None, (before[0], first)), default=None),
                         max(filter(None, (before[1], last)), default=None))
    held = session.scalars(select(ZeitDatei).order_by(ZeitDatei.id.desc())).all()
    return [Zeile(one, counted.get(one.id, dict.fromkeys(STAENDE, 0)), *spans.get(one.id, (None, None)))
            for one in held]


def months(session: TenantSession, only: Collection[int] | None = None) -> list[Monat]:
    """Monate mit gebuchten Zeilen oder Abschluss, der jüngste zuerst; zwei Abfragen. only: diese Beschäftigungen."""
    start = func.date_trunc("month", ZeitZeile.von)
    counted = {row[0].date(): row for row in session.execute(
        select(start, func.count(), func.count(func.distinct(ZeitZeile.beschaeftigung_id)))
        .where(ZeitZeile.gebucht, *(() if only is None else (ZeitZeile.beschaeftigung_id.in_(only),)))
        .group_by(start))}
    closed = {row.monat: row for row in session.scalars(select(ZeitMonat))}
    return [Monat(month, *(counted[month][1:] if month in counted else (0, 0)), closed.get(month))
            for month in sorted({*counted, *closed}, reverse=True)]


def unmapped(session: TenantSession, profil: Profil) -> tuple[list[str], list[str]]:
    """Schlüssel und Personalnummern wartender Dateien dieses Profils, die noch nirgends hinführen."""
    where = (ZeitDatei.profil == profil.name, ZeitDatei.zustand == "vorgelegt",
             ZeitZeile.stand.in_((ZURUECKGESTELLT, ABGELEHNT)))
    join = (ZeitDatei.tenant_id == ZeitZeile.tenant_id) & (ZeitDatei.id == ZeitZeile.datei_id)
    known = {one.fremd for one in profil.schluessel}
    keys = session.scalars(select(ZeitZeile.schluessel).join(ZeitDatei, join)
                           .where(*where, ZeitZeile.lohnart.is_(None)).distinct())
    people = session.scalars(select(ZeitZeile.personalnummer).join(ZeitDatei, join)
                             .where(*where, ZeitZeile.beschaeftigung_id.is_(None)).distinct())
    return (sorted(key for key in keys if key and key not in known),
            sorted(number for number in people if number and number not in profil.personen))


def waiting(session: TenantSession, profil: str) -> Sequence[ZeitDatei]:
    """Dateien dieses Profils, die auf ihre Freigabe warten."""
    return session.scalars(select(ZeitDatei).where(ZeitDatei.profil == profil, ZeitDatei.zustand == "vorgelegt")
                           .order_by(ZeitDatei.id)).all()
