"""What is left of a year's leave: statutory and tariff part, payment at exit, last day to begin it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from timekeeping.rules.leave import Anspruch, entitlement
from timekeeping.rules.leave_civil import civil_entitlement, civil_payment
from timekeeping.rules.leave_facts import LeaveError, Uebertrag, Urlaubsjahr

NIE = "nie"


@dataclass(frozen=True)
class Verfall:
    """Last day to begin each part; NIE: it does not lapse; None: nothing left, paid out or in doubt."""

    gesetzlich: date | str | None
    tariflich: date | str | None
    zweifel: tuple[str, ...] = ()


@dataclass(frozen=True)
class Urlaubskonto:
    """The year as a whole. Days are exact; a split of None is in doubt."""

    anspruch: Anspruch
    rest: Fraction
    rest_gesetzlich: Fraction | None
    rest_tariflich: Fraction | None
    abgeltung: Fraction
    verfall: Verfall
    uebertrag_verfallen: Fraction

    @property
    def zweifel(self) -> tuple[str, ...]:
        """Open questions that touch the result."""
        return (*self.anspruch.zweifel, *self.verfall.zweifel)


def leave_account(facts: Urlaubsjahr) -> Urlaubskonto:
    """Entitlement, rest and lapse of a year; days taken use up the statutory leave first (BAG 9 AZR 488/21)."""
    if facts.beamtet:
        return _of_civil_servant(facts)
    claim = entitlement(facts)
    rest = claim.summe - facts.genommen
    statutory = None if claim.gesetzlich is None else max(claim.gesetzlich - facts.genommen, Fraction(0))
    tariff = None if statutory is None else rest - statutory
    lapse = Verfall(None, None) if facts.endet_im_jahr else _without_empty(_lapse(facts), statutory, tariff)
    # Days taken beyond the claim are not asked back (§ 5 Abs. 3 BUrlG): there is nothing to pay, not less than nothing.
    paid = max(rest, Fraction(0)) if facts.endet_im_jahr else Fraction(0)
    return Urlaubskonto(claim, rest, statutory, tariff, paid, lapse,
                        lapsed_of_last_year(facts.uebertrag, facts.jahr))


def _of_civil_servant(facts: Urlaubsjahr) -> Urlaubskonto:
    """No last day is stated and nothing of last year lapses within the year: the dates of § 7 BUrlG and § 26 TVöD do
    not count, and those of § 19 FrUrlV NRW lie later."""
    claim = civil_entitlement(facts)
    rest = claim.summe - facts.genommen
    doubts = ("verfall_19_frurlv",) if rest > 0 and not facts.endet_im_jahr else ()
    return Urlaubskonto(claim, rest, None, None, civil_payment(facts, claim), Verfall(None, None, doubts), Fraction(0))


def _without_empty(lapse: Verfall, statutory: Fraction | None, tariff: Fraction | None) -> Verfall:
    return Verfall(lapse.gesetzlich if statutory else None, lapse.tariflich if tariff else None,
                   lapse.zweifel if statutory or tariff else ())


def _lapse(facts: Urlaubsjahr) -> Verfall:
    """§ 7 Abs. 3 BUrlG and § 26 Abs. 2 TVöD with the employer's duty to warn (BAG 19 February 2019, 9 AZR 423/16)."""
    year = facts.jahr
    march, may = date(year + 1, 3, 31), date(year + 1, 5, 31)
    latest_begin = march if facts.uebertragung else date(year, 12, 31)
    ill_until = date.min
    if facts.krank_von is not None and facts.krank_von <= latest_begin:
        ill_until = facts.krank_bis or date.max
    told = facts.hinweis_am is not None and facts.hinweis_am <= date(year, 12, 31)
    if ill_until > date(year, 12, 31):
        assert facts.krank_von is not None
        told = told and facts.hinweis_am is not None and facts.hinweis_am < facts.krank_von
    if ill_until >= may:
        assert facts.krank_von is not None
        lapses = told or facts.krank_von <= facts.beginn
        return Verfall(date(year + 2, 3, 31) if lapses else NIE, may)
    if ill_until >= march:
        return Verfall(None, may, ("genesung",))
    if not told:
        return Verfall(NIE, None, ("verfall_mehrurlaub",))
    if facts.uebertragung == "dienstlich_bis_31_maerz_verhindert":
        return Verfall(may, may)
    carried = facts.uebertragung or ill_until > date(year, 12, 31)
    return Verfall(march, march) if carried else Verfall(date(year, 12, 31), date(year, 12, 31))


def lapsed_of_last_year(carried: Uebertrag | None, year: int) -> Fraction:
    """Days of last year that were not begun by 31 March, or by 31 May after illness or official reasons."""
    if carried is None:
        return Fraction(0)
    last = date(year, 5, 31) if carried.verhinderung else date(year, 3, 31)
    begun = sum((days for on, days in carried.angetreten if on <= last), Fraction(0))
    if sum((days for _, days in carried.angetreten), Fraction(0)) > carried.tage:
        raise LeaveError("uebertrag_vorjahr: mehr Tage angetreten als übertragen")
    return carried.tage - begun
