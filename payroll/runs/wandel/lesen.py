"""Der Wandel eines Laufs oder eines Menschen: lesen, vergleichen, belegen. Je Portion eine feste Zahl von Abfragen."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import Select, select

from payroll.law import official
from payroll.law.calculate import law_of
from payroll.law.engine import RuleBook
from payroll.law.tongue import say
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Lohnart, LohnartStand
from payroll.masterdata.slices import amtlich
from payroll.masterdata.slices.tarif import overlays
from payroll.runs import probelauf
from payroll.runs.books import book_for
from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.probe_models import Probebogen, Probelauf
from payroll.runs.steps import month_name
from payroll.runs.wandel import zeilen
from payroll.runs.wandel.anteile import ARTEN, Anteil, Wandel
from payroll.runs.wandel.belege import documented
from payroll.runs.wandel.paare import Fassung, Stand, people_of, read_run, read_trial
from payroll.runs.wandel.rechnen import Grundlage, shares
from payroll.runs.wandel.zeilen import Rules
from tenants.db.session import TenantSession

PORTION = 2_000  # employments of a run whose sheets are open at a time


def of_month(session: TenantSession, month: date, only: Collection[int] | None = None) -> list[Wandel]:
    """Jede Beschäftigung des Laufs gegenüber dem Monat davor, nach Name; leer, wenn es einen der Läufe nicht gibt."""
    month = month.replace(day=1)
    return _of_months(session, date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1), month, only)


def _of_months(session: TenantSession, before: date, month: date, only: Collection[int] | None = None) -> list[Wandel]:
    runs = {lauf.monat: lauf for lauf in session.scalars(select(Lauf).where(Lauf.monat.in_((before, month))))}
    if not {before, month} <= runs.keys() or any(lauf.zustand == "offen" for lauf in runs.values()):
        return []
    both = [runs[before], runs[month]]
    portions = _portions(session, both, *map(_employments, both)) if only is None else [only]
    found = _sorted(one for own in portions for one in compared(
        session, read_run(session, runs[before], own), read_run(session, runs[month], own)))
    _demand_unchanged(session, both, portions)
    return found


def of_two_months(session: TenantSession, first: date, second: date) -> list[Wandel]:
    """Zwei beliebige gerechnete Monate, der frühere vorher; leer, wenn es einen der Läufe nicht gibt."""
    return _of_months(session, *sorted((first.replace(day=1), second.replace(day=1))))


def of_trials(session: TenantSession, month: date, fassung: int) -> list[Wandel]:
    """Der Lauf eines offenen Monats gegenüber einer früheren Fassung; leer, wenn sie nicht mehr behalten ist."""
    lauf = session.scalars(select(Lauf).where(Lauf.monat == month.replace(day=1))).one_or_none()
    held = None if lauf is None or lauf.zustand == "offen" else probelauf.kept(session, lauf, fassung)
    if lauf is None or held is None:
        return []
    earlier = select(Probebogen.beschaeftigung_id).where(Probebogen.probelauf_id == held.id)
    portions = _portions(session, [lauf, held], earlier, _employments(lauf))
    found = _sorted(one for own in portions for one in compared(
        session, read_trial(session, lauf, held, own), read_run(session, lauf, own)))
    _demand_unchanged(session, [lauf], portions)
    return found


def _demand_unchanged(session: TenantSession, read: Sequence[Lauf], portions: Sequence[object]) -> None:
    """Raises RunRefused, wenn zwischen zwei Portionen neu gerechnet wurde: sonst stünde Altes neben Neuem."""
    if len(portions) < 2:
        return
    now = {row.id: row.fassung for row in session.execute(
        select(Lauf.id, Lauf.fassung).where(Lauf.id.in_([one.id for one in read])))}
    for one in read:
        if now.get(one.id) != one.fassung:
            raise RunRefused(f"{month_name(one.monat)} wurde neu gerechnet, während verglichen wurde. Die Seite noch "
                             "einmal öffnen.")


def _portions(session: TenantSession, counted: Iterable[Lauf | Probelauf],
              *statements: Select[tuple[int]]) -> Sequence[Collection[int] | None]:
    """Beschäftigungen beider Stände in Portionen, damit nur deren Bögen im Speicher liegen; None: alle auf einmal."""
    if max(one.anzahl for one in counted) <= PORTION:
        return [None]
    numbers = sorted({number for statement in statements for number in session.scalars(statement)})
    return [numbers[at:at + PORTION] for at in range(0, len(numbers), PORTION)]


def _employments(lauf: Lauf) -> Select[tuple[int]]:
    return select(Ergebnis.beschaeftigung_id).where(Ergebnis.lauf_id == lauf.id)


def _sorted(found: Iterable[Wandel]) -> list[Wandel]:
    return sorted(found, key=lambda one: (one.name.casefold(), one.personalnummer))


def of_person(session: TenantSession, beschaeftigung_id: int, month: date) -> Wandel | None:
    """Eine Beschäftigung gegenüber dem Monat davor; None, wenn ein Monat fehlt."""
    found = of_month(session, month, [beschaeftigung_id])
    return found[0] if found and None not in (found[0].vorher, found[0].nachher) else None


def compared(session: TenantSession, before: Stand, after: Stand) -> list[Wandel]:
    """Alle Beschäftigungen zweier Stände, die Auszahlungen, ihre Anteile mit Belegen."""
    both = [number for number in after.boegen if number in before.boegen]
    then, now = amtlich.values_at(session, (before.lauf.stand, after.lauf.stand))
    basis = Grundlage(_targets(session, after.lauf), _rules(session, before.lauf, then),
                      _rules(session, after.lauf, now), then, now)
    with official.as_known(now):
        found = dict(zip(both, shares(before, after, both, basis), strict=True))
    for number in {*before.boegen, *after.boegen} - set(both):
        found[number] = [_whole(before, after, number)]
    last = after.lauf.monat.replace(day=calendar.monthrange(after.lauf.monat.year, after.lauf.monat.month)[1])
    changed = {number: parts for number, parts in found.items() if parts}
    found |= documented(session, changed, before.lauf.monat, last, before.lauf.stand, after.lauf.stand)
    people = people_of(session, found)
    made = [Wandel(number, people[number].person, people[number].personalnummer, people[number].name,
                   after.kennungen.get(number),
                   before.auszahlung(number) if number in before.boegen else None,
                   after.auszahlung(number) if number in after.boegen else None, tuple(parts))
            for number, parts in found.items()]
    return _sorted(made)


def _whole(before: Stand, after: Stand, number: int) -> Anteil:
    """Wer nur in einem der Monate abgerechnet ist: die ganze Auszahlung kommt hinzu oder fällt weg."""
    new = number in after.boegen
    stand, sign = (after, 1) if new else (before, -1)
    effect = sign * stand.auszahlung(number)
    same = before.lauf.monat == after.lauf.monat
    title = ((say("Vorher nicht abgerechnet") if new else say("Nicht mehr abgerechnet")) if same else
             say("Im Vormonat nicht abgerechnet") if new else say("In diesem Monat nicht abgerechnet"))
    return Anteil("beschaeftigung", title, "", "", effect, {"auszahlung": effect}, (), f"{title}.")


def _targets(session: TenantSession, lauf: Fassung) -> dict[str, str]:
    last = lauf.monat.replace(day=calendar.monthrange(lauf.monat.year, lauf.monat.month)[1])
    rows = session.execute(
        select(Lohnart.nummer, LohnartStand.ziel).join(LohnartStand, LohnartStand.lohnart_id == Lohnart.id)
        .where(known(LohnartStand, lauf.stand), within(LohnartStand, last, last)))
    return {f"{row.nummer}": row.ziel for row in rows}


def _rules(session: TenantSession, lauf: Fassung, values: official.Values) -> Rules:
    own = overlays(session, lauf.monat, lauf.stand)

    def book_of(area: str) -> RuleBook:
        with official.as_known(values):
            return book_for(own, *area.split("+"))

    return zeilen.book_rules(book_of, lambda book: law_of(lauf.monat, book))


def totals(found: Collection[Wandel]) -> dict[str, int]:
    """Wirkung je Art über alle, in der Reihenfolge der Ursachen (Cent); nur Arten, die vorkommen."""
    sums = dict.fromkeys(ARTEN, 0)
    seen = set()
    for one in found:
        for part in one.anteile:
            sums[part.art] += part.wirkung
            seen.add(part.art)
    return {art: cents for art, cents in sums.items() if art in seen}
