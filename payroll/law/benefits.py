"""Benefits beside pay before gross-to-net, and the employer's subsidy to deferred pay.

Benefits are computed from the ``nl_`` columns of :mod:`payroll.law.rules.nebenleistungen` first, then join the payslip
columns as six amounts, so that a payslip without benefits neither computes nor explains them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net
from payroll.law.engine import Result, RuleBook
from payroll.law.engine.integers import IntArray

JOINS = {"sachbezuege": "nl_sachbezuege", "geldleistungen": "nl_geldleistungen",
         "nebenleistungen_steuerpflichtig": "nl_steuerpflichtig", "nebenleistungen_sv_pflichtig": "nl_sv_pflichtig",
         "pauschalsteuern_nebenleistungen": "nl_pauschalsteuern", "pauschalsteuern_an": "nl_pauschalsteuern_an"}
CERTIFICATE = ("nl_jobticket_steuerfrei", "nl_arbeitsweg_pauschal_betrag")
EMPLOYER = ("kv_ag", "zb_ag", "pv_ag", "rv_ag", "av_ag")


def benefits(month: date, inputs: Mapping[str, Any], *, book: RuleBook | None = None) -> tuple[dict[str, Any], Result]:
    """The payslip columns with what the benefits add, and the benefits themselves (cents; faults by row).

    inputs: payslip columns together with ``nl_`` columns. A row with a fault adds nothing and must not be paid before
    the fault is mended. The result also holds the two amounts of the wage-tax certificate (CERTIFICATE, lines 17, 18).
    """
    found = gross_to_net(month, inputs, (*JOINS.values(), *CERTIFICATE), book=book)
    return {**inputs, **{name: found.cents(source) for name, source in JOINS.items()}}, found


def church_cap(month: date, inputs: Mapping[str, Any], *, book: RuleBook | None = None) -> dict[str, Any]:
    """The payslip columns with the church tax beyond the cap of the Land (cents); for employers that cap."""
    capped = gross_to_net(month, inputs, ("kist_kappung",), book=book)
    return {**inputs, "kirchensteuer_kappung": capped.cents("kist_kappung")}


def subsidy(month: date, inputs: Mapping[str, Any], *, book: RuleBook | None = None) -> IntArray:
    """The employer's subsidy to ``entgeltumwandlung`` by row: the statutory share, at most what it saves (cents).

    § 1a Abs. 1a BetrAVG. The saving is the employer's contributions without any conversion less those with the
    conversion and no subsidy: a row whose pay stays above the ceilings saves nothing. One-off pay of the month counts.
    """
    without = gross_to_net(month, {**inputs, "entgeltumwandlung": 0, "umwandlung_zuschuss": 0}, EMPLOYER, book=book)
    outputs = (*EMPLOYER, "nl_umwandlung_zuschuss")
    converted = gross_to_net(month, {**inputs, "umwandlung_zuschuss": 0}, outputs, book=book)
    saved = sum(without.cents(name) - converted.cents(name) for name in EMPLOYER)
    share: IntArray = np.minimum(converted.cents("nl_umwandlung_zuschuss"), np.maximum(saved, 0))
    return share
