"""Worked time and leave against files of cases; the columns are described in the contract of both commands."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
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
from timekeeping.leave_facts import read_year
from timekeeping.rules.findings import CODES
from timekeeping.rules.leave_facts import LeaveError
from timekeeping.rules.leave_year import leave_account
from timekeeping.rules.period import evaluate_period
from timekeeping.rules.premiums import ARTEN, MissingTimeOff
from timekeeping.rules.rates import PricingError, half_up
from timekeeping.time_facts import read_period

TIME_INPUTS = ("fall", "von", "bis", "facts")
TIME_EXTRA = ("toleranz_eur", "toleranz_felder", "offen", "bemerkung")
TIME_MINUTES = ("exp_min_arbeit", *(f"exp_min_{kind}" for kind in ARTEN), "exp_min_ueberstunden", "exp_min_mehrarbeit",
                "exp_saldo_minuten", "exp_gekappt_minuten")
TIME_EURO = (*(f"exp_eur_{kind}" for kind in ARTEN), "exp_eur_ueberstunden_entgelt", "exp_eur_ueberstunden_zuschlag",
             "exp_eur_mehrarbeit", "exp_eur_rufbereitschaft", "exp_eur_einsaetze", "exp_steuerfrei", "exp_sv_frei")
FINDINGS = "exp_befunde"
LEAVE_INPUTS = ("fall", "jahr", "facts")
LEAVE_DAYS = ("exp_grundurlaub", "exp_schwerbehindertenurlaub", "exp_schichturlaub", "exp_anspruch", "exp_rest",
              "exp_rest_gesetzlich", "exp_rest_tariflich", "exp_abgeltung", "exp_uebertrag_verfallen")
LEAVE_DATES = ("exp_verfall_gesetzlich", "exp_verfall_tariflich")
ENTRY = re.compile(r"(\??)([A-Z0-9_]+)@(\d{4}-\d\d-\d\d)")


def run_time(path: Path, out: TextIO = sys.stdout) -> int:
    """Every case of worked time; 0 if all of them pass."""
    return _run(path, out, TIME_INPUTS, (*TIME_MINUTES, *TIME_EURO, FINDINGS, *TIME_EXTRA), _check_time)


def run_leave(path: Path, out: TextIO = sys.stdout) -> int:
    """Every case of leave; 0 if all of them pass."""
    return _run(path, out, LEAVE_INPUTS, (*LEAVE_DAYS, *LEAVE_DATES, "offen", "bemerkung"), _check_leave)


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
        except (CellError, LeaveError, MissingTimeOff, PricingError, UnknownName) as error:
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


def leave_values(case: Case) -> dict[str, Fraction | int | str | None]:
    """All expected columns of a leave case: days with two decimals at most, last days, None where nothing is stated."""
    found = leave_account(read_year(case))
    claim = found.anspruch
    days = (claim.grundurlaub, claim.schwerbehindertenurlaub, claim.schichturlaub, claim.summe, found.rest,
            found.rest_gesetzlich, found.rest_tariflich, found.abgeltung, found.uebertrag_verfallen)
    dates = (None if day is None else str(day) for day in (found.verfall.gesetzlich, found.verfall.tariflich))
    hundredths = (None if value is None else half_up(value * 100) for value in days)
    return {**dict(zip(LEAVE_DAYS, hundredths, strict=True)), **dict(zip(LEAVE_DATES, dates, strict=True))}


def _check_leave(report: Report, case: Case) -> None:
    values = leave_values(case)
    for column in LEAVE_DAYS:
        _compare(report, case, column, values[column], den=100)
    for column in LEAVE_DATES:
        if case.text(column):
            report.check(case, column, case.text(column), str(values[column] or "kein Tag"))
