"""Profil eines Mandanten, zum Lesen: was über den Arbeitgeber bekannt ist."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.laender import LAENDER
from tenants.models.tenant import Tenant

KINDS = {"kreis": _("Kreis"), "stadt": _("Stadt"), "gemeinde": _("Gemeinde"), "zweckverband": _("Zweckverband")}
STATES = {"einrichtung": _("in Einrichtung"), "aktiv": _("aktiv"), "ausgeschieden": _("ausgeschieden")}


def profile(session: TenantSession) -> list[tuple[Any, Any]]:
    """Wort und Wert; was fehlt, steht als fehlend da, weil es in Meldungen und Bescheinigungen gebraucht wird."""
    found = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    missing = _("fehlt noch")
    place = " ".join(part for part in (found.plz, found.ort) if part)
    return [
        (_("Nummer"), found.number),
        (_("Art"), KINDS[found.kind]),
        (_("Zustand"), STATES[found.state]),
        (_("Anschrift"), ", ".join(part for part in (found.strasse, place) if part) or missing),
        (_("Telefon"), found.telefon or missing),
        (_("E-Mail"), found.email or missing),
        (_("Bundesland"), LAENDER.get(found.bundesland, found.bundesland)),
        (_("Betriebsnummer"), found.betriebsnummer or missing),
        (_("Finanzamt"), found.finanzamt or missing),
        (_("Steuernummer"), found.steuernummer or missing),
    ]
