"""The plans that an installation has taken in: XML files in one folder, one for each beginning of validity."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from payroll.law.plan.document import read_bytes
from payroll.law.plan.errors import PlanError
from payroll.law.plan.plan import Plan, read_plan

FOLDER = "steuerjahre"
NEEDED = ("lstlzz", "solzlzz", "bk", "sts", "solzs", "bks")


def add(data: Path, file: Path) -> Plan:
    """Take a plan in; raises PlanError for one that cannot be used or pays less than a payslip needs.

    The same file again changes nothing; another file for the same beginning takes the place of the first.
    """
    plan = read_plan(file)
    missing = [name.upper() for name in NEEDED if name not in plan.outputs]
    if missing:
        raise PlanError(f"{file.name}: dem Plan fehlen Ausgaben, ohne die nicht abgerechnet werden kann: "
                        f"{', '.join(missing)}")
    target = _place(data, plan)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".teil")
        part.write_bytes(read_bytes(file))
        part.replace(target)
    except OSError as error:
        raise PlanError(f"{target.name} kann nicht geschrieben werden: {error.strerror}") from error
    return plan


def source_of(data: Path, plan: Plan) -> bytes:
    """The file that a plan taken in was read from."""
    return read_bytes(_place(data, plan))


def _place(data: Path, plan: Plan) -> Path:
    return data / FOLDER / f"{plan.year}-{plan.first_month:02}.xml"


def plans_in(data: Path) -> list[Plan]:
    """All plans taken in, in order of validity; raises PlanError for a file that was damaged since."""
    return [_read(path, path.stat().st_mtime_ns) for path in sorted((data / FOLDER).glob("20??-??.xml"))]


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> Plan:
    return read_plan(path)
