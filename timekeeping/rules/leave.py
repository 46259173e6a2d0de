"""Leave entitlement: §§ 26, 27 TVöD, §§ 3 to 5 BUrlG, § 208 SGB IX, § 17 BEEG. Days as exact numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from timekeeping.rules.leave_facts import LeaveError, Schichtblock, Urlaubsjahr
from timekeeping.rules.limits import limit
from timekeeping.rules.months import calendar_months, end_of_month_of_employment, months_of_employment

HALF = Fraction(1, 2)
HALF_YEAR = (6, 30)


@dataclass(frozen=True)
class Anspruch:
    """Days of the year; ``gesetzlich``: minimum leave and § 208 SGB IX, None where its share is in doubt.

    ``zweifel``: names of the open questions that touch the result.
    """

    grundurlaub: Fraction
    schwerbehindertenurlaub: Fraction
    schichturlaub: Fraction
    gesetzlich: Fraction | None
    zweifel: tuple[str, ...]

    @property
    def summe(self) -> Fraction:
        """All days of the year."""
        return self.grundurlaub + self.schwerbehindertenurlaub + self.schichturlaub


def entitlement(facts: Urlaubsjahr) -> Anspruch:
    """The entitlement of the year; raises LeaveError where the facts contradict each other."""
    check(facts)
    months = months_of_employment(facts.beginn, facts.ende)
    tariff, tariff_of_rounded = _tariff(facts, months)
    statutory = _statutory(facts, months)
    disabled, exact = _disabled(facts, months)
    changed = len({facts.tage_je_woche(month) for month in months}) > 1
    doubts = [name for name, is_open in (
        ("zwoelftel_rundung", tariff != tariff_of_rounded), ("bruchteil_208", 0 < exact % 1 < HALF),
        ("wechsel_aufteilung", changed), ("kuerzung_aufteilung", facts.kuerzung_monate > 0)) if is_open]
    split = None if changed or facts.kuerzung_monate else statutory + disabled
    return Anspruch(max(Fraction(tariff), statutory), disabled, Fraction(shift_days(facts)), split, tuple(doubts))


def round_days(days: Fraction) -> int:
    """Half a day and more goes up, less is dropped (§ 26 Abs. 1 TVöD)."""
    return int(days + HALF)


def round_up_halves(days: Fraction) -> Fraction:
    """Half a day and more goes up, less stays (§ 5 Abs. 2 BUrlG, § 208 Abs. 2 SGB IX)."""
    return Fraction(int(days) + 1) if days % 1 >= HALF else days


def check(facts: Urlaubsjahr) -> None:
    """Raises LeaveError where the facts contradict each other."""
    if facts.austritt is not None and facts.austritt < facts.eintritt:
        raise LeaveError(f"austritt {facts.austritt} liegt vor eintritt {facts.eintritt}")
    if facts.beginn > facts.ende:
        raise LeaveError(f"Die Beschäftigung liegt nicht im Jahr {facts.jahr}")
    if facts.kuerzung_monate > 12 or facts.elternzeit_monate > 12:
        raise LeaveError("ruhen_volle_monate, elternzeit_volle_monate: zusammen mehr als zwölf Monate")
    for begin, end, name in ((facts.schwerbehindert_von, facts.schwerbehindert_bis, "schwerbehindert"),
                             (facts.krank_von, facts.krank_bis, "arbeitsunfaehig")):
        if end is not None and (begin is None or end < begin):
            raise LeaveError(f"{name}_bis ohne {name}_von oder vor ihm")
    facts.tage_je_woche(facts.beginn)


def _share(months: list[date], reduced: int) -> Fraction:
    """Part of the months that is left after the reduction."""
    return Fraction(max(len(months) - reduced, 0), len(months)) if months else Fraction(0)


def _tariff(facts: Urlaubsjahr, months: list[date]) -> tuple[int, int]:
    """Days of § 26 TVöD, rounded once at the end; and what twelfths of the rounded leave of a year would give."""
    year = limit("urlaub_tage", date(facts.jahr, 1, 1))
    share = _share(months, facts.kuerzung_monate)
    yearly = [year * facts.tage_je_woche(month) / 5 for month in months]
    exact = sum(yearly, Fraction(0)) / 12 * share
    of_rounded = Fraction(sum(map(round_days, yearly)), 12) * share
    return round_days(exact), round_days(of_rounded)


def has_full_claim(facts: Urlaubsjahr) -> bool:
    """§§ 4, 5 BUrlG: waiting time over within the employment, and no exit in the first half of the year."""
    months = limit("urlaub_wartezeit_monate", date(facts.jahr, 1, 1))
    waited = end_of_month_of_employment(facts.eintritt, months) < facts.ende
    return waited and not (facts.endet_im_jahr and (facts.ende.month, facts.ende.day) <= HALF_YEAR)


def _weeks(facts: Urlaubsjahr, months: list[date], weeks: int) -> Fraction:
    """So many weeks of leave, or their twelfths by § 5 BUrlG, less the reduction; not rounded."""
    if not months:
        return Fraction(0)
    total = sum((facts.tage_je_woche(month) for month in months), Fraction(0)) * weeks
    if has_full_claim(facts):
        return total / len(months) * Fraction(12 - facts.kuerzung_monate, 12)
    return total / 12 * _share(months, facts.kuerzung_monate)


def _statutory(facts: Urlaubsjahr, months: list[date]) -> Fraction:
    return round_up_halves(_weeks(facts, months, limit("urlaub_mindest_wochen", date(facts.jahr, 1, 1))))


def _disabled(facts: Urlaubsjahr, months: list[date]) -> tuple[Fraction, Fraction]:
    """Extra leave of § 208 SGB IX rounded and exact: a week, or twelfths of the months with protection."""
    begin = facts.schwerbehindert_von
    if begin is None or facts.gleichgestellt:
        return Fraction(0), Fraction(0)
    end = facts.schwerbehindert_bis or date.max
    weeks = limit("urlaub_schwerbehindert_wochen", date(facts.jahr, 1, 1))
    if begin <= facts.beginn and end >= facts.ende:
        exact = _weeks(facts, months, weeks)
    else:
        protected = calendar_months(max(begin, facts.beginn), min(end, facts.ende))
        exact = sum((facts.tage_je_woche(month) for month in protected), Fraction(0)) * weeks / 12
    return round_up_halves(exact), exact


def shift_days(facts: Urlaubsjahr) -> int:
    """Extra leave of § 27 Abs. 1 TVöD: days whose months are complete in the year."""
    found = sum(_days_of_block(facts, block) for block in facts.schichten if block.staendig)
    return min(found, limit("urlaub_schicht_hoechstens", date(facts.jahr, 1, 1)))


def _days_of_block(facts: Urlaubsjahr, block: Schichtblock) -> int:
    step = limit(f"urlaub_{block.art}_monate", date(facts.jahr, 1, 1))
    end = min(block.bis or date.max, facts.ende)
    begin = max(block.von, facts.eintritt)
    return _completed(begin, end, step) - _completed(begin, min(end, date(facts.jahr - 1, 12, 31)), step)


def _completed(begin: date, end: date, step: int) -> int:
    return len(months_of_employment(begin, end)) // step
