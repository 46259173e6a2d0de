"""Mengen, die kein Stempel allein ergibt: Überstunden und Mehrarbeit, Rufbereitschaft mit Einsätzen, Schichtzulagen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tenants.db.session import TenantSession
from timekeeping.handover.kinds import MINUTEN, TAGE, lohnart_of
from timekeeping.handover.quantities import Lage, Menge, presence
from timekeeping.imports.keys import ARBEITSZEIT
from timekeeping.imports.moments import at_midnight
from timekeeping.own.models import ZeitAuftrag
from timekeeping.own.plan import Plan, plans
from timekeeping.rules.clock import Span, at, days_of, each_day, local_day, minute_of
from timekeeping.rules.facts import Anordnung, Anwesenheit, Einsatz, Rufbereitschaft, Zeitraum, Zuordnung
from timekeeping.rules.holidays import ist_feiertag
from timekeeping.rules.oncall import flat_days, hourly_minutes, is_flat, paid_hours
from timekeeping.rules.overtime import last_day_of_balance, remaining
from timekeeping.rules.premiums import STEUER_NACHT, STEUER_TAG, cut
from timekeeping.rules.spans import union
from timekeeping.selection import Auswahl, chosen

TWO_WEEKS = timedelta(days=14)
FULL_TIME = (3900, 3900)


@dataclass(frozen=True)
class Auftraege:
    """Aufträge einer Beschäftigung als Zeitspannen."""

    anordnungen: tuple[Span, ...]
    rufbereitschaften: tuple[Rufbereitschaft, ...]


def orders(session: TenantSession, first: date, last: date, auswahl: Auswahl = None) -> dict[int, Auftraege]:
    """Geltende Aufträge, die einen Tag von first bis last berühren; eine Abfrage."""
    statement = select(ZeitAuftrag).where(
        ZeitAuftrag.zurueckgezogen_am.is_(None), ZeitAuftrag.beginn < at_midnight(last + timedelta(days=1)),
        ZeitAuftrag.ende > at_midnight(first), *chosen(ZeitAuftrag.beschaeftigung_id, auswahl))
    held: dict[int, list[Any]] = {}
    for row in session.scalars(statement.order_by(ZeitAuftrag.beschaeftigung_id, ZeitAuftrag.beginn)):
        held.setdefault(row.beschaeftigung_id, []).append(row)
    return {job: Auftraege(tuple(_span(row) for row in rows if row.art == "anordnung"), tuple(_on_call(rows)))
            for job, rows in held.items()}


def _span(row: Any) -> Span:
    return Span(minute_of(row.beginn), minute_of(row.ende))


def _on_call(rows: list[Any]) -> Iterator[Rufbereitschaft]:
    calls = [Einsatz(row.art.removeprefix("einsatz_"), _span(row)) for row in rows if row.art.startswith("einsatz")]
    for row in rows:
        if row.art == "rufbereitschaft":
            span = _span(row)
            yield Rufbereitschaft(span, tuple(one for one in calls
                                              if span.von <= one.spanne.von and one.spanne.bis <= span.bis))


def extra_quantities(session: TenantSession, rows: Iterable[Any], month: date, last: date, lage: Lage,
                     auswahl: Auswahl) -> list[Menge]:
    """Mengen des Monats aus Aufträgen und nicht ständiger Schichtarbeit; rows: gebuchte Zeilen mit zwei Wochen Rand."""
    given = orders(session, month - TWO_WEEKS, last, auswahl)
    work: dict[int, list[Any]] = {}
    for row in rows:
        work.setdefault(row.beschaeftigung_id, []).append(row)
    rules = plans(session, month, last, auswahl)
    found: list[Menge] = []
    for job in sorted({*given, *(job for job, plan in rules.items() if _hourly_shift(plan))}):
        plan, own = rules.get(job), work.get(job, [])
        if job in given:
            found += _overtime(job, given[job], own, month, lage, plan)
            found += _rufbereitschaft(job, given[job], month, lage)
        if plan is not None:
            found += _shift_allowance(job, own, month, plan)
    return found


def on_order_or_in_shifts(session: TenantSession, month: date, last: date, auswahl: Auswahl) -> set[int]:
    """Beschäftigungen, für die extra_quantities etwas ergeben kann."""
    rules = plans(session, month, last, auswahl)
    return {*orders(session, month - TWO_WEEKS, last, auswahl), *(job for job, plan in rules.items()
                                                                  if _hourly_shift(plan))}


def _overtime(job: int, given: Auftraege, rows: list[Any], month: date, lage: Lage,
              plan: Plan | None) -> Iterator[Menge]:
    if not given.anordnungen:
        return
    own, full = lage.umfang.get(job, FULL_TIME)
    work = tuple(_presence(row) for row in rows if row.art == "stempel" and row.lohnart == ARBEITSZEIT)
    facts = Zeitraum(month - TWO_WEEKS, month + 3 * TWO_WEEKS, Zuordnung("", "", "", own, full), work,
                     tuple(_balanced(given.anordnungen, rows, plan)))
    left = remaining(facts)
    for spans, numbers in ((left.ueberstunden, (1300, 1207)), (left.mehrarbeit, (1301,))):
        for span in spans:
            for day, part in days_of(span):
                if day.replace(day=1) == month:
                    for number in numbers:
                        yield Menge(job, number, 0, MINUTEN, Decimal(part.minuten), 0, day, "angeordnet, nicht bis zum "
                                    "Sonntag der folgenden Woche ausgeglichen (§ 7 Abs. 7 TVöD)")


def _balanced(spans: Iterable[Span], rows: list[Any], plan: Plan | None) -> Iterator[Anordnung]:
    """Freizeit für Überstunden gleicht die älteste Anordnung aus, deren Frist noch läuft."""
    free = {day: plan.soll(day) for row in rows if plan is not None and row.art == "abwesenheit"
            and row.lohnart == "ueberstundenfrei" for day in each_day(row.von, row.bis)}
    for span in spans:
        needed, given = span.minuten, []
        begun = local_day(span.von)
        for day in sorted(free):
            if begun < day <= last_day_of_balance(begun) and free[day] and needed:
                used = min(free[day], needed)
                free[day] -= used
                needed -= used
                given.append((day, used))
        yield Anordnung(span, tuple(given))


def _presence(row: Any) -> Anwesenheit:
    span, work = presence(row)
    gap = (Span(work[0].bis, work[1].von),) if len(work) == 2 else ()
    return Anwesenheit(span, gap, not gap)


def _rufbereitschaft(job: int, given: Auftraege, month: date, lage: Lage) -> Iterator[Menge]:
    for one in given.rufbereitschaften:
        if is_flat(one):
            for day, _ in flat_days(one):
                if day.replace(day=1) == month:
                    weekend = day.weekday() >= 5 or ist_feiertag(day)
                    yield Menge(job, 1304 if weekend else 1303, 0, TAGE, Decimal(1), 0, day, "Tagespauschale")
        else:
            for start, minutes in hourly_minutes(one).items():
                if start == month:
                    yield Menge(job, 1305, 0, MINUTEN, Decimal(minutes), 0, local_day(one.spanne.von),
                                "Rufbereitschaft unter zwölf Stunden")
        for start, hours in paid_hours(one).items():
            if start == month:
                for number in (1306, 1307):
                    yield Menge(job, number, 0, MINUTEN, Decimal(hours * 60), 0, start, "Einsatz, auf volle Stunden")
        for call in one.einsaetze:
            yield from _call_premiums(job, call.spanne, month, lage)


def _call_premiums(job: int, span: Span, month: date, lage: Lage) -> Iterator[Menge]:
    time_off = {day: lage.feiertag == "mit" for day, _ in days_of(span) if ist_feiertag(day)}
    for piece in cut(span, span.von, time_off, saturday=job not in lage.schicht):
        if piece.tag.replace(day=1) != month:
            continue
        minutes = Decimal(piece.spanne.minuten)
        if piece.nacht:
            yield Menge(job, lohnart_of("nacht", piece.tag), STEUER_NACHT.index(piece.steuer_nacht), MINUTEN, minutes,
                        0, piece.tag, "Einsatz in der Nacht")
        if piece.tagart:
            relief = 0 if piece.tagart == "samstag" else STEUER_TAG.index(piece.steuer_tag)
            yield Menge(job, lohnart_of(piece.tagart, piece.tag), relief, MINUTEN, minutes, 0, piece.tag, "Einsatz")


def _hourly_shift(plan: Plan) -> bool:
    return any(rule.schichtarbeit != "keine" and not rule.staendig for rule in plan.regelungen)


def _shift_allowance(job: int, rows: list[Any], month: date, plan: Plan) -> Iterator[Menge]:
    """Zulage je Stunde bei nicht ständiger Wechselschicht oder Schicht (§ 8 Abs. 5 und 6 TVöD), nach Dienst im Plan."""
    number = {"wechselschicht": 1105, "schicht": 1106}
    for row in rows:
        if row.art != "stempel" or row.lohnart != ARBEITSZEIT:
            continue
        rule = plan.regelung(row.von)
        if rule is None or rule.staendig or rule.schichtarbeit not in number or row.von not in plan.dienste:
            continue
        for part in union(presence(row)[1]):
            for day, piece in days_of(part):
                if day.replace(day=1) == month and piece.bis > at(day):
                    yield Menge(job, number[rule.schichtarbeit], 0, MINUTEN, Decimal(piece.minuten), 0, day,
                                "Dienst nach Schichtplan, nicht ständig")
