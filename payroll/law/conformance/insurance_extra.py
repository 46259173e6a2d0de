"""Special results of insurance cases: differences of a correction, room under the ceiling, levy of the pension."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

from payroll.law.conformance.insurance_cases import Row
from payroll.law.conformance.insurance_law import figure
from payroll.law.conformance.report import CellError

BRANCHES = ("kv", "zb", "pv", "rv", "alv")
Found = Iterator[tuple[str, Fraction | str, int | str]]
DIFFERENCE = "difference_new_minus_old"


def expected_extra(row: Row, now: dict[str, int], assign: dict[str, int], before: dict[str, int] | None) -> Found:
    """Name, expectation and computed value (cents or text) of everything in exp_extra."""
    simple = _simple(row, now, assign)
    for name, raw in row.expected_extra.items():
        if name == DIFFERENCE:
            yield from _differences(raw, now, before)
        elif name == "assign_oneoff_to":
            yield name, str(raw), simple[name]
        elif name in simple:
            yield name, figure(raw, f"exp_extra {name}"), simple[name]
        else:
            raise CellError(f"exp_extra: {name!r} ist unbekannt; erlaubt: {', '.join((*simple, DIFFERENCE))}")


def _simple(row: Row, now: dict[str, int], assign: dict[str, int]) -> dict[str, int | str]:
    month = row.day.replace(month=1) - timedelta(days=1) if assign["sv_maerzklausel"] else row.day
    room = {f"{word}_{branch}": assign[f"sv_raum_{branch}"] for word in ("room", "free_room")
            for branch in ("kv", "rv")}
    return {
        "kv_plus_zb_an": now["kv_an"] + now["zb_an"], "kv_plus_zb_ag": now["kv_ag"] + now["zb_ag"],
        "ceiling_to_date_kv": assign["sv_bbg_kv_bisher"], "ceiling_to_date_rv": assign["sv_bbg_rv_bisher"], **room,
        "assign_oneoff_to": f"{month:%Y-%m}", "extra_rv_base": now["sv_altersteilzeit_basis"],
    }


def _differences(raw: Any, now: dict[str, int], before: dict[str, int] | None) -> Found:
    if before is None:
        raise CellError(f"exp_extra {DIFFERENCE}: extra_in nennt keine frühere Abrechnung (originally_...)")
    if not isinstance(raw, dict):
        raise CellError(f"exp_extra {DIFFERENCE}: ein JSON-Objekt wird gebraucht")
    change: dict[str, int] = {}
    for side in ("an", "ag"):
        parts = {f"{branch}_{side}": f"{branch.replace('alv', 'av')}_{side}" for branch in BRANCHES}
        change.update({name: now[value] - before[value] for name, value in parts.items()})
        change[f"total_{side}_sv"] = sum(change[name] for name in parts)
    for name, value in raw.items():
        if name not in change:
            raise CellError(f"exp_extra {DIFFERENCE}: {name!r} ist unbekannt; erlaubt: {', '.join(change)}")
        yield f"{DIFFERENCE} {name}", figure(value, name), change[name]
