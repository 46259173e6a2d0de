"""The public package gettsim beside our wage tax: same rows, same machine, its own prebuilt vectorised function.

It is no dependency of ours and is compared only where it is installed. What it gives is not rounded; the plan cuts
the year's tax to whole euro and the month's to cents, so agreement is stated for both ways of reading it.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import time
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

PACKAGE, KNOWN = "gettsim", "1.3."
PROBE = 100
TARGETS = {"lohnsteuer": {"betrag_m": None, "betrag_soli_m": None}}
TAX, HEALTH, CARE = "lohnsteuer__", "sozialversicherung__kranken__beitrag__", "sozialversicherung__pflege__beitrag__"


def compare(month: date, columns: Mapping[str, Any], allowance: int, ours: Any, repeats: int = 3) -> Any:
    """Rate of gettsim and share of rows that agree with us to the cent; None when it is not installed.

    columns: rows of :func:`payroll.bench.tax.rows`; allowance: child allowance of the year for a count of 1.0 (cents);
    ours: wage tax of the month in cents.
    """
    if importlib.util.find_spec(PACKAGE) is None:
        return None
    version = importlib.metadata.version(PACKAGE)
    if not version.startswith(KNOWN):
        return {"version": version, "remark": f"nicht verglichen: bekannt ist nur {KNOWN}x"}
    size = len(ours)
    data = _columns(columns, allowance)
    function, needed = _built(month, {name: column[:PROBE] for name, column in data.items()})
    given = {name: column for name, column in data.items() if name in needed}
    function({name: column[:PROBE] for name, column in given.items()})
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        theirs = function(given)
        seconds.append(time.perf_counter() - started)
    return {"version": version, "seconds": round(min(seconds), 3), "rate": round(size / min(seconds), 1),
            **agreement(np.asarray(theirs[f"{TAX}betrag_m"]), ours)}


def agreement(theirs: Any, ours: Any) -> dict[str, Any]:
    """Shares of rows with the same wage tax in cents: cut as it comes, and with the year cut to whole euro first.

    theirs: unrounded euro of the month; ours: cents.
    """
    as_it_comes = _cut(theirs * 100)
    by_the_year = _cut(_cut(theirs * 12) / 12 * 100)
    return {"agree": _share(as_it_comes == ours), "agree_rounded_as_the_plan": _share(by_the_year == ours),
            "largest_difference_cents": int(np.abs(as_it_comes - ours).max())}


def _cut(values: Any) -> Any:
    """Down to whole numbers; what binary fractions lack by less than a millionth counts as whole."""
    return np.floor(np.round(values, 6)).astype(np.int64)


def _share(equal: Any) -> float:
    return round(float(equal.mean()), 4)


def _columns(rows: Mapping[str, Any], allowance: int) -> dict[str, Any]:
    """Our columns by the names of gettsim: euro, shares, children counted."""
    size = len(rows["re4"])
    whole = np.where(rows["stkl"] == 4, allowance / 2, allowance)
    has_children = rows["pvz"] == 0
    return {
        "p_id": np.arange(size), "einnahmen__bruttolohn_m": rows["re4"] / 100,
        f"{TAX}steuerklasse": rows["stkl"], f"{TAX}kinderfreibetrag_soli_y": rows["zkf"] / 10 * whole / 100,
        "alter": np.full(size, 40), "alter_monate": np.full(size, 480), "geburtsjahr": np.full(size, 1986),
        f"{HEALTH}privat_versichert": np.zeros(size, dtype=bool), f"{HEALTH}zusatzbeitragssatz": rows["kvz"] / 10_000,
        f"{HEALTH}beitrag_private_basiskrankenversicherung_abzüglich_arbeitgeberanteil_m": np.zeros(size),
        f"{CARE}hat_kinder": has_children, f"{CARE}anzahl_kinder_bis_24": np.where(has_children, rows["pva"] + 1, 0)}


def _built(month: date, sample: Mapping[str, Any]) -> tuple[Any, set[str]]:
    """The function that gettsim builds for a date, and the names of the columns it takes."""
    package = importlib.import_module(PACKAGE)
    made = package.main(
        main_targets=[("tt_function",), ("labels", "root_nodes")], policy_date_str=month.isoformat(),
        tt_targets=package.TTTargets(tree=TARGETS), input_data=package.InputData.qname(dict(sample)),
        include_warn_nodes=False)
    return made["tt_function"], set(made["labels"]["root_nodes"])
