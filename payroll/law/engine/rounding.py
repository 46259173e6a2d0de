"""The named roundings of the law. Each says to which unit and in which direction; nothing else rounds."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Any

from payroll.law.engine import integers as ints
from payroll.law.engine.quantity import Exact, Money, Quantity, Rate, times
from payroll.law.engine.trace import Origin


def _rounded(x: Quantity, unit: Fraction, direction: str, label: str) -> Any:
    """Round to a multiple of ``unit``; directions: half_up (halves away from zero), trunc, away, floor, ceil."""
    factor, divisor = unit.denominator, unit.numerator
    den: Any
    if isinstance(x.den, int):
        common = gcd(factor, x.den * divisor)
        factor, den = factor // common, x.den * divisor // common
    else:
        den = times(x.den, ints.bounds(x.den), divisor, (divisor, divisor))[0]
    num, lo, hi = times(x.num, (x.lo, x.hi), factor, (factor, factor))
    den_lo, den_hi = (den, den) if isinstance(den, int) else ints.bounds(den)
    if not ints.fits(2 * lo - den_hi, 2 * hi + den_hi):
        lo, hi = ints.bounds(num)
        if not ints.fits(2 * lo - den_hi, 2 * hi + den_hi):
            num, den = ints.widen(num), ints.widen(den)
    match direction:
        case "half_up":
            whole = ints.half_up_div(num, den, lo)
        case "trunc":
            whole = ints.trunc_div(num, den, lo)
        case "away":
            whole = ints.up_div(num, den, lo)
        case "floor":
            whole = ints.floor_div(num, den)
        case _:
            whole = -ints.floor_div(-num, den)
    low = min(lo // den_lo, lo // den_hi) - 1
    high = max(-(-hi // den_lo), -(-hi // den_hi)) + 1
    low, high = (low + 1 if lo == 0 else low), high
    out, rlo, rhi = times(ints.narrow(whole, low, high), (low, high), unit.numerator, (unit.numerator,) * 2)
    cls = (Money if unit.denominator == 1 else Exact) if isinstance(x, Exact) else Rate
    result = cls(out, unit.denominator, lo=rlo, hi=rhi)
    if x.origin is not None:
        result.origin = Origin("op", label, result.value, result.kind, (x.origin,))
    return result


CENT = Fraction(1)
EURO = Fraction(100)


def half_up(x: Exact) -> Money:
    """To whole cents, half a cent away from zero (kaufmännisch)."""
    return _rounded(x, CENT, "half_up", "auf Cent gerundet")  # type: ignore[no-any-return]  # Money by construction


def floor_cent(x: Exact) -> Money:
    """To whole cents, fractions cut off (towards zero)."""
    return _rounded(x, CENT, "trunc", "auf Cent abgerundet")  # type: ignore[no-any-return]  # Money by construction


def ceil_cent(x: Exact) -> Money:
    """To whole cents, any fraction counts as a full cent (away from zero)."""
    return _rounded(x, CENT, "away", "auf Cent aufgerundet")  # type: ignore[no-any-return]  # Money by construction


def floor_euro(x: Exact) -> Money:
    """To whole euro, fractions cut off (towards zero)."""
    return _rounded(x, EURO, "trunc", "auf volle Euro abgerundet")  # type: ignore[no-any-return]  # Money by construction


def ceil_euro(x: Exact) -> Money:
    """To whole euro, any fraction counts as a full euro (away from zero)."""
    return _rounded(x, EURO, "away", "auf volle Euro aufgerundet")  # type: ignore[no-any-return]  # Money by construction


def half_up_euro(x: Exact) -> Money:
    """To whole euro, half a euro away from zero."""
    return _rounded(x, EURO, "half_up", "auf volle Euro gerundet")  # type: ignore[no-any-return]  # Money by construction


def cut_decimals(x: Any, places: int) -> Any:
    """A number (or an amount in euro) cut at so many decimals, towards zero."""
    unit = Fraction(1, 10**places) * (100 if isinstance(x, Exact) else 1)
    return _rounded(x, unit, "trunc", f"nach {places} Nachkommastellen abgeschnitten")


def up_decimals(x: Any, places: int) -> Any:
    """A number (or an amount in euro) at so many decimals, away from zero."""
    unit = Fraction(1, 10**places) * (100 if isinstance(x, Exact) else 1)
    return _rounded(x, unit, "away", f"auf {places} Nachkommastellen aufgerundet")


def half_up_decimals(x: Any, places: int) -> Any:
    """A number (or an amount in euro) rounded to so many decimals, halves away from zero."""
    unit = Fraction(1, 10**places) * (100 if isinstance(x, Exact) else 1)
    return _rounded(x, unit, "half_up", f"auf {places} Nachkommastellen gerundet")
