"""Files of cases and the report about them, shared by all conformance commands.

A file is read with :func:`read_cases`, every case is compared with :meth:`Report.check` (or marked with
:meth:`Report.error`), and :meth:`Report.finish` writes the last line ``N passed, M failed`` and gives the exit code.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _csv import Reader


class CaseFileError(ValueError):
    """The file as a whole cannot be used (unreadable, no header, a needed column is missing)."""


class CellError(ValueError):
    """One cell of a case cannot be read; the message names column, content and remedy."""


@dataclass(frozen=True)
class Case:
    """One row: its line in the file, how it is called, and its cells by column name."""

    line: int
    label: str
    cells: dict[str, str]

    def text(self, column: str, default: str = "") -> str:
        """The cell without blanks, or ``default`` when the column is missing or the cell is empty."""
        return self.cells.get(column, "").strip() or default

    def number(self, column: str, default: Fraction | int | None = None) -> Fraction:
        """The exact number in a cell; ``default`` for an empty one (None: empty is an error)."""
        raw = self.text(column)
        if not raw:
            if default is None:
                raise CellError(f"{column}: leer, eine Zahl wird gebraucht")
            return Fraction(default)
        return parse_number(raw, column)

    def whole(self, column: str, den: int = 1, default: Fraction | int | None = None) -> int:
        """The number times ``den`` as an integer (``den`` 100: euro to cents); more decimals are an error."""
        raw = self.cells.get(column, "")
        if len(raw) < 30 and raw.isascii() and raw.isdigit():
            return int(raw) * den
        value = self.number(column, default) * den
        if value.denominator != 1:
            raise CellError(f"{column}: {self.text(column)} ist genauer als 1/{den}")
        return value.numerator


@dataclass(frozen=True)
class CaseFile:
    """All cases of a file and its columns in order."""

    columns: tuple[str, ...]
    cases: tuple[Case, ...]
    broken: tuple[tuple[int, str], ...] = ()

    def require(self, columns: Iterable[str]) -> None:
        """Raise CaseFileError naming every needed column that the file does not have."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise CaseFileError(f"Spalten fehlen: {', '.join(missing)}; vorhanden: {', '.join(self.columns)}")


def parse_number(raw: str, column: str = "") -> Fraction:
    """An exact number; decimal point or decimal comma, no thousands separators."""
    if len(raw) < 30 and raw.isascii() and raw.isdigit():
        return Fraction(int(raw))
    text = raw.strip().replace(",", ".") if raw.count(",") == 1 and "." not in raw else raw.strip()
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise CellError(f"{column}: {raw[:40]!r} ist keine Zahl") from None
    if "_" in text or not value.is_finite() or abs(value.adjusted()) > 30:
        raise CellError(f"{column}: {raw[:40]!r} ist keine brauchbare Zahl")
    return Fraction(value)


def read_cases(path: Path, *, label: Sequence[str] = ("id", "nr", "case")) -> CaseFile:
    """Read a .csv or .csv.gz (comma or semicolon, UTF-8); ``label``: the columns that may name a case."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise CaseFileError(f"{path.name} ist nicht lesbar (UTF-8, .csv oder .csv.gz): {error}") from error
    header, _, _ = text.partition("\n")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    try:
        return _cases(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), path.name, label)
    except csv.Error as error:
        raise CaseFileError(f"{path.name} ist keine CSV-Datei: {error}") from error


def _cases(reader: Reader, name: str, label: Sequence[str]) -> CaseFile:
    columns = tuple(cell.strip() for cell in next(reader, []))
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if not any(columns) or twice:
        raise CaseFileError(f"{name}: " + (f"Spalten doppelt: {', '.join(twice)}" if twice else "keine Kopfzeile"))
    cases: list[Case] = []
    broken: list[tuple[int, str]] = []
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(columns):
            broken.append((reader.line_num, f"{len(row)} Felder statt {len(columns)}"))
            continue
        cells = dict(zip(columns, row, strict=True))
        called = next((cells[c].strip() for c in label if cells.get(c, "").strip()), "")
        cases.append(Case(reader.line_num, called, cells))
    return CaseFile(columns, tuple(cases), tuple(broken))


@dataclass
class Report:
    """Collects the outcome of every case and writes differences as they are found.

    ``shown``: so many lines of differences are written out, the rest is only counted.
    """

    out: TextIO
    shown: int = 1000
    passed: int = 0
    failed: int = 0
    checked_fields: int = 0
    _bad: set[int] = field(default_factory=set)
    _written: int = 0

    def note(self, text: str) -> None:
        """A remark that is no failure."""
        self.out.write(f"{text}\n")

    def check(self, case: Case, column: str, expected: Fraction | int | str, computed: Fraction | int | str, *,
              tolerance: Fraction | int = 0, den: int = 1) -> bool:
        """Compare one field; numbers are given in units of 1/den (100: cents, written as euro)."""
        self.checked_fields += 1
        if expected == computed:
            return True
        if isinstance(expected, str) or isinstance(computed, str):
            same, difference = False, ""
        else:
            gap = Fraction(computed) - Fraction(expected)
            same, difference = abs(gap) <= tolerance, f", Differenz {shown_number(gap / den)}"
        if not same:
            left, right = (v if isinstance(v, str) else shown_number(Fraction(v) / den) for v in (expected, computed))
            self._write(case.line, f"{_name(case)}: {column}: erwartet {left}, berechnet {right}{difference}")
        return same

    def error(self, case: Case, message: str) -> None:
        """The case cannot be computed; it counts as failed, the others go on."""
        self._write(case.line, f"{_name(case)}: {message}")

    def broken_lines(self, file: CaseFile) -> None:
        """Report the lines of the file that are no cases."""
        for line, message in file.broken:
            self._write(line, f"Zeile {line}: {message}")

    def done(self, case: Case) -> None:
        """All fields of the case have been checked: it counts as passed unless something was reported."""
        if case.line not in self._bad:
            self.passed += 1

    def finish(self) -> int:
        """Write the last line; 0 when every case passed, 1 on any failure or when there was no case at all."""
        if self._written > self.shown:
            self.out.write(f"... und {self._written - self.shown} weitere Abweichungen\n")
        self.failed = len(self._bad)
        if not self.passed and not self.failed:
            self.out.write("Die Datei enthält keinen Fall.\n")
        self.out.write(f"{self.passed} passed, {self.failed} failed\n")
        return 1 if self.failed or not self.passed else 0

    def _write(self, line: int, text: str) -> None:
        self._bad.add(line)
        self._written += 1
        if self._written <= self.shown:
            self.out.write(f"{text}\n")


def refuse(out: TextIO, message: str) -> int:
    """The file cannot be used at all: say why, last line as always, exit code 1."""
    out.write(f"{message}\n0 passed, 1 failed\n")
    return 1


def shown_number(value: Fraction) -> str:
    """A number as decimal text, or as a fraction where the decimals do not end."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(value)
    text = f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _name(case: Case) -> str:
    return f"Zeile {case.line}" + (f" ({case.label})" if case.label else "")
