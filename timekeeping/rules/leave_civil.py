"""Leave of civil servants in North Rhine-Westphalia: §§ 18, 19a, 23 FrUrlV NRW. BUrlG and TVöD do not count for them.

Read in the state collection as of 17 April 2024: § 18 Abs. 1 to 6, § 19a Abs. 1 Satz 1 to 5, § 23 Abs. 1 to 3. Not at
hand were § 18 Abs. 7 and 8 and § 19; what depends on them is named in ``Anspruch.zweifel``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from timekeeping.rules.leave import HALF, HALF_YEAR, Anspruch, check, round_days, round_up_halves
from timekeeping.rules.leave_facts import Urlaubsjahr
from timekeeping.rules.limits import limit
from timekeeping.rules.months import calendar_months, months_of_employment

YEAR = 12


def civil_entitlement(facts: Urlaubsjahr) -> Anspruch:
    """The entitlement of the year, without a part that BUrlG would state (``gesetzlich`` is None).

    Shift work gives nothing here: § 27 TVöD does not count, and the extra leave of FrUrlV NRW is not calculated.
    """
    check(facts)
    share = _share(facts)
    exact = limit("urlaub_tage_beamte", date(facts.jahr, 1, 1)) * share * facts.tage_je_woche(facts.beginn) / 5
    days, changed = _after_changes(facts, exact)
    disabled, of_protection = _disabled(facts, share)
    partial = share not in (0, 1)
    doubts = [name for name, is_open in (
        ("rundung_18_frurlv", partial and 0 < days % 1 < HALF), ("bruchteil_208", 0 < of_protection % 1 < HALF),
        ("wechsel_23_frurlv", changed), ("kuerzung_18_frurlv", _reduced(facts) > 0 and _months(facts) < YEAR),
        ("schichturlaub_frurlv", any(block.staendig for block in facts.schichten)),
        ("ruhestand_18_frurlv", facts.endet_im_jahr and not facts.ruhestand)) if is_open]
    return Anspruch(Fraction(round_days(days)), disabled, Fraction(0), None, tuple(doubts))


def civil_payment(facts: Urlaubsjahr, claim: Anspruch) -> Fraction:
    """§ 19a FrUrlV NRW: at the end of the service only the minimum leave (and § 208 SGB IX) that illness prevented.

    Twelfths, never the half or whole year of a retirement, and nothing is rounded (Abs. 1 Satz 5); days taken count
    against the minimum first, whatever year they were taken for (Satz 4).
    """
    ill = (facts.krank_von is not None and facts.krank_von <= facts.ende
           and (facts.krank_bis is None or facts.krank_bis >= facts.ende))
    if not (facts.endet_im_jahr and ill):
        return Fraction(0)
    year = limit("urlaub_mindest_tage_beamte", date(facts.jahr, 1, 1))
    least = year * facts.tage_je_woche(facts.ende) / 5 * _twelfths(facts)
    return max(least + claim.schwerbehindertenurlaub - facts.genommen, Fraction(0))


def _months(facts: Urlaubsjahr) -> int:
    """Full months of service in the year."""
    return len(months_of_employment(facts.beginn, facts.ende))


def _reduced(facts: Urlaubsjahr) -> int:
    """Full calendar months without pay; parental leave counts without any declaration (§ 18 Abs. 4)."""
    return facts.ruhen_monate + facts.elternzeit_monate


def _twelfths(facts: Urlaubsjahr) -> Fraction:
    return Fraction(max(_months(facts) - _reduced(facts), 0), YEAR)


def _share(facts: Urlaubsjahr) -> Fraction:
    """§ 18 Abs. 3: twelfths; half the year or all of it where the service ends at the age limit."""
    if not (facts.ruhestand and facts.endet_im_jahr and facts.eintritt < date(facts.jahr, 1, 1)):
        return _twelfths(facts)
    whole = HALF if (facts.ende.month, facts.ende.day) <= HALF_YEAR else Fraction(1)
    return max(whole - Fraction(_reduced(facts), YEAR), Fraction(0))


def _changes(facts: Urlaubsjahr) -> Iterator[tuple[date, Fraction]]:
    """First day of each month whose working days a week differ from those before, and how many they are."""
    before = facts.tage_je_woche(facts.beginn)
    for month in calendar_months(facts.beginn.replace(day=1), date(facts.jahr, 12, 31)):
        days = facts.tage_je_woche(max(month, facts.beginn))
        if days != before and month <= facts.ende:
            yield month, days
            before = days


def _after_changes(facts: Urlaubsjahr, exact: Fraction) -> tuple[Fraction, bool]:
    """§ 23 Abs. 2: what is left at a change of the week counts in the days of the new week; what was taken stays.

    Days of leave without a day (taken before the records of this house) lie before every change.
    """
    dated = sum((days for _, days in facts.genommen_am), Fraction(0))
    taken, left, week = facts.genommen - dated, exact - (facts.genommen - dated), facts.tage_je_woche(facts.beginn)
    since, changed = date.min, False
    for month, days in _changes(facts):
        used = sum((count for on, count in facts.genommen_am if since <= on < month), Fraction(0))
        taken, left, since, changed = taken + used, (left - used) * days / week, month, True
        week = days
    return taken + left, changed


def _disabled(facts: Urlaubsjahr, share: Fraction) -> tuple[Fraction, Fraction]:
    """Extra leave of § 208 SGB IX rounded and exact: it follows the leave of the year, or the months of protection."""
    begin = facts.schwerbehindert_von
    if begin is None or facts.gleichgestellt:
        return Fraction(0), Fraction(0)
    end = facts.schwerbehindert_bis or date.max
    week = limit("urlaub_schwerbehindert_wochen", date(facts.jahr, 1, 1)) * facts.tage_je_woche(facts.ende)
    if begin > facts.beginn or end < facts.ende:
        share = Fraction(len(calendar_months(max(begin, facts.beginn), min(end, facts.ende))), YEAR)
    return round_up_halves(week * share), week * share
