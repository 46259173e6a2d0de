"""Proof that ships with the product: every bundled file of cases, its source, what passed, failed or rests on doubt."""

from __future__ import annotations

import hashlib
import io
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TextIO

from payroll.law.conformance import garnishment, insurance, pay, payslip, tax
from payroll.law.conformance.doubt import Doubt, doubts
from payroll.law.conformance.report import refuse
from payroll.law.engine import RuleBookError

FOLDER = Path(__file__).parent / "cases"
ORIGINS = {"amtlich": "amtlich", "veroeffentlicht": "veröffentlicht", "unabhaengig": "zweites Programm",
           "zusammengesetzt": "Schritt für Schritt zusammengesetzt"}
Run = Callable[[Path, date | None, TextIO], int]


def _tax(path: Path, month: date | None, out: TextIO) -> int:
    assert month is not None
    return tax.run(path, month, out)


RUNS: dict[str, Run] = {
    "tax": _tax,
    "insurance": lambda path, _, out: insurance.run(path, None, out),
    "pay": lambda path, _, out: pay.run(path, None, out),
    "payslip": lambda path, _, out: payslip.run(path, out),
    "garnishment": lambda path, _, out: garnishment.run(path, out),
}


@dataclass(frozen=True)
class Source:
    """A bundled file: its kind (tax, insurance, ...), title, source, where its expectations come from, months (tax)."""

    name: str
    titel: str
    art: str
    herkunft: str
    quelle: str
    monate: tuple[date | None, ...] = (None,)


@dataclass(frozen=True)
class Checked:
    """A bundled file held against the law of this program.

    month: whose plan was applied (tax only). lines: differences and remarks, German. unconfirmed: figures behind these
    cases that are drafts or not confirmed. sha256: of the file as it ships.
    """

    source: Source
    month: date | None
    passed: int
    failed: int
    lines: tuple[str, ...]
    unconfirmed: tuple[Doubt, ...]
    sha256: str

    @property
    def origin(self) -> str:
        """Where the expectations come from, in German words."""
        return ORIGINS[self.source.herkunft]


@cache
def sources() -> tuple[Source, ...]:
    """All bundled files in the order in which they are shown."""
    with (FOLDER / "quellen.toml").open("rb") as stream:
        entries = tomllib.load(stream)["datei"]
    found = []
    for entry in entries:
        months = tuple(date.fromisoformat(f"{month}-01") for month in entry.pop("monate", ()))
        found.append(Source(**entry, monate=months or (None,)))
    return tuple(found)


def check(source: Source, month: date | None, folder: Path = FOLDER) -> Checked:
    """Compute one bundled file and compare every expectation; law that cannot be built counts as failed."""
    path, out = folder / source.name, io.StringIO()
    try:
        RUNS[source.art](path, month, out)
    except RuleBookError as error:
        refuse(out, str(error))
    *lines, last = out.getvalue().splitlines()
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed", last)
    assert counts is not None
    return Checked(source, month, int(counts[1]), int(counts[2]), tuple(lines),
                   doubts(source.art, path, month), hashlib.sha256(path.read_bytes()).hexdigest())


_lock = Lock()


def results() -> list[Checked]:
    """All bundled files, computed once per version of the program and process (some seconds the first time)."""
    with _lock:
        return list(_results(version("kreislohn")))


@cache
def _results(_: str) -> tuple[Checked, ...]:
    return tuple(check(source, month) for source in sources() for month in source.monate)


def totals(checked: Sequence[Checked]) -> tuple[int, int]:
    """Cases passed and failed over all files."""
    return sum(one.passed for one in checked), sum(one.failed for one in checked)


def run(out: TextIO) -> int:
    """Write every file with its source, its differences and doubts, last ``N passed, M failed``; 0 if all pass."""
    checked = results()
    for one in checked:
        month = f" ({one.month:%m/%Y})" if one.month else ""
        out.write(f"{one.source.name}{month}: {one.passed} bestanden, {one.failed} abweichend, "
                  f"{len(one.unconfirmed)} Rechengrößen unbestätigt\n    {one.source.titel}\n"
                  f"    Quelle ({one.origin}): {one.source.quelle}\n")
        if one.failed:
            out.writelines(f"    {line}\n" for line in one.lines)
        out.writelines(f"    unbestätigt: {doubt}\n" for doubt in one.unconfirmed)
    passed, failed = totals(checked)
    doubtful = {doubt for one in checked for doubt in one.unconfirmed}
    out.write(f"{len(checked)} Prüfungen, {len(doubtful)} unbestätigte Rechengrößen\n")
    out.write(f"{passed} passed, {failed} failed\n")
    return 1 if failed or not passed else 0
