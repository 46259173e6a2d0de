"""Vorgeschlagene Fehlzeiten übernehmen; solange einer offen ist, sagt es der Lauf."""

from __future__ import annotations

import calendar
from datetime import date

from sqlalchemy import select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import BeschaeftigungAngaben, Fehlzeit
from payroll.masterdata.service import FactError, clear_fact, record_fact
from payroll.masterdata.slices import MonthFacts
from payroll.runs.findings import Befund
from tenants.db.session import TenantSession
from timekeeping.handover import proposals
from timekeeping.imports.problems import ImportFehler

MANUAL, LEAVE = ("elternzeit",), "urlaub"
WITH_AVERAGE = ("tarif", "auszubildende", "minijob")  # not civil servants, not survivors


def adopt(session: TenantSession, nummer: int, *, reason: str) -> Fehlzeit:
    """Macht aus einem Vorschlag eine Fehlzeit. Raises ImportFehler, wenn sie einer erfassten widerspräche; Urlaub
    weicht ihr."""
    one = proposals.proposal(session, nummer)
    if one.art in MANUAL:
        raise ImportFehler("Elternzeit braucht den Geburtstag des Kindes",
                           "bei der Person erfassen und den Vorschlag verwerfen")
    held = session.scalars(select(Fehlzeit.id).where(
        known(Fehlzeit, None), within(Fehlzeit, one.von, one.bis),
        Fehlzeit.beschaeftigung_id == one.beschaeftigung_id, Fehlzeit.art != LEAVE).limit(1)).first()
    if held is not None:
        raise ImportFehler(f"Für {one.personalnummer} ist vom {one.von:%d.%m.%Y} bis {one.bis:%d.%m.%Y} schon eine "
                           "Fehlzeit erfasst", "dort ändern und den Vorschlag verwerfen")
    row = record_fact(session, Fehlzeit, beschaeftigung_id=one.beschaeftigung_id, art=one.art, valid_from=one.von,
                      valid_to=one.bis, reason=f"{one.herkunft}: {reason}")
    proposals.decide(session, one, "uebernommen", reason=reason)
    return row


def enter(session: TenantSession, beschaeftigung_id: int, art: str, von: date, bis: date, *, kind: date | None,
          reason: str) -> None:
    """Macht aus einer genehmigten Abwesenheit eine Fehlzeit. Raises ImportFehler bei Widerspruch zu einer erfassten;
    Urlaub weicht ihr."""
    held = session.scalars(select(Fehlzeit.id).where(
        known(Fehlzeit, None), within(Fehlzeit, von, bis), Fehlzeit.beschaeftigung_id == beschaeftigung_id,
        Fehlzeit.art != LEAVE)).first()
    if held is not None:
        raise ImportFehler(f"Vom {von:%d.%m.%Y} bis {bis:%d.%m.%Y} ist schon eine Fehlzeit erfasst",
                           "bei der Person ändern oder den Zeitraum kürzen")
    try:
        record_fact(session, Fehlzeit, beschaeftigung_id=beschaeftigung_id, art=art, valid_from=von, valid_to=bis,
                    reason=reason, **({"kind_geboren_am": kind} if art == "elternzeit" else {}))
    except FactError as error:
        raise ImportFehler(str(error).rstrip("."), "Angaben prüfen") from error


def enter_leave(session: TenantSession, beschaeftigung_id: int, von: date, bis: date, *, reason: str) -> bool:
    """Macht aus genehmigtem Urlaub eine Fehlzeit, wenn ihm ein Tagesdurchschnitt zustehen kann (§ 21 TVöD).

    Ob unständige Bezüge gezahlt wurden, sagt erst der Lauf: Urlaub wird oft genehmigt, bevor es sie gibt. Gibt zurück,
    ob die Fehlzeit erfasst ist; wo schon eine gilt, bleibt es bei ihr.
    """
    paid = select(BeschaeftigungAngaben.id).where(
        known(BeschaeftigungAngaben, None), within(BeschaeftigungAngaben, von, bis),
        BeschaeftigungAngaben.beschaeftigung_id == beschaeftigung_id, BeschaeftigungAngaben.art.in_(WITH_AVERAGE))
    held = select(Fehlzeit.id).where(known(Fehlzeit, None), within(Fehlzeit, von, bis),
                                     Fehlzeit.beschaeftigung_id == beschaeftigung_id)
    if session.scalars(paid.limit(1)).first() is None or session.scalars(held.limit(1)).first() is not None:
        return False
    record_fact(session, Fehlzeit, beschaeftigung_id=beschaeftigung_id, art=LEAVE, valid_from=von, valid_to=bis,
                reason=reason)
    return True


def take_back(session: TenantSession, beschaeftigung_id: int, art: str, von: date, bis: date, *, reason: str) -> None:
    """Nimmt die Fehlzeit einer stornierten Abwesenheit zurück; abgeschlossene Monate rechnet der nächste Lauf nach.

    Was darin von anderer Art erfasst ist (Krankheit im Urlaub), bleibt stehen.
    """
    own = session.scalars(select(Fehlzeit).where(
        known(Fehlzeit, None), within(Fehlzeit, von, bis), Fehlzeit.beschaeftigung_id == beschaeftigung_id,
        Fehlzeit.art == art)).all()
    for first, last in [(max(row.valid_from, von), min(row.valid_to or bis, bis)) for row in own]:
        clear_fact(session, Fehlzeit, first=first, last=last, reason=reason, beschaeftigung_id=beschaeftigung_id)


def undecided(session: TenantSession, facts: MonthFacts) -> list[Befund]:
    """Abwesenheiten aus Zeitdateien bis zum Ende des Monats, über die noch niemand entschieden hat."""
    last = facts.month.replace(day=calendar.monthrange(facts.month.year, facts.month.month)[1])
    return [Befund("warnung", "auffaellig", f"Personalnummer {one.personalnummer}", "fehlzeit",
                   f"{one.art.replace('_', ' ').capitalize()} vom {one.von:%d.%m.%Y} bis {one.bis:%d.%m.%Y} aus einer "
                   "Zeitdatei ist noch nicht entschieden",
                   "als Fehlzeit übernehmen oder verwerfen, dann neu rechnen", one.beschaeftigung_id)
            for one in proposals.open_proposals(session, last=last)]
