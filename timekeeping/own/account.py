"""Das Gleitzeitkonto einer Beschäftigung mit eigener Regelung: Tag für Tag Soll, Ist, Stand; gekappt nach Regelung."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from tenants.db.clocks import known
from tenants.db.session import TenantSession
from timekeeping.handover.booked_rows import booked_between
from timekeeping.handover.quantities import presence
from timekeeping.imports.keys import ARBEITSZEIT
from timekeeping.own.extra import orders
from timekeeping.own.models import ZeitRegelung
from timekeeping.own.plan import Plan, plans
from timekeeping.rules.clock import Span, each_day, local_day
from timekeeping.rules.facts import Abwesenheit, Anordnung, Anwesenheit, Gleitzeit, Zeitraum, Zuordnung
from timekeeping.rules.flexitime import account
from timekeeping.rules.months import month_end
from timekeeping.selection import portions

NO_MONEY = Zuordnung("", "", "", 3900, 3900)
LONGEST = timedelta(days=1500)
FEW = 200  # people whose rows of up to four years are held at once


@dataclass(frozen=True)
class Kontotag:
    """Ein Tag: Minuten Soll und angerechnet, Stand am Ende des Tages, was an ihm verfiel."""

    tag: date
    soll: int
    ist: int
    saldo: int
    gekappt: int = 0


@dataclass(frozen=True)
class Konto:
    """Das Konto bis zum letzten Tag; ampel: gruen, gelb (80 % einer Grenze) oder rot (überschritten)."""

    tage: list[Kontotag]
    saldo: int
    plus_grenze: int | None
    minus_grenze: int | None

    @property
    def ampel(self) -> str:
        """Wie nah der Stand an seinen Grenzen ist."""
        limit = self.plus_grenze if self.saldo >= 0 else self.minus_grenze
        if limit is None or not self.saldo:
            return "gruen"
        share = abs(self.saldo) * 100 // max(abs(limit), 1)
        return "rot" if share > 100 else "gelb" if share >= 80 else "gruen"


def flexitime(session: TenantSession, job: int, until: date) -> Konto | None:
    """Das Konto von der ersten Regelung an (höchstens vier Jahre) bis zum Tag until; None ohne Regelung."""
    start = session.scalars(
        select(ZeitRegelung.valid_from).where(known(ZeitRegelung, None), ZeitRegelung.beschaeftigung_id == job)
        .order_by(ZeitRegelung.valid_from).limit(1)).first()
    if start is None or start > until:
        return None
    first = max(start, until - LONGEST)
    plan = plans(session, first, until, [job])[job]
    rows = booked_between(session, first, until, job)
    given = orders(session, first, until, job).get(job)
    return computed(plan, rows, given.anordnungen if given else (), first, until)


def balances(session: TenantSession, until: Mapping[int, date]) -> dict[int, int]:
    """Stand (Minuten) je Beschäftigung mit eigener Regelung am genannten Tag, in Portionen gelesen."""
    begun = func.min(ZeitRegelung.valid_from)
    starts = session.execute(select(ZeitRegelung.beschaeftigung_id, begun.label("ab"))
                             .where(known(ZeitRegelung, None)).group_by(ZeitRegelung.beschaeftigung_id))
    wanted = {job: max(start, until[job] - LONGEST) for job, start in starts
              if job in until and start <= until[job]}
    found: dict[int, int] = {}
    for portion in portions(wanted, FEW) if wanted else ():
        jobs = [job for job in wanted if portion.von <= job and (portion.bis is None or job <= portion.bis)]
        first, last = min(wanted[job] for job in jobs), max(until[job] for job in jobs)
        held, given = plans(session, first, last, jobs), orders(session, first, last, jobs)
        rows: dict[int, list[Any]] = {}
        for row in booked_between(session, first, last, jobs):
            rows.setdefault(row.beschaeftigung_id, []).append(row)
        for job in jobs:
            ordered = given[job].anordnungen if job in given else ()
            found[job] = computed(held[job], rows.get(job, ()), ordered, wanted[job], until[job]).saldo
    return found


def computed(plan: Plan, rows: Iterable[Any], ordered: Iterable[Span], first: date, until: date) -> Konto:
    """Das Konto aus Plan, Zeilen und angeordneten Stunden (die nie hineinzählen)."""
    work, absent = _by_day(rows)
    orders_ = tuple(Anordnung(span) for span in ordered)
    rule = plan.regelung(first)
    balance, days = rule.saldo_anfang if rule else 0, []
    for day in each_day(first, until):
        rule = plan.regelung(day)
        target = _target(plan, day, absent.get(day, ()))
        facts = Zeitraum(day, day, NO_MONEY, tuple(work.get(day, ())), orders_, dienstplan={day: target},
                         abwesenheiten=tuple(_absence(day, key) for key, half in absent.get(day, ()) if not half))
        before = balance
        balance = account(facts, Gleitzeit(balance)).minuten
        lost = _lost(rule, day, balance)
        balance -= lost
        soll = plan.soll(day)
        days.append(Kontotag(day, soll, balance + lost - before + soll, balance, lost))
    rule = plan.regelung(until)
    return Konto(days, balance, rule.plus_grenze if rule else None, rule.minus_grenze if rule else None)


def _by_day(rows: Iterable[Any]) -> tuple[dict[date, list[Anwesenheit]], dict[date, list[tuple[str, bool]]]]:
    work: dict[date, list[Anwesenheit]] = {}
    absent: dict[date, list[tuple[str, bool]]] = {}
    for row in rows:
        if row.art == "stempel" and row.lohnart == ARBEITSZEIT:
            span, parts = presence(row)
            gap = (Span(parts[0].bis, parts[1].von),) if len(parts) == 2 else ()
            work.setdefault(local_day(span.von), []).append(Anwesenheit(span, gap, not gap))
        elif row.art == "abwesenheit":
            for day in each_day(row.von, row.bis):
                absent.setdefault(day, []).append((row.lohnart, getattr(row, "halb", False)))
    return work, absent


def _target(plan: Plan, day: date, absent: Iterable[tuple[str, bool]]) -> int:
    """Soll nach Plan; ein halber freier Tag halbiert es, außer er kommt vom Konto selbst."""
    planned = plan.geplant(day)
    return planned // 2 if any(half and key != "gleitzeit" for key, half in absent) else planned


def _absence(day: date, key: str) -> Abwesenheit:
    """Freizeit vom Konto zählt nichts; alles andere gilt wie gearbeitet, unbezahltes Fehlen kürzt das Entgelt."""
    return Abwesenheit("gleittag" if key == "gleitzeit" else "urlaub", day, day)


def _lost(rule: Any, day: date, balance: int) -> int:
    """Was über der Grenze verfällt, am Ende des Monats oder Jahres nach der Regelung."""
    if rule is None or rule.plus_grenze is None or balance <= rule.plus_grenze:
        return 0
    due = {"monat": day == month_end(day), "jahr": (day.month, day.day) == (12, 31)}.get(rule.kappung, False)
    return int(balance - rule.plus_grenze) if due else 0
