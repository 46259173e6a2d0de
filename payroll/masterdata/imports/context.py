"""Was der Mandant schon hat: seine Nummer, Lohnarten, Kassen."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from sqlalchemy import select

from payroll.masterdata import catalogue
from payroll.masterdata.catalogue import Ids
from payroll.masterdata.models import Krankenkasse
from payroll.masterdata.wage_effects import Effects, load_effects
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models.tenant import Tenant


@dataclass(frozen=True)
class Context:
    """Nachschlagewerte für das Einlesen."""

    mandant: str
    ids: Ids
    kassen: dict[str, int]
    lohnarten: Effects

    def krankenkasse(self, text: str) -> int | None:
        """Nummer einer Krankenkasse nach Kürzel, Name oder Betriebsnummer."""
        return self.kassen.get(text.casefold())

    def aehnliche_kasse(self, text: str) -> str | None:
        """Das ähnlichste Kürzel oder der ähnlichste Name."""
        near = difflib.get_close_matches(text.casefold(), self.kassen, 1, 0.7)
        return near[0] if near else None


def load_context(session: TenantSession) -> Context:
    """Liest die Nachschlagewerte mit sechs Abfragen."""
    funds = session.execute(
        select(Krankenkasse.id, Krankenkasse.kuerzel, Krankenkasse.name, Krankenkasse.betriebsnummer)
    ).all()
    names: dict[str, int] = {}
    for number, *texts in sorted(funds, key=lambda row: row.id):
        for text in texts:
            if text:
                names.setdefault(text.casefold(), number)
    mandant = session.scalars(select(Tenant.number).where(Tenant.id == guard.tenant_of(session))).one()
    return Context(mandant, catalogue.ids(session), names, load_effects(session))
