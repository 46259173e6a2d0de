"""Minutes become money: once per kind and calendar month of the work, every amount rounded on its own. Cents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from payroll.law.engine import RuleBook
from timekeeping.rules.clock import Span, days_of
from timekeeping.rules.facts import Rufbereitschaft, Zeitraum
from timekeeping.rules.oncall import flat_days, hourly_minutes, is_flat, paid_hours
from timekeeping.rules.overtime import Mehrstunden
from timekeeping.rules.premiums import ARTEN, STEUER_NACHT, STEUER_TAG, Stueck
from timekeeping.rules.rates import PricingError, Stundensaetze, half_up, hourly_rates

Rates = Callable[[date], Stundensaetze]
NEVER_FREE = ("samstag",)


class NoTable(ValueError):
    """There is no pay table for a month of the work: minutes can be counted, money cannot."""


@dataclass(frozen=True)
class Betraege:
    """Amounts of a period in cents; ``steuerfrei`` and ``sv_frei`` are parts of the six time premiums."""

    zuschlaege: dict[str, int]
    ueberstunden_entgelt: int
    ueberstunden_zuschlag: int
    mehrarbeit: int
    rufbereitschaft: int
    einsaetze: int
    steuerfrei: int
    sv_frei: int


def price(facts: Zeitraum, found: Iterable[Stueck], more: Mehrstunden, book: RuleBook | None = None) -> Betraege:
    """All amounts; raises NoTable before the first pay table, UnknownName and PricingError from the law."""

    def rates(month: date) -> Stundensaetze:
        value = hourly_rates(facts.zuordnung, month, book)
        if value is None:
            raise NoTable(f"{month:%m/%Y}: keine Entgelttabelle hinterlegt")
        return value

    premiums, free = _premiums(list(found), rates)
    extra, overtime = _by_month(more.mehrarbeit), _by_month(more.ueberstunden)
    with_premium = {month: count + (extra.get(month, 0) if rates(month).mehrarbeit_mit_zuschlag else 0)
                    for month, count in overtime.items()}
    with_premium |= {month: count for month, count in extra.items()
                     if month not in overtime and rates(month).mehrarbeit_mit_zuschlag}
    return Betraege(
        premiums, _sum(overtime, lambda month: rates(month).ueberstunde),
        _sum(with_premium, lambda month: _overtime_premium(rates(month))),
        _sum(extra, lambda month: rates(month).eigen),
        sum(_on_call(one, rates) for one in facts.rufbereitschaften),
        sum(_call_outs(one, rates) for one in facts.rufbereitschaften), free["steuer"], free["sv"])


def amount(per_hour: Fraction | int, minutes: int) -> int:
    """Amount of so many minutes, in cents."""
    return half_up(Fraction(per_hour) * minutes / 60)


def _sum(by_month: dict[date, int], per_hour: Callable[[date], Fraction | int]) -> int:
    return sum(amount(per_hour(month), count) for month, count in by_month.items())


def _by_month(spans: Iterable[Span]) -> dict[date, int]:
    found: dict[date, int] = defaultdict(int)
    for span in spans:
        for day, part in days_of(span):
            found[day.replace(day=1)] += part.minuten
    return dict(found)


def _premiums(found: list[Stueck], rates: Rates) -> tuple[dict[str, int], dict[str, int]]:
    """Premiums by kind, and what of them is free of tax and of contributions.

    Each premium is held against its own limit of an hour; the excess of an hour times the hours is liable.
    """
    classes: dict[tuple[date, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for piece in found:
        month = piece.tag.replace(day=1)
        if piece.nacht:
            classes[month, "nacht"][STEUER_NACHT.index(piece.steuer_nacht)] += piece.spanne.minuten
        if piece.tagart:
            relief = 0 if piece.tagart in NEVER_FREE else STEUER_TAG.index(piece.steuer_tag)
            classes[month, piece.tagart][relief] += piece.spanne.minuten
    sums, free = dict.fromkeys(ARTEN, 0), {"steuer": 0, "sv": 0}
    for (month, kind), by_relief in classes.items():
        rate = rates(month)
        paid = amount(rate.zuschlag[kind], sum(by_relief.values()))
        sums[kind] += paid
        for purpose in free:
            free[purpose] += paid - min(paid, _liable(rate, kind, purpose, by_relief))
    return sums, free


def _liable(rate: Stundensaetze, kind: str, purpose: str, by_relief: dict[int, int]) -> int:
    limits = (rate.frei_nacht if kind == "nacht" else rate.frei_tag)[purpose]
    return sum(amount(max(rate.zuschlag[kind] - limits[relief], Fraction(0)), count)
               for relief, count in by_relief.items())


def _overtime_premium(rate: Stundensaetze) -> Fraction:
    if "ueberstunden" not in rate.zuschlag:
        raise PricingError("ueberstunden_angeordnet: für diese Gruppe ist kein Überstundenzuschlag hinterlegt "
                           "(§ 8 Abs. 1 Satz 2 Buchst. a TVöD); Stunden ausgleichen oder Zuschlag festlegen")
    return rate.zuschlag["ueberstunden"]


def _on_call(period: Rufbereitschaft, rates: Rates) -> int:
    if is_flat(period):
        return sum(count * rates(day.replace(day=1)).eigen for day, count in flat_days(period))
    return sum(amount(rates(month).rufbereitschaft, count) for month, count in hourly_minutes(period).items())


def _call_outs(period: Rufbereitschaft, rates: Rates) -> int:
    return sum(amount(rates(month).ueberstunde, hours * 60) + amount(_overtime_premium(rates(month)), hours * 60)
               for month, hours in paid_hours(period).items())
