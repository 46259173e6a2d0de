"""The flexitime account: worked minutes minus planned minutes, day by day, and what lapses above the limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from timekeeping.rules.clock import Span, day_span, each_day
from timekeeping.rules.facts import Gleitzeit, Zeitraum
from timekeeping.rules.holidays import ist_feiertag, ist_sonntag, ist_vorfest
from timekeeping.rules.overtime import ordered_work
from timekeeping.rules.spans import difference, minutes


@dataclass(frozen=True)
class Saldo:
    """Balance at the end of the period and minutes that lapsed in it."""

    minuten: int
    gekappt: int


def target(facts: Zeitraum, day: date) -> int:
    """Planned minutes; none on holidays, 24/31 December (no Sundays, § 6 Abs. 3 TVöD) and days off by custom."""
    if day in facts.freie_tage or ((ist_feiertag(day) or ist_vorfest(day)) and not ist_sonntag(day)):
        return 0
    return facts.planminuten(day)


def account(facts: Zeitraum, start: Gleitzeit) -> Saldo:
    """The account at the end of the last day."""
    balance, capped = start.saldo_anfang, 0
    worked = worked_by_day(facts)
    for day in each_day(facts.von, facts.bis):
        balance += _credit(facts, day, worked.get(day, 0)) - target(facts, day)
        if start.kappung_am == day and start.plus_grenze is not None and balance > start.plus_grenze:
            capped += balance - start.plus_grenze
            balance = start.plus_grenze
    return Saldo(balance, capped)


def worked_by_day(facts: Zeitraum) -> dict[date, int]:
    """Worked minutes that enter the account, on the day on which their presence begins.

    Ordered overtime never enters, nor does work on a holiday that is paid because no time off was given.
    """
    outside = [*ordered_work(facts), *_paid_holidays(facts)]
    found: dict[date, int] = {}
    for one in facts.arbeit:
        found[one.tag] = found.get(one.tag, 0) + minutes(difference(one.arbeit, outside))
    return found


def _paid_holidays(facts: Zeitraum) -> list[Span]:
    return [day_span(day) for day, given in facts.feiertagsausgleich.items() if ist_feiertag(day) and not given]


def _credit(facts: Zeitraum, day: date, worked: int) -> int:
    worked += sum(count for order in facts.anordnungen for on, count in order.ausgleich if on == day)
    kinds = {one.art for one in facts.abwesenheiten if one.von <= day <= one.bis}
    # A day off from the account credits nothing; whoever came in all the same has worked.
    return max(worked, target(facts, day)) if kinds and "gleittag" not in kinds else worked
