"""Zurücknehmen, was zu einem falschen Monat gelesen ist: es zählt nicht mehr, bleibt aber mit dem Grund stehen."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from payroll.runs.errors import RunRefused
from payroll.runs.models import Lauf
from payroll.runs.parallel import gate
from payroll.runs.parallel.comparing import version
from payroll.runs.parallel.models import Vergleichsruecknahme
from tenants import audit
from tenants.db.session import TenantSession


def take_back(session: TenantSession, month: date, reason: str) -> Vergleichsruecknahme:
    """Nimmt alle bisher gelesenen Fassungen eines Monats zurück; danach lässt er sich neu einlesen.

    Raises RunRefused ohne Grund, ohne Ergebnisse und sobald eine Seite den Produktivstart freigegeben hat: sie hat
    gesehen, was verglichen war.
    """
    if not reason.strip():
        raise RunRefused("Zur Rücknahme einen Grund angeben: warum gehören die Ergebnisse nicht zu diesem Monat?")
    start = gate.current(session, lock=True)
    if start is not None and (start.kreis_von or start.arbeitgeber_von):
        raise RunRefused("Der Produktivstart ist freigegeben; was dafür verglichen wurde, bleibt, wie es ist.")
    if session.scalars(select(Lauf.id).where(Lauf.zustand == "abgeschlossen").limit(1)).first() is not None:
        raise RunRefused("Dieser Arbeitgeber wird schon bezahlt: ein Monat ist abgeschlossen.")
    current = version(session, month)
    if current is None:
        raise RunRefused(f"Zu {month:%m/%Y} sind keine Ergebnisse des alten Verfahrens gelesen.")
    row = Vergleichsruecknahme(monat=month, fassung=current, grund=reason.strip(), von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    audit.record(session, "parallellauf.zurueckgenommen", f"monat:{month:%Y-%m}", {"fassung": current}, reason.strip())
    return row


def taken_back(session: TenantSession) -> list[Vergleichsruecknahme]:
    """Alle Rücknahmen, die jüngste zuerst."""
    return list(session.scalars(select(Vergleichsruecknahme).order_by(Vergleichsruecknahme.id.desc())))
