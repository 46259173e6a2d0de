"""Vorgeschlagene Fehlzeiten übernehmen; solange einer offen ist, sagt es der Lauf."""

from __future__ import annotations

import calendar

from sqlalchemy import select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Fehlzeit
from payroll.masterdata.service import record_fact
from payroll.masterdata.slices import MonthFacts
from payroll.runs.findings import Befund
from tenants.db.session import TenantSession
from timekeeping.handover import proposals
from timekeeping.imports.problems import ImportFehler

MANUAL = ("elternzeit",)


def adopt(session: TenantSession, nummer: int, *, reason: str) -> Fehlzeit:
    """Macht aus einem Vorschlag eine Fehlzeit. Raises ImportFehler, wenn sie einer erfassten widerspräche."""
    one = proposals.proposal(session, nummer)
    if one.art in MANUAL:
        raise ImportFehler("Elternzeit braucht den Geburtstag des Kindes",
                           "bei der Person erfassen und den Vorschlag verwerfen")
    held = session.scalars(select(Fehlzeit.id).where(
        known(Fehlzeit, None), within(Fehlzeit, one.von, one.bis),
        Fehlzeit.beschaeftigung_id == one.beschaeftigung_id).limit(1)).first()
    if held is not None:
        raise ImportFehler(f"Für {one.personalnummer} ist vom {one.von:%d.%m.%Y} bis {one.bis:%d.%m.%Y} schon eine "
                           "Fehlzeit erfasst", "dort ändern und den Vorschlag verwerfen")
    row = record_fact(session, Fehlzeit, beschaeftigung_id=one.beschaeftigung_id, art=one.art, valid_from=one.von,
                      valid_to=one.bis, reason=f"{one.herkunft}: {reason}")
    proposals.decide(session, one, "uebernommen", reason=reason)
    return row


def undecided(session: TenantSession, facts: MonthFacts) -> list[Befund]:
    """Abwesenheiten aus Zeitdateien bis zum Ende des Monats, über die noch niemand entschieden hat."""
    last = facts.month.replace(day=calendar.monthrange(facts.month.year, facts.month.month)[1])
    return [Befund("warnung", "auffaellig", f"Personalnummer {one.personalnummer}", "fehlzeit",
                   f"{one.art.replace('_', ' ').capitalize()} vom {one.von:%d.%m.%Y} bis {one.bis:%d.%m.%Y} aus einer "
                   "Zeitdatei ist noch nicht entschieden",
                   "als Fehlzeit übernehmen oder verwerfen, dann neu rechnen", one.beschaeftigung_id)
            for one in proposals.open_proposals(session, last=last)]
