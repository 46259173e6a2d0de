"""Auf Organisationseinheiten beschränkt: was jemand sieht, dessen Mandat nur für sie gilt.

Eine Einheit umfasst alles, was ihr am Tag untersteht. Ohne Einheit ist nichts zu sehen.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from staffplan.models import Organisationseinheit, OrganisationseinheitStand, StelleBesetzung, StelleStand
from staffplan.state import Stand
from tenants.db.clocks import known, within
from tenants.db.session import TenantSession

Units = Collection[uuid.UUID]


def below(session: TenantSession, units: Units, first: date, last: date) -> set[int]:
    """Nummern (im Bestand) dieser Einheiten und aller, die ihnen im Zeitraum unterstehen."""
    if not units:
        return set()
    children: dict[int, set[int]] = defaultdict(set)
    for row in session.execute(select(OrganisationseinheitStand.einheit_id, OrganisationseinheitStand.uebergeordnet_id)
                               .where(known(OrganisationseinheitStand, None),
                                      within(OrganisationseinheitStand, first, last))):
        if row.uebergeordnet_id is not None:
            children[row.uebergeordnet_id].add(row.einheit_id)
    found: set[int] = set()
    open_ones = set(session.scalars(select(Organisationseinheit.id).where(
        Organisationseinheit.public_id.in_(list(units)))))
    while open_ones:
        found |= open_ones
        open_ones = set().union(*(children[one] for one in open_ones)) - found
    return found


def public_id(session: TenantSession, number: str) -> uuid.UUID | None:
    """Kennung der Einheit mit dieser Nummer."""
    return session.scalars(select(Organisationseinheit.public_id).where(
        Organisationseinheit.nummer == number)).one_or_none()


def limited(session: TenantSession, held: Stand, units: Units | None) -> Stand:
    """Der Stand, beschränkt auf diese Einheiten (None: unbeschränkt); Produkte und Kostenstellen nennen nur Namen."""
    if units is None:
        return held
    inside = below(session, units, held.tag, held.tag)
    numbers = set(session.scalars(select(Organisationseinheit.nummer).where(Organisationseinheit.id.in_(inside))))
    kept = {nummer: one if one.uebergeordnet in numbers else replace(one, uebergeordnet=None)
            for nummer, one in held.einheiten.items() if nummer in numbers}
    return replace(held, einheiten=kept,
                   stellen={nummer: one for nummer, one in held.stellen.items() if one.einheit in numbers})


def people(session: TenantSession, units: Units, first: date, last: date) -> set[str]:
    """Personalnummern, die im Zeitraum auf einer Stelle dieser Einheiten sitzen."""
    inside = below(session, units, first, last)
    posts = select(StelleStand.stelle_id).where(
        known(StelleStand, None), within(StelleStand, first, last), StelleStand.einheit_id.in_(inside))
    return set(session.scalars(select(StelleBesetzung.personalnummer).where(
        known(StelleBesetzung, None), within(StelleBesetzung, first, last), StelleBesetzung.stelle_id.in_(posts))))
