"""Welche Stellen eine Person hält, hielt und halten wird."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from staffplan.models import OrganisationseinheitStand, Stelle, StelleBesetzung, StelleStand
from staffplan.reading import occupation
from staffplan.state import Besetzung
from tenants.db.clocks import known
from tenants.db.session import TenantSession


@dataclass(frozen=True)
class Platz:
    """Eine Besetzung mit der Bezeichnung und der Einheit ihrer Stelle nach jüngstem Stand."""

    kennung: uuid.UUID
    bezeichnung: str
    einheit: str
    besetzung: Besetzung


def places_of(session: TenantSession, personalnummern: Collection[str]) -> list[Platz]:
    """Alle heute bekannten Besetzungen unter diesen Personalnummern, die jüngste zuerst; zwei Abfragen."""
    held = session.execute(
        select(StelleBesetzung, Stelle.nummer, Stelle.public_id)
        .join(Stelle, (Stelle.tenant_id == StelleBesetzung.tenant_id) & (Stelle.id == StelleBesetzung.stelle_id))
        .where(known(StelleBesetzung, None), StelleBesetzung.personalnummer.in_(sorted(personalnummern)))
        .order_by(StelleBesetzung.valid_from.desc(), StelleBesetzung.id.desc())).all()
    unit = OrganisationseinheitStand
    words = {row.stelle_id: row for row in session.execute(
        select(StelleStand.stelle_id, StelleStand.bezeichnung, unit.name)
        .join(unit, (unit.tenant_id == StelleStand.tenant_id) & (unit.einheit_id == StelleStand.einheit_id))
        .where(known(StelleStand, None), known(unit, None),
               StelleStand.stelle_id.in_(sorted({row[0].stelle_id for row in held})))
        .order_by(StelleStand.valid_from, unit.valid_from))}
    return [Platz(row.public_id, words[row[0].stelle_id].bezeichnung, words[row[0].stelle_id].name,
                  occupation(row.nummer, row[0])) for row in held if row[0].stelle_id in words]
