"""Ob die Vorträge bis zum Produktivstart reichen: parallel gerechnete Monate zählen hier nicht in die Jahressummen.

Sie werden nie abgeschlossen. Der Vortrag des Startjahres muss sie deshalb enthalten, sonst sind Beitragsgrenzen, Steuer
auf Einmalzahlungen und Jahresmeldungen falsch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Vortragswerte
from payroll.masterdata.sv_tage import insured_days
from tenants.db.session import TenantSession

OHNE_BEITRAG = ("beamte", "hinterbliebene")


@dataclass(frozen=True)
class Luecke:
    """Personalnummer mit den SV-Tagen ihres Vortrags und denen, die bis zum Start ohne Fehlzeit vergangen sind."""

    personalnummer: str
    tage: int
    erwartet: int


def gaps(session: TenantSession, start: date) -> list[Luecke]:
    """Wer am Start beschäftigt ist und weniger SV-Tage vorträgt, als seit Jahresbeginn oder Eintritt vergangen sind.

    Ein Hinweis, kein Fehler: eine Fehlzeit ohne Entgelt mindert die Tage zu Recht. Zwei Abfragen.
    """
    year, before = start.replace(month=1, day=1), start - timedelta(days=1)
    carried = {row.beschaeftigung_id: int(row.tage) for row in session.execute(
        select(Vortragswerte.beschaeftigung_id, func.sum(Vortragswerte.sv_tage).label("tage"))
        .where(known(Vortragswerte, None), Vortragswerte.jahr == start.year, Vortragswerte.herkunft == "vorsystem",
               Vortragswerte.valid_from <= date(start.year, 12, 31),
               func.coalesce(Vortragswerte.valid_to, date.max) >= date(start.year, 12, 31))
        .group_by(Vortragswerte.beschaeftigung_id))}
    rows = session.execute(
        select(Beschaeftigung.id, Beschaeftigung.personalnummer, BeschaeftigungAngaben.eintritt)
        .join(BeschaeftigungAngaben, (BeschaeftigungAngaben.tenant_id == Beschaeftigung.tenant_id)
              & (BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id))
        .where(known(BeschaeftigungAngaben, None), BeschaeftigungAngaben.art.not_in(OHNE_BEITRAG),
               BeschaeftigungAngaben.valid_from <= start,
               func.coalesce(BeschaeftigungAngaben.valid_to, date.max) >= start,
               func.coalesce(BeschaeftigungAngaben.austritt, date.max) >= start)
        .order_by(Beschaeftigung.personalnummer))
    found = [Luecke(row.personalnummer, carried.get(row.id, 0), insured_days(max(row.eintritt, year), before))
             for row in rows]
    return [one for one in found if one.tage < one.erwartet]
