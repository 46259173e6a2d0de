"""Java's divisions and roundings: setScale, divide with scale and mode, divide that must come out even."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from payroll.law.engine.integers import Integers, fits, widen
from payroll.law.plan.decimals import Decimals, Mask, RowsFault, column, compare, multiply, negate, one

MODES = ("UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN", "UNNECESSARY")


def set_scale(value: Decimals, scale: int, mode: str) -> Decimals:
    """At most ``scale`` decimals, rounded in this mode; more decimals than there are change nothing."""
    if scale >= value.scale:
        return value
    return _quotient(value, one(10 ** (value.scale - scale)), scale, mode)


def divide_rounded(a: Decimals, b: Decimals, scale: int, mode: str) -> Decimals:
    """a / b with ``scale`` decimals."""
    a, b = _positive(a, b)
    places = scale + b.scale - a.scale
    if places >= 0:
        return _quotient(multiply(a, one(10**places)), b, scale, mode)
    return _quotient(a, multiply(b, one(10**-places)), scale, mode)


def divide_exactly(a: Decimals, b: Decimals) -> Decimals:
    """a / b as it is; rows whose quotient has no end are faulty, as in Java."""
    a, b = _positive(a, b)
    places = _decimals_needed(b)
    grown = multiply(a, one(10**places))
    scale = a.scale + places - b.scale
    return _normal(_quotient(grown, b, scale, "UNNECESSARY"))


def truncate_int(a: Decimals, b: Decimals) -> Decimals:
    """Java's division of integers."""
    return divide_rounded(a, b, 0, "DOWN")


def _normal(value: Decimals) -> Decimals:
    """A negative scale written out."""
    if value.scale >= 0:
        return value
    grown = multiply(value, one(10**-value.scale))
    return Decimals(grown.num, 0, grown.lo, grown.hi)


def _positive(a: Decimals, b: Decimals) -> tuple[Decimals, Decimals]:
    """The same quotient with a positive divisor; zero is a fault."""
    if b.lo > 0:
        return a, b
    zero = compare(b, "==", one(0))
    if bool(np.any(zero)):
        raise RowsFault("Division durch null", zero)
    b = column(b.num, b.scale)
    if b.lo > 0:
        return a, b
    if isinstance(b.num, int):
        return negate(a), negate(b)
    sign = column(np.where(np.asarray(b.num < 0), -1, 1))
    positive = multiply(b, sign)
    return multiply(a, sign), column(positive.num, positive.scale)


def _decimals_needed(divisor: Decimals) -> int:
    """So many decimals hold every quotient by this divisor that ends at all."""
    if isinstance(divisor.num, int):
        values = [divisor.num]
    elif divisor.hi - divisor.lo < 16:
        values = [*range(divisor.lo, divisor.hi + 1)]
    else:
        values = [int(value) for value in np.unique(divisor.num)]
    return max(max(_power(value, 2), _power(value, 5)) for value in values) if values else 0


def _power(value: int, prime: int) -> int:
    count = 0
    while value and value % prime == 0:
        value, count = value // prime, count + 1
    return count


def _quotient(a: Decimals, b: Decimals, scale: int, mode: str) -> Decimals:
    """a.num / b.num rounded to whole numbers of 10**-scale; b is positive."""
    x, y = a.num, b.num
    if not (fits(a.lo, a.hi) and fits(b.lo, b.hi)):
        x, y = widen(x), widen(y)
    least = b.num if isinstance(b.num, int) else max(b.lo, 1)
    if mode == "DOWN":
        num = _toward_zero(x, y, a.lo)
    else:
        num = _ROUND[mode](x, y)
    lo, hi = min(0, -(-a.lo // least) - 1 if a.lo < 0 else 0), max(0, a.hi // least + 1)
    small = fits(lo, hi) and fits(a.lo, a.hi) and fits(b.lo, b.hi)
    return Decimals(num, scale, lo, hi) if small else column(num, scale)


def _toward_zero(x: Any, y: Any, lo: int) -> Any:
    if lo >= 0:
        return x // y
    if isinstance(x, int) and isinstance(y, int):
        return x // y if x >= 0 else -(-x // y)
    return np.where(np.asarray(x < 0), -(-x // y), x // y)


def _exact(x: Any, y: Any) -> Any:
    down = x // y
    rest: Mask = down * y != x
    if bool(np.any(rest)):
        raise RowsFault("die Division geht nicht auf, und eine Rundung ist nicht angegeben", rest)
    return down


def _up(x: Any, y: Any) -> Any:
    return _where(x < 0, x // y, -(-x // y))


def _half(tie: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Nearest; at the exact middle ``tie(floor, x is negative)`` says whether the upper neighbour is taken."""
    def rounded(x: Any, y: Any) -> Any:
        down = x // y
        rest = x - down * y
        other = y - rest
        return _where(rest < other, down, _where(rest > other, down + 1, _where(tie(down, x < 0), down + 1, down)))

    return rounded


def _where(condition: Any, yes: Any, no: Any) -> Any:
    if isinstance(condition, (bool, np.bool_)):
        return yes if condition else no
    return np.where(np.asarray(condition, dtype=bool), yes, no)


_ROUND: dict[str, Callable[[Any, Any], Integers]] = {
    "UP": _up,
    "CEILING": lambda x, y: -(-x // y),
    "FLOOR": lambda x, y: x // y,
    "HALF_UP": _half(lambda down, negative: _flip(negative)),
    "HALF_DOWN": _half(lambda down, negative: negative),
    "HALF_EVEN": _half(lambda down, negative: down % 2 == 1),
    "UNNECESSARY": _exact,
}


def _flip(negative: Any) -> Any:
    return not negative if isinstance(negative, bool) else ~negative
