"""Exact quantities of law over columns: money in cents, rates, counts, days, conditions.

A quantity is a column of fractions ``num / den``. ``num`` is one integer (the same for all rows) or an integer column,
``den`` is a positive integer or, after a division by a column, a column of positive integers. Money counts cents.
Nothing is rounded until a rounding of :mod:`payroll.law.engine.rounding` is spoken. A float is a TypeError.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from typing import Any, ClassVar, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from payroll.law.engine import integers as ints
from payroll.law.engine.errors import LawFault
from payroll.law.engine.integers import Integers
from payroll.law.engine.trace import Origin

BoolArray = NDArray[np.bool_]
Q = TypeVar("Q", bound="Quantity")


class Condition:
    """A yes/no value per row; ``mask`` is one bool for all rows or a bool column."""

    __slots__ = ("mask", "origin")
    kind: ClassVar[str] = "Condition"

    def __init__(self, mask: bool | BoolArray, origin: Origin | None = None) -> None:
        self.mask = mask
        self.origin = origin

    def _join(self, other: Condition, sign: str, mask: bool | BoolArray) -> Condition:
        origin = None
        if self.origin is not None or other.origin is not None:
            origin = Origin("op", sign, Fraction(_first(mask)), self.kind, (origin_of(self), origin_of(other)))
        return Condition(mask, origin)

    def __and__(self, other: Condition) -> Condition:
        return self._join(other, "und", self.mask & other.mask)

    def __or__(self, other: Condition) -> Condition:
        return self._join(other, "oder", self.mask | other.mask)

    def __invert__(self) -> Condition:
        mask = (not self.mask) if isinstance(self.mask, bool) else ~self.mask
        origin = None
        if self.origin is not None:
            origin = Origin("op", "nicht", Fraction(_first(mask)), self.kind, (self.origin,))
        return Condition(mask, origin)

    def __bool__(self) -> bool:
        raise TypeError("a condition is a column: use where(), & and | instead of if, and, or")


class Quantity:
    """Base of all numeric columns; see the module text for the representation."""

    __slots__ = ("den", "hi", "lo", "num", "origin")
    kind: ClassVar[str] = "Quantity"
    __array_priority__ = 1000

    def __init__(self, num: Integers, den: Integers = 1, *, lo: int | None = None, hi: int | None = None,
                 origin: Origin | None = None) -> None:
        self.num = num
        self.den = den
        if lo is None or hi is None:
            lo, hi = ints.bounds(num)
        self.lo = lo
        self.hi = hi
        self.origin = origin

    @property
    def value(self) -> Fraction:
        """The exact figure of the first row (single case)."""
        return Fraction(_first(self.num), _first(self.den))

    def __add__(self: Q, other: Quantity | int) -> Q:
        return cast(Q, _sum(self, coerce(other, self), "+"))

    def __radd__(self: Q, other: int) -> Q:
        return cast(Q, _sum(coerce(other, self), self, "+"))

    def __sub__(self: Q, other: Quantity | int) -> Q:
        return cast(Q, _sum(self, coerce(other, self), "-"))

    def __rsub__(self: Q, other: int) -> Q:
        return cast(Q, _sum(coerce(other, self), self, "-"))

    def __mul__(self, other: Any) -> Any:
        return product(self, number(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return quotient(self, number(other))

    def __neg__(self: Q) -> Q:
        return cast(Q, product(self, Count(-1)))

    def __lt__(self, other: Quantity | int) -> Condition:
        return _compare(self, coerce(other, self), "<")

    def __le__(self, other: Quantity | int) -> Condition:
        return _compare(self, coerce(other, self), "<=")

    def __gt__(self, other: Quantity | int) -> Condition:
        return _compare(self, coerce(other, self), ">")

    def __ge__(self, other: Quantity | int) -> Condition:
        return _compare(self, coerce(other, self), ">=")

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]  # columns compare row by row
        return _compare(self, coerce(other, self), "==")

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]  # columns compare row by row
        return _compare(self, coerce(other, self), "!=")

    __hash__ = None  # type: ignore[assignment]  # a column is no key

    def __bool__(self) -> bool:
        raise TypeError("a quantity is a column: use where() instead of if")


class Exact(Quantity):
    """Money before rounding, in cents."""

    __slots__ = ()
    kind = "Exact"


class Money(Exact):
    """Money in whole cents."""

    __slots__ = ()
    kind = "Money"


class Rate(Quantity):
    """A pure number: a rate, a factor, a share; never rounded by itself."""

    __slots__ = ()
    kind = "Rate"


class Count(Rate):
    """A whole number."""

    __slots__ = ()
    kind = "Count"


class Days(Count):
    """A whole number of days."""

    __slots__ = ()
    kind = "Days"


class Choice(Count):
    """One of a few named possibilities, e.g. a denomination; compare with :meth:`ist`."""

    __slots__ = ("names",)
    kind = "Choice"

    def __init__(self, num: Integers, den: Integers = 1, *, lo: int | None = None, hi: int | None = None,
                 origin: Origin | None = None, names: tuple[str, ...] = ()) -> None:
        super().__init__(num, den, lo=lo, hi=hi, origin=origin)
        self.names = names

    def ist(self, *names: str) -> Condition:
        """True where the choice is one of ``names``; an unknown name is an error."""
        codes = [self.names.index(name) for name in names]
        mask: bool | BoolArray = False
        for code in codes:
            hit = self.num == code
            mask = mask | (bool(hit) if isinstance(self.num, int) else cast(BoolArray, hit))
        origin = None
        if self.origin is not None:
            text = Origin("literal", " oder ".join(names), Fraction(codes[0]), "Choice")
            origin = Origin("op", "ist", Fraction(_first(mask)), "Condition", (self.origin, text))
        return Condition(mask, origin)


KINDS: dict[str, type[Quantity]] = {c.__name__: c for c in (Exact, Money, Rate, Count, Days, Choice)}


def euro(amount: int) -> Money:
    """A fixed amount in whole euro."""
    return Money(amount * 100)


def cent(amount: int) -> Money:
    """A fixed amount in cents."""
    return Money(amount)


def rate(numerator: int | str | Fraction, denominator: int = 1) -> Rate:
    """A fixed pure number, from a fraction or a decimal text."""
    value = Fraction(numerator) / denominator
    return Rate(value.numerator, value.denominator)


def origin_of(value: Quantity | Condition) -> Origin:
    """The origin of a value; a constant becomes a literal."""
    if value.origin is not None:
        return value.origin
    if isinstance(value, Condition):
        return Origin("literal", "ja" if _first(value.mask) else "nein", Fraction(_first(value.mask)), value.kind)
    return Origin("literal", "", value.value, value.kind)


def number(value: Any) -> Quantity:
    """A quantity, or a whole number as Count, or a fraction as Rate."""
    if isinstance(value, Quantity):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise TypeError(f"{value!r} is no exact quantity")
    if isinstance(value, int):
        return Count(value)
    return Rate(value.numerator, value.denominator)


def coerce(value: Any, like: Quantity) -> Quantity:
    """The operand of a sum or comparison; the only bare number that may stand beside money is 0."""
    if isinstance(value, Quantity):
        if isinstance(value, Exact) != isinstance(like, Exact):
            raise TypeError(f"{like.kind} and {value.kind} cannot be added or compared")
        return value
    if isinstance(like, Exact):
        if type(value) is int and value == 0:
            return Money(0)
        raise TypeError(f"{value!r} beside money: say euro() or cent()")
    return number(value)


def common_class(a: Quantity, b: Quantity, den: Integers) -> type[Quantity]:
    """Class of a value that may come from either operand."""
    if isinstance(a, Exact):
        return Money if isinstance(den, int) and den == 1 else Exact
    if isinstance(den, int) and den == 1:
        return Days if isinstance(a, Days) or isinstance(b, Days) else Count
    return Rate


def times(num: Integers, b: tuple[int, int], factor: Integers, f: tuple[int, int]) -> tuple[Integers, int, int]:
    """Product of two integer columns with bounds, exact whatever the size."""
    if isinstance(factor, int) and factor == 1:
        return num, b[0], b[1]
    lo, hi = ints.product_bounds(b, f)
    if not ints.fits(lo, hi):
        b, f = ints.bounds(num), ints.bounds(factor)
        lo, hi = ints.product_bounds(b, f)
        if not ints.fits(lo, hi):
            num, factor = ints.widen(num), ints.widen(factor)
    return ints.narrow(num * factor, lo, hi), lo, hi


def align(a: Quantity, b: Quantity) -> tuple[tuple[Integers, int, int], tuple[Integers, int, int], Integers]:
    """Both numerators over one denominator."""
    if isinstance(a.den, int) and isinstance(b.den, int):
        if a.den == b.den:
            return (a.num, a.lo, a.hi), (b.num, b.lo, b.hi), a.den
        den = lcm(a.den, b.den)
        fa, fb = den // a.den, den // b.den
        return times(a.num, (a.lo, a.hi), fa, (fa, fa)), times(b.num, (b.lo, b.hi), fb, (fb, fb)), den
    da, db = ints.bounds(a.den), ints.bounds(b.den)
    left = times(a.num, (a.lo, a.hi), b.den, db)
    right = times(b.num, (b.lo, b.hi), a.den, da)
    return left, right, times(a.den, da, b.den, db)[0]


def traced(a: Quantity, b: Quantity, result: Q, sign: str) -> Q:
    """Note how the result arose when one of the operands is being explained."""
    if a.origin is not None or b.origin is not None:
        result.origin = Origin("op", sign, result.value, result.kind, (origin_of(a), origin_of(b)))
    return result


def _sum(a: Quantity, b: Quantity, sign: str) -> Quantity:
    (na, alo, ahi), (nb, blo, bhi), den = align(a, b)
    lo, hi = (alo + blo, ahi + bhi) if sign == "+" else (alo - bhi, ahi - blo)
    if not ints.fits(lo, hi):
        (alo, ahi), (blo, bhi) = ints.bounds(na), ints.bounds(nb)
        lo, hi = (alo + blo, ahi + bhi) if sign == "+" else (alo - bhi, ahi - blo)
        if not ints.fits(lo, hi):
            na, nb = ints.widen(na), ints.widen(nb)
    num = na + nb if sign == "+" else na - nb
    return traced(a, b, common_class(a, b, den)(ints.narrow(num, lo, hi), den, lo=lo, hi=hi), sign)


def product(a: Quantity, b: Quantity) -> Quantity:
    """Exact product; money times money is a TypeError."""
    money = isinstance(a, Exact) or isinstance(b, Exact)
    if isinstance(a, Exact) and isinstance(b, Exact):
        raise TypeError("money times money has no meaning")
    na, da, nb, db = a.num, a.den, b.num, b.den
    ab, bb = (a.lo, a.hi), (b.lo, b.hi)
    if isinstance(nb, int) and isinstance(da, int) and da > 1 and nb:
        common = gcd(nb, da)
        nb, da, bb = nb // common, da // common, (nb // common, nb // common)
    if isinstance(na, int) and isinstance(db, int) and db > 1 and na:
        common = gcd(na, db)
        na, db, ab = na // common, db // common, (na // common, na // common)
    num, lo, hi = times(na, ab, nb, bb)
    den = da * db if isinstance(da, int) and isinstance(db, int) else times(
        da, ints.bounds(da), db, ints.bounds(db))[0]
    whole = isinstance(den, int) and den == 1
    cls: type[Quantity] = (Money if whole else Exact) if money else (Count if whole else Rate)
    if cls is Count and (isinstance(a, Days) or isinstance(b, Days)):
        cls = Days
    return traced(a, b, cls(num, den, lo=lo, hi=hi), "×")


def quotient(a: Quantity, b: Quantity) -> Quantity:
    """Exact quotient; a zero divisor is a LawFault of the rows concerned."""
    if isinstance(b, Exact) and not isinstance(a, Exact):
        raise TypeError("a number divided by money has no meaning")
    if isinstance(b.num, int):
        if b.num == 0:
            raise LawFault("Teilung durch null", np.ones(1, dtype=bool))
        sign = 1 if b.num > 0 else -1
        inverse = Rate(b.den * sign, abs(b.num))
    else:
        if b.lo <= 0 <= b.hi and bool((b.num == 0).any()):
            raise LawFault("Teilung durch null", np.asarray(b.num == 0, dtype=bool))
        inverse = Rate(b.den * np.sign(b.num) if b.lo < 0 else b.den, np.abs(b.num))
    bare: Quantity = Rate(a.num, a.den, lo=a.lo, hi=a.hi) if isinstance(b, Exact) else _bare(a)
    result = product(bare, inverse)
    return traced(a, b, type(result)(result.num, result.den, lo=result.lo, hi=result.hi), "÷")


def _bare(a: Quantity) -> Quantity:
    return (Exact if isinstance(a, Exact) else Rate)(a.num, a.den, lo=a.lo, hi=a.hi)


def _compare(a: Quantity, b: Quantity, sign: str) -> Condition:
    (na, _, _), (nb, _, _), _ = align(a, b)
    mask: Any
    match sign:
        case "<":
            mask = na < nb
        case "<=":
            mask = na <= nb
        case ">":
            mask = na > nb
        case ">=":
            mask = na >= nb
        case "==":
            mask = na == nb
        case _:
            mask = na != nb
    mask = mask if isinstance(mask, bool) else np.asarray(mask, dtype=bool)
    origin = None
    if a.origin is not None or b.origin is not None:
        origin = Origin("op", sign, Fraction(_first(mask)), "Condition", (origin_of(a), origin_of(b)))
    return Condition(mask, origin)


def _first(values: Any) -> int:
    """The first row as a Python integer."""
    return int(values) if isinstance(values, (int, bool, np.bool_)) else int(values.flat[0])
