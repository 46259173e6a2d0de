"""Worked time and leave against files of cases; the columns are described in the contract of both commands."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TextIO

from payroll.law.conformance.report import (
    Case,
    CaseFileError,
    CellError,
    Report,
    parse_number,
    read_cases,
    refuse,
)
from payroll.law.encode import UnknownName
from timekeeping.rules.findings import CODES
from timekeeping.rules.period import evaluate_period
from timekeeping.rules.premiums import ARTEN, MissingTimeOff
from timekeeping.rules.rates import PricingError
from timekeeping.time_facts import read_period

Values = Mapping[str, Fraction | int | str | None]
TIME_INPUTS = ("fall", "von", "bis", "facts")
TIME_EXTRA = ("toleranz_eur", "toleranz_felder", "offen", "bemerkung")
TIME_MINUTES = ("exp_min_arbeit", *(f"exp_min_{kind}" for kind in ARTEN), "exp_min_ueberstunden", "exp_min_mehrarbeit",
                "exp_saldo_minuten", "exp_gekappt_minuten")
TIME_EURO = (*(f"exp_eur_{kind}" for kind in ARTEN), "exp_eur_ueberstunden_entgelt", "exp_eur_ueberstunden_zuschlag",
             "exp_eur_mehrarbeit", "exp_eur_rufbereitschaft", "exp_eur_einsaetze", "exp_steuerfrei", "exp_sv_frei")
FINDINGS = "exp_befunde"
ENTRY = re.compile(r"(\??)([A-Z0-9_]+)@(\d{4}-\d\d-\d\d)")


def run_time(path: Path, out: TextIO = sys.stdout) -> int:
    """Every case of worked time; 0 if all of them pass."""
    return _run(path, out, TIME_INPUTS, (*TIME_MINUTES, *TIME_EURO, FINDINGS, *TIME_EXTRA), _check_time)


def _run(path: Path, out: TextIO, needed: tuple[str, ...], known: tuple[str, ...],
         check: Callable[[Report, Case], None]) -> int:
    try:
        file = read_cases(path, label=("fall",))
        file.require(needed)
        unknown = [name for name in file.columns if name not in (*needed, *known)]
        if unknown:
            raise CaseFileError(f"Spalten unbekannt: {', '.join(unknown)}; erlaubt: {', '.join((*needed, *known))}")
    except CaseFileError as error:
        return refuse(out, str(error))
    report = Report(out)
    report.broken_lines(file)
    for case in file.cases:
        try:
            check(report, case)
            report.done(case)
        except (CellError, UnknownName, MissingTimeOff, PricingError) as error:
            report.error(case, str(error))
    report.note(f"{len(file.cases)} Fälle, {report.checked_fields} Felder verglichen")
    return report.finish()


def time_values(case: Case) -> dict[str, Fraction | int | str | None]:
    """All expected columns of a case: minutes, cents, findings; None where there is nothing to state."""
    found = evaluate_period(read_period(case))
    minutes = (found.arbeitsminuten, *found.zuschlagsminuten.values(), found.ueberstunden, found.mehrarbeit,
               *((None, None) if found.saldo is None else (found.saldo.minuten, found.saldo.gekappt)))
    money = found.betraege
    amounts = (None,) * len(TIME_EURO) if money is None else (
        *money.zuschlaege.values(), money.ueberstunden_entgelt, money.ueberstunden_zuschlag, money.mehrarbeit,
        money.rufbereitschaft, money.einsaetze, money.steuerfrei, money.sv_frei)
    return {**dict(zip(TIME_MINUTES, minutes, strict=True)), **dict(zip(TIME_EURO, amounts, strict=True)),
            FINDINGS: ";".join(map(str, found.befunde)) or "-"}


def _check_time(report: Report, case: Case) -> None:
    values = time_values(case)
    tolerances = _tolerances(case)
    for column in TIME_MINUTES:
        _compare(report, case, column, values[column])
    for column in TIME_EURO:
        _compare(report, case, column, values[column], den=100, tolerance=tolerances.get(column, tolerances[""]))
    if case.text(FINDINGS):
        _compare_findings(report, case, str(values[FINDINGS]))


def _tolerances(case: Case) -> dict[str, Fraction]:
    found = {"": case.number("toleranz_eur", 0) * 100}
    for entry in filter(None, (part.strip() for part in case.text("toleranz_felder").split(";"))):
        name, _, value = entry.partition("=")
        if name not in TIME_EURO:
            raise CellError(f"toleranz_felder: unbekanntes Feld {name}; erlaubt: {', '.join(TIME_EURO)}")
        found[name] = parse_number(value, "toleranz_felder") * 100
    return found


def _compare(report: Report, case: Case, column: str, computed: Fraction | int | str | None, *, den: int = 1,
             tolerance: Fraction | int = 0) -> None:
    if not case.text(column):
        return
    if computed is None:
        report.check(case, column, case.text(column), "kein Wert")
    else:
        report.check(case, column, case.whole(column, den), computed, den=den, tolerance=tolerance)


def _compare_findings(report: Report, case: Case, computed: str) -> None:
    """Everything expected must be there and nothing else, except the entries that may be there (?)."""
    needed: set[str] = set()
    allowed: set[str] = set()
    for entry in [] if case.text(FINDINGS) == "-" else case.text(FINDINGS).split(";"):
        match = ENTRY.fullmatch(entry.strip())
        if not match or match[2] not in CODES:
            raise CellError(f"{FINDINGS}: {entry!r} ist kein Befund CODE@JJJJ-MM-TT; Codes: {', '.join(CODES)}")
        (allowed if match[1] else needed).add(f"{match[2]}@{match[3]}")
    found = set() if computed == "-" else set(computed.split(";"))
    same = needed <= found <= needed | allowed
    report.check(case, FINDINGS, case.text(FINDINGS), case.text(FINDINGS) if same else computed)
