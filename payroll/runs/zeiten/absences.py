"""Fehlzeiten aus Zeitdateien und eigenen Zeiten: vorgeschlagene übernehmen, genehmigte erfassen und zurücknehmen.

Solange ein Vorschlag offen ist, sagt es der Lauf.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select

from payroll.masterdata.arbeitstage import arbeitstage
from payroll.masterdata.clocks import as_of, known, within
from payroll.masterdata.models import Anlasszahlung, BeschaeftigungAngaben, Bezuegezuordnung, Fehlzeit
from payroll.masterdata.models.tarif import UMWANDLUNGSTAG
from payroll.masterdata.service import FactError, clear_fact, record_fact
from payroll.masterdata.slices import MonthFacts
from payroll.runs.findings import Befund
from tenants.db.session import TenantSession
from timekeeping.handover import proposals
from timekeeping.handover.proposals import Vorschlag
from timekeeping.imports.problems import ImportFehler
from timekeeping.leave.days import is_working_day
from timekeeping.leave.models import Abwesenheit
from timekeeping.leave.service import URLAUB
from timekeeping.own.plan import Plan, plans
from timekeeping.rules.clock import each_day

MANUAL, LEAVE = ("elternzeit",), "urlaub"
DECIDE = "als Fehlzeit übernehmen oder verwerfen, dann neu rechnen"
WITH_AVERAGE = ("tarif", "auszubildende", "minijob")  # not civil servants, not survivors
SUE, DAY = "TVoeD-SuE", timedelta(days=1)


def adopt(session: TenantSession, nummern: Collection[int], *, reason: str) -> int:
    """Macht aus Vorschlägen Fehlzeiten, aus Umwandlungstagen den Anlass, der die SuE-Zulage kürzt: alle oder keinen.

    Gibt ihre Zahl. Raises ImportFehler, wenn eine einer erfassten widerspräche; Urlaub weicht ihr.
    """
    found = proposals.chosen(session, nummern)
    with session.begin_nested():
        # Sickness first: leave fills what it leaves free.
        for one in sorted(found, key=lambda one: one.art == LEAVE):
            _adopt(session, one, reason)
        proposals.decide(session, found, "uebernommen", reason=reason)
    return len(found)


def _adopt(session: TenantSession, one: Vorschlag, reason: str) -> None:
    if one.art in MANUAL:
        raise ImportFehler("Elternzeit braucht den Geburtstag des Kindes",
                           "bei der Person erfassen und den Vorschlag verwerfen")
    why = f"{one.herkunft}: {reason}"
    match one.art:
        case proposals.UMWANDLUNG:
            enter_conversion(session, one.beschaeftigung_id, one.von, one.bis, reason=why)
        case proposals.URLAUB:
            enter_leave(session, one.beschaeftigung_id, one.von, one.bis, reason=why)
        case _:
            held = session.scalars(select(Fehlzeit.id).where(
                known(Fehlzeit, None), within(Fehlzeit, one.von, one.bis),
                Fehlzeit.beschaeftigung_id == one.beschaeftigung_id, Fehlzeit.art != LEAVE).limit(1)).first()
            if held is not None:
                raise ImportFehler(f"Für {one.personalnummer} ist vom {one.von:%d.%m.%Y} bis {one.bis:%d.%m.%Y} schon "
                                   "eine Fehlzeit erfasst", "dort ändern und den Vorschlag verwerfen")
            record_fact(session, Fehlzeit, beschaeftigung_id=one.beschaeftigung_id, art=one.art, valid_from=one.von,
                        valid_to=one.bis, reason=why)


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
    ob die Fehlzeit erfasst ist; wo schon eine andere gilt, bleibt es bei ihr.
    """
    paid = select(BeschaeftigungAngaben.id).where(
        known(BeschaeftigungAngaben, None), within(BeschaeftigungAngaben, von, bis),
        BeschaeftigungAngaben.beschaeftigung_id == beschaeftigung_id, BeschaeftigungAngaben.art.in_(WITH_AVERAGE))
    if session.scalars(paid.limit(1)).first() is None:
        return False
    free = list(_free(session, beschaeftigung_id, von, bis))
    for first, last in free:
        record_fact(session, Fehlzeit, beschaeftigung_id=beschaeftigung_id, art=LEAVE, valid_from=first, valid_to=last,
                    reason=reason)
    return bool(free)


def _free(session: TenantSession, beschaeftigung_id: int, von: date, bis: date) -> Iterator[tuple[date, date]]:
    """Die Teile des Zeitraums, in denen keine Fehlzeit anderer Art gilt."""
    for row in session.scalars(select(Fehlzeit).where(
            known(Fehlzeit, None), within(Fehlzeit, von, bis), Fehlzeit.beschaeftigung_id == beschaeftigung_id,
            Fehlzeit.art != LEAVE).order_by(Fehlzeit.valid_from)).all():
        if von < row.valid_from:
            yield von, row.valid_from - DAY
        if row.valid_to is None:
            return
        von = row.valid_to + DAY
    if von <= bis:
        yield von, bis


def enter_conversion(session: TenantSession, beschaeftigung_id: int, von: date, bis: date, *, reason: str) -> None:
    """Macht aus jedem Arbeitstag einen Umwandlungstag mit seinen Stunden (Anlage zu § 52 TVöD-BT-V).

    Raises ImportFehler, wo niemand eine SuE-Zulage hätte, die er kürzt.
    """
    plan, entered = plans(session, von, bis, [beschaeftigung_id]).get(beschaeftigung_id), False
    for day in each_day(von, bis):
        held = as_of(session, Bezuegezuordnung, day, beschaeftigung_id=beschaeftigung_id)
        if not held or held[0].tarifwerk != SUE:
            raise ImportFehler(f"Am {day:%d.%m.%Y} gilt kein Tarif des Sozial- und Erziehungsdienstes; Umwandlungstage "
                               "gibt es nur dort", "Tag oder Eingruppierung prüfen, sonst ablehnen")
        hours = _hours(plan, day, held[0])
        if hours:
            entered = True
            try:
                record_fact(session, Anlasszahlung, beschaeftigung_id=beschaeftigung_id, art=UMWANDLUNGSTAG,
                            menge=hours, valid_from=day, valid_to=day, reason=reason)
            except FactError as error:
                raise ImportFehler(str(error).rstrip("."), "Angaben prüfen") from error
    if not entered:
        raise ImportFehler(f"Vom {von:%d.%m.%Y} bis {bis:%d.%m.%Y} liegt kein Arbeitstag", "Tage prüfen")


def _hours(plan: Plan | None, day: date, held: Bezuegezuordnung) -> Decimal:
    """Stunden eines Arbeitstags: nach der festgelegten Arbeitszeit, sonst die Woche durch ihre Arbeitstage."""
    if plan is not None and plan.regelung(day) is not None:
        exact = Decimal(plan.soll(day)) / 60
    else:
        week = arbeitstage(held.arbeitstage_woche)
        days, weeks = week.je_woche
        works = day.weekday() in week.jede | week.zweite and (day.weekday() > 4 or is_working_day(None, day))
        exact = held.wochenstunden * weeks / days if works else Decimal(0)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def take_back_conversion(session: TenantSession, beschaeftigung_id: int, von: date, bis: date, *, reason: str) -> None:
    """Nimmt die Umwandlungstage eines Zeitraums zurück; abgeschlossene Monate rechnet der nächste Lauf nach."""
    clear_fact(session, Anlasszahlung, first=von, last=bis, reason=reason, beschaeftigung_id=beschaeftigung_id,
               art=UMWANDLUNGSTAG)


def take_back(session: TenantSession, beschaeftigung_id: int, art: str, von: date, bis: date, *, reason: str) -> None:
    """Nimmt die Fehlzeit einer stornierten Abwesenheit zurück; abgeschlossene Monate rechnet der nächste Lauf nach.

    Was darin von anderer Art erfasst ist (Krankheit im Urlaub), bleibt stehen; Urlaub unter dem Zurückgenommenen gilt
    wieder, ob hier genehmigt oder aus einer noch gebuchten Datei übernommen.
    """
    own = session.scalars(select(Fehlzeit).where(
        known(Fehlzeit, None), within(Fehlzeit, von, bis), Fehlzeit.beschaeftigung_id == beschaeftigung_id,
        Fehlzeit.art == art)).all()
    for first, last in [(max(row.valid_from, von), min(row.valid_to or bis, bis)) for row in own]:
        clear_fact(session, Fehlzeit, first=first, last=last, reason=reason, beschaeftigung_id=beschaeftigung_id)
        if art != LEAVE:
            _leave_beneath(session, beschaeftigung_id, first, last, reason=reason)


def _leave_beneath(session: TenantSession, beschaeftigung_id: int, von: date, bis: date, *, reason: str) -> None:
    own = session.execute(select(Abwesenheit.von, Abwesenheit.bis).where(
        Abwesenheit.beschaeftigung_id == beschaeftigung_id, Abwesenheit.zustand == "genehmigt", ~Abwesenheit.halb,
        Abwesenheit.art.in_(URLAUB), Abwesenheit.von <= bis, Abwesenheit.bis >= von))
    file = [(one.von, one.bis) for one in proposals.adopted(session, gebucht=True)
            if one.beschaeftigung_id == beschaeftigung_id and one.art == proposals.URLAUB]
    for first, last in sorted({*((row.von, row.bis) for row in own), *file}):
        if first <= bis and last >= von:
            enter_leave(session, beschaeftigung_id, max(first, von), min(last, bis), reason=reason)


def undecided(session: TenantSession, facts: MonthFacts) -> tuple[list[Befund], list[date]]:
    """Abwesenheiten aus Zeitdateien bis zum Ende des Monats, über die noch niemand entschieden hat; von Urlaub nur
    der erste Tag, über ihn wird einmal für alle gesprochen."""
    last = facts.month.replace(day=calendar.monthrange(facts.month.year, facts.month.month)[1])
    waiting = proposals.open_proposals(session, last=last, known_at=facts.known_at)
    found = [Befund("warnung", "auffaellig", f"Personalnummer {one.personalnummer}", "fehlzeit",
                    f"{one.art.replace('_', ' ').capitalize()} vom {one.von:%d.%m.%Y} bis {one.bis:%d.%m.%Y} aus einer "
                    "Zeitdatei ist noch nicht entschieden", DECIDE, one.beschaeftigung_id)
             for one in waiting if one.art != LEAVE]
    return found, [one.von for one in waiting if one.art == LEAVE]
