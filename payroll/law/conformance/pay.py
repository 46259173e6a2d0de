"""Gross pay against a file of cases (columns id, kind, scale, group, step, month, hours, facts, expected_eur)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

from payroll.law.conformance.pay_events import EVENTS
from payroll.law.conformance.pay_facts import read_case
from payroll.law.conformance.pay_kinds import MONTHLY
from payroll.law.conformance.report import Case, CaseFileError, CellError, Report, read_cases, refuse
from payroll.law.encode import UnknownName

KINDS = {**MONTHLY, **EVENTS}
COLUMNS = ("kind", "scale", "group", "step", "month", "weekly_hours", "full_time_hours", "facts", "expected_eur")


def run(path: Path, kind: str | None = None, out: TextIO = sys.stdout) -> int:
    """Compute every case (of one kind, or of several kinds separated by commas) and report; exit code 0 if all pass."""
    try:
        file = read_cases(path, label=("id",))
        file.require(COLUMNS)
    except CaseFileError as error:
        return refuse(out, str(error))
    wanted = {k.strip() for k in kind.split(",")} if kind else None
    if wanted and wanted - set(KINDS):
        return refuse(out, f"Art {', '.join(sorted(wanted - set(KINDS)))} gibt es nicht; bekannt: {', '.join(KINDS)}")
    report = Report(out)
    report.broken_lines(file)
    for case in file.cases:
        if wanted is None or case.text("kind") in wanted:
            _check(report, case)
    return report.finish()


def compute(case: Case) -> int | None:
    """The expected amount of a case in cents; None when its facts say that it cannot be stated."""
    kind = case.text("kind")
    if kind not in KINDS:
        raise CellError(f"kind: {kind!r} gibt es nicht; bekannt: {', '.join(KINDS)}")
    found = read_case(case)
    if "unklar" in found.facts:
        return None
    return KINDS[kind](found)


def _check(report: Report, case: Case) -> None:
    try:
        computed = compute(case)
        if computed is None:
            report.note(f"Zeile {case.line} ({case.label}): unklar, nicht gerechnet")
            return
        report.check(case, "expected_eur", case.whole("expected_eur", 100), computed, den=100,
                     tolerance=case.number("tolerance_eur", 0) * 100)
        report.done(case)
    except (CellError, UnknownName) as error:
        report.error(case, str(error))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        report.error(case, f"facts: unvollständig oder anders aufgebaut als beschrieben ({error})")
