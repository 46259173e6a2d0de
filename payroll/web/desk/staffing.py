"""Was der Schreibtisch dem Stellenplan dazugibt: die Namen der Personen zu ihren Personalnummern."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, PersonAngaben
from tenants.db.session import TenantSession


def names(session: TenantSession) -> Mapping[str, str]:
    """Name je Personalnummer, nach der jüngsten bekannten Angabe; eine Abfrage."""
    rows = session.execute(
        select(Beschaeftigung.personalnummer, PersonAngaben.nachname, PersonAngaben.vorname)
        .join(PersonAngaben, (PersonAngaben.tenant_id == Beschaeftigung.tenant_id)
              & (PersonAngaben.person_id == Beschaeftigung.person_id))
        .where(known(PersonAngaben, None)).order_by(PersonAngaben.valid_from, PersonAngaben.id)
    )
    return {row.personalnummer: f"{row.nachname}, {row.vorname}" for row in rows}
