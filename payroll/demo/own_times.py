"""Own time keeping of one town: working time, stamps of the open month, a correction, leave, a day off by custom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from payroll.demo.write import Written
from payroll.masterdata.models import Beschaeftigung
from payroll.runs.zeiten import absences
from payroll.runs.zeiten.stock import load_stock
from tenants.db.session import TenantSession, tenant_session
from timekeeping.imports.moments import ZONE
from timekeeping.leave import service as leave
from timekeeping.leave.days import is_working_day
from timekeeping.own import service
from timekeeping.own.custom import set_custom
from timekeeping.own.models import ZeitStempel
from timekeeping.own.plan import set_rule
from timekeeping.rules.clock import each_day
from timekeeping.rules.months import month_end

TOWN = "210"
PEOPLE = 6
DAY = timedelta(days=1)
FORGOTTEN, LATE = 4, 6  # which working day nobody stamped out, which began after the core
RULE: dict[str, Any] = {
    "art": "gleitend", "wochen": [[468] * 5 + [0, 0]], "rahmen_von": 390, "rahmen_bis": 1170, "kern_von": 540,
    "kern_bis": 900, "pausen": "gesetzlich", "plus_grenze": 2400, "minus_grenze": 600, "kappung": "jahr",
    "bereich": "verwaltung", "schichtarbeit": "keine", "staendig": False, "nachtarbeit": False}


def keep_times(tenant: int, people: Sequence[Written], month: date, today: date, clerk: str, head: str) -> int:
    """Stamps of the month up to yesterday, leave around it; returns the number of people. Pays nobody anything."""
    stays = [one for one in people if one.mensch.art == "tarif" and one.mensch.austritt is None
             and one.mensch.eintritt < date(month.year, 1, 1)]
    # the first educator has an access to the portal (accounts.py)
    chosen = [one for one in stays if one.mensch.kind == "erziehung"][:1]
    chosen += [one for one in stays if one.mensch.kind == "verwaltung"][: PEOPLE - len(chosen)]
    if not chosen:
        return 0
    with tenant_session(tenant, actor=clerk) as session:
        jobs = [_job(session, one) for one in chosen]
        set_custom(session, "Rosenmontag", "rosenmontag", ab=date(month.year, 1, 1), reason="Dienstvereinbarung")
        for place, job in enumerate(jobs):
            set_rule(session, job, ab=month, reason="Dienstvereinbarung", saldo_anfang=45 * place - 90, **RULE)
            session.add_all(_stamps(job, place, month, min(today - DAY, month_end(month)), clerk))
        session.flush()
        worked = [day for day in each_day(month, month_end(month)) if is_working_day(None, day)]
        service.request_correction(session, jobs[0], worked[FORGOTTEN], [[480, 990, 30]], grund="Gehen vergessen",
                                   today=worked[FORGOTTEN])
        _ask(session, jobs, worked[-1])
    with tenant_session(tenant, actor=head) as session:
        stock, enter = load_stock(session), leave.Fehlzeiten(absences.enter, absences.take_back, absences.enter_leave)
        for row in leave.between(session, month, month + 90 * DAY, zustaende=("beantragt",)):
            if row.beschaeftigung_id in jobs[1:4] and row.art == "urlaub":
                leave.decide(session, stock, row, enter, genehmigen=True)
    return len(chosen)


def _job(session: TenantSession, written: Written) -> int:
    return session.scalars(select(Beschaeftigung.id).where(
        Beschaeftigung.personalnummer == written.mensch.personalnummer)).one()


def _stamps(job: int, place: int, first: date, last: date, who: str) -> Iterator[ZeitStempel]:
    """Come and go of every working day, each person at other minutes."""
    days = [day for day in each_day(first, last) if is_working_day(None, day)]
    for number, day in enumerate(days):
        begin = 475 + 7 * (place * 5 + number * 3) % 45 + (95 if number == LATE and place == 1 else 0)
        end = begin + 498 + 11 * (place + number * 2) % 60
        for richtung, minute in (("kommen", begin), ("gehen", end)):
            if not (richtung == "gehen" and number == FORGOTTEN and place == 0):
                moment = datetime.combine(day, datetime.min.time(), ZONE) + timedelta(minutes=minute)
                yield ZeitStempel(beschaeftigung_id=job, richtung=richtung, quelle="terminal", zeitpunkt=moment,
                                  erfasst_von=who)


def _ask(session: TenantSession, jobs: Sequence[int], last: date) -> None:
    """Leave of four people after the stamps (three will be granted), a day from the account, a sick report."""
    later = last + DAY * (7 - last.weekday())
    for place, job in enumerate(jobs[1:5]):
        begin = later + 3 * DAY * place
        leave.ask(session, job, "urlaub", begin, begin + DAY * (4 + place), bemerkung="mit dem Team abgesprochen")
    leave.ask(session, jobs[0], "gleitzeit", later + 2 * DAY, later + 2 * DAY)
    if len(jobs) == PEOPLE:
        leave.ask(session, jobs[5], "krank", later, later + DAY)
