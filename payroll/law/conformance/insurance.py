"""``kreislohn conformance insurance FILE``: social insurance against cases whose expectations come from elsewhere.

Columns by name, empty input = default, empty expectation = not part of the case; amounts in euro, rates in percent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TextIO

from payroll.law.conformance.insurance_cases import Row, is_levy, read
from payroll.law.conformance.insurance_extra import expected_extra
from payroll.law.conformance.insurance_law import Outcome, compute, unconfirmed
from payroll.law.conformance.insurance_levy import levy
from payroll.law.conformance.report import Case, CaseFileError, CellError, Report, read_cases, refuse

INPUT_COLUMNS = (
    "id", "group", "title", "status", "source_type", "source", "year", "month", "state", "pgr", "bgr", "mode",
    "pay_current", "pay_oneoff", "sv_days", "ytd_sv_days", "ytd_base_kvpv", "ytd_base_rvalv", "oneoff_in_prior_year",
    "zusatzbeitrag_pct", "childless_surcharge", "children_under_25", "other_employment_pay", "u2_pct", "pkv_premium",
    "ppv_premium", "extra_in", "exp_extra", "published_fields", "tolerance", "cross_check", "arithmetic",
)
EMPLOYEE, EMPLOYER = ("kv_an", "zb_an", "pv_an", "rv_an", "av_an"), ("kv_ag", "zb_ag", "pv_ag", "rv_ag", "av_ag")
Values = dict[str, int]
EXPECTED: dict[str, Callable[[Values], int]] = {
    "exp_base_kv": lambda v: v["sv_brutto_kv"] if v["ist_minijob"] else v["sv_basis_kv"] + v["sv_rest_kv"],
    "exp_base_pv": lambda v: v["sv_basis_pv"] + v["sv_rest_pv"],
    "exp_base_rv": lambda v: v["sv_minijob_basis_rv"] if v["ist_minijob"] else v["sv_basis_rv"] + v["sv_rest_rv"],
    "exp_base_alv": lambda v: v["sv_basis_av"] + v["sv_rest_av"],
    "exp_be_total": lambda v: v["be_gesamt"],
    "exp_be_an": lambda v: v["be_an"],
    "exp_u2_ag": lambda v: v["u2"],
    "exp_flat_tax_ag": lambda v: v["pauschsteuer_2"],
    "exp_subsidy_kv_ag": lambda v: v["zuschuss_kv"],
    "exp_subsidy_pv_ag": lambda v: v["zuschuss_pv"],
    "exp_total_an_sv": lambda v: sum(v[name] for name in EMPLOYEE),
    "exp_total_ag_sv": lambda v: sum(v[name] for name in EMPLOYER),
}
for _name in (*EMPLOYEE, *EMPLOYER):
    EXPECTED[f"exp_{_name.replace('av_', 'alv_')}"] = lambda v, name=_name: v[name]  # type: ignore[misc]  # bound now
OUTPUTS = (*EMPLOYEE, *EMPLOYER, "u2", "pauschsteuer_2", "zuschuss_kv", "zuschuss_pv", "be_gesamt", "be_an",
           "sv_brutto_kv", "sv_basis_kv", "sv_basis_pv", "sv_basis_rv", "sv_basis_av", "sv_rest_kv", "sv_rest_pv",
           "sv_rest_rv", "sv_rest_av", "sv_minijob_basis_rv", "ist_minijob", "sv_bbg_kv_bisher", "sv_bbg_rv_bisher",
           "sv_raum_kv", "sv_raum_rv", "sv_maerzklausel", "sv_altersteilzeit_basis")


def run(path: Path, group: str | None = None, out: TextIO = sys.stdout) -> int:
    """Compute every case (of one group), write differences and the last line ``N passed, M failed``; 0 if all pass."""
    try:
        file = read_cases(Path(path), label=("id",))
        unknown = [c for c in file.columns if c not in INPUT_COLUMNS and c not in EXPECTED]
        if unknown:
            raise CaseFileError(f"unbekannte Spalten: {', '.join(unknown)}; erlaubt sind die Spalten der Beispieldatei")
        file.require(("year", "month", "pay_current"))
    except CaseFileError as error:
        return refuse(out, str(error))
    report = Report(out)
    report.broken_lines(file)
    cases = [case for case in file.cases if group is None or case.text("group") == group]
    if group is not None and not cases:
        groups = sorted({case.text("group") for case in file.cases})
        return refuse(out, f"Gruppe {group!r} kommt nicht vor; vorhanden: {', '.join(groups)}")
    _check_all(report, cases)
    return report.finish()


def _check_all(report: Report, cases: list[Case]) -> None:
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for case in cases:
        try:
            if case.label and seen.setdefault(case.label, case.line) != case.line:
                raise CellError(f"id: {case.label} steht schon in Zeile {seen[case.label]}; eindeutig benennen")
            if is_levy(case):
                levy(report, case)
            else:
                rows.append(read(case))
        except CellError as error:
            report.error(case, str(error))
    for day in sorted({row.day for row in rows}):
        if names := unconfirmed(day):
            report.note(f"Hinweis {day:%m/%Y}: nicht bestätigte Rechengrößen: {', '.join(names)}")
    main = compute([row.main for row in rows], OUTPUTS)
    assign = compute([row.assign for row in rows], OUTPUTS)
    old = iter(compute([row.before for row in rows if row.before], OUTPUTS))
    for row, now, other in zip(rows, main, assign, strict=True):
        before = next(old) if row.before else None
        try:
            _check(report, row, now, other, before)
        except CellError as error:
            report.error(row.case, str(error))


def _check(report: Report, row: Row, now: Outcome, assign: Outcome, before: Outcome | None) -> None:
    case = row.case
    if now.fault:
        raise CellError(f"{now.fault.message} ({now.fault.law})")
    tolerance = case.number("tolerance", 0) * 100
    if tolerance < 0:
        raise CellError("tolerance: negativ; 0 oder größer angeben")
    for column, value in EXPECTED.items():
        if case.text(column):
            report.check(case, column, case.number(column) * 100, value(now.values), tolerance=tolerance, den=100)
    for name, expected, computed in expected_extra(row, now.values, assign.values, before.values if before else None):
        cents = expected if isinstance(expected, str) else Fraction(expected) * 100
        report.check(case, f"exp_extra {name}", cents, computed, tolerance=tolerance, den=100)
    report.done(case)
