"""Vorgeschlagene Fehlzeiten übernehmen; solange einer offen ist, sagt es der Lauf."""

from __future__ import annotations

import calendar
from datetime import date

from sqlalchemy import String, and_, cast, select

from payroll.law.rules.entgelt.laufzeit import monatserster, plus_monate
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Fehlzeit, Lohnart, LohnartStand
from payroll.masterdata.service import FactError, clear_fact, record_fact
from payroll.masterdata.slices import MonthFacts
from payroll.runs.findings import Befund
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from tenants.db.session import TenantSession
from timekeeping.handover import proposals
from timekeeping.imports.problems import ImportFehler

MANUAL, LEAVE = ("elternzeit",), "urlaub"


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
    """Macht aus genehmigtem Urlaub eine Fehlzeit, wenn er einen Tagesdurchschnitt ergeben kann (§ 21 TVöD).

    Das kann er, wenn in den letzten zwölf Monaten unständige Bezüge gezahlt wurden. Gibt zurück, ob sie erfasst ist; wo
    schon eine Fehlzeit gilt, bleibt es bei ihr.
    """
    stand = and_(LohnartStand.lohnart_id == Lohnart.id, known(LohnartStand, None), within(LohnartStand, von, von),
                 LohnartStand.durchschnitt == "durchschnitt")
    unsteady = select(Ergebnis.id).join(Lauf, Lauf.id == Ergebnis.lauf_id).join(
        Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id).where(
            Ergebnis.beschaeftigung_id == beschaeftigung_id, Lauf.zustand == "abgeschlossen",
            Ergebnis.monat >= plus_monate(monatserster(von), -12), Ergebniszeile.bereich == "bezug",
            Ergebniszeile.lohnart.in_(select(cast(Lohnart.nummer, String)).join(LohnartStand, stand)))
    held = select(Fehlzeit.id).where(known(Fehlzeit, None), within(Fehlzeit, von, bis),
                                     Fehlzeit.beschaeftigung_id == beschaeftigung_id)
    if session.scalars(unsteady.limit(1)).first() is None or session.scalars(held.limit(1)).first() is not None:
        return False
    record_fact(session, Fehlzeit, beschaeftigung_id=beschaeftigung_id, art=LEAVE, valid_from=von, valid_to=bis,
                reason=reason)
    return True


def take_back(session: TenantSession, beschaeftigung_id: int, art: str, von: date, bis: date, *, reason: str) -> None:
    """Nimmt die Fehlzeit einer stornierten Abwesenheit zurück; abgeschlossene Monate rechnet der nächste Lauf nach."""
    held = session.scalars(select(Fehlzeit.art).where(
        known(Fehlzeit, None), within(Fehlzeit, von, bis), Fehlzeit.beschaeftigung_id == beschaeftigung_id)).all()
    if held and set(held) == {art}:
        clear_fact(session, Fehlzeit, first=von, last=bis, reason=reason, beschaeftigung_id=beschaeftigung_id)


def undecided(session: TenantSession, facts: MonthFacts) -> list[Befund]:
    """Abwesenheiten aus Zeitdateien bis zum Ende des Monats, über die noch niemand entschieden hat."""
    last = facts.month.replace(day=calendar.monthrange(facts.month.year, facts.month.month)[1])
    return [Befund("warnung", "auffaellig", f"Personalnummer {one.personalnummer}", "fehlzeit",
                   f"{one.art.replace('_', ' ').capitalize()} vom {one.von:%d.%m.%Y} bis {one.bis:%d.%m.%Y} aus einer "
                   "Zeitdatei ist noch nicht entschieden",
                   "als Fehlzeit übernehmen oder verwerfen, dann neu rechnen", one.beschaeftigung_id)
            for one in proposals.open_proposals(session, last=last)]
