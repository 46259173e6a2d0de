"""Pay tables as dated CSV: every cell with its day, its source and its status; gaps and duplicates are errors.

``pay_tables/tafeln.csv`` lists which table begins when ("voll": every cell known so far must be there again, "teil":
only the cells that change); ``gruppen.csv`` lists the groups in the order of their codes (append, never reorder) with
the classes that other rules go by. Amounts are full-time monthly amounts in euro. Cells of status "entwurf" are no law
in force: they are only in the table of drafts that an advance under reservation is paid from.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from payroll.law.engine.errors import ParameterError
from payroll.law.engine.parameters import STATUSES

FOLDER = Path(__file__).parent / "pay_tables"
STUFEN = 16  # slots per group in the encoded key: steps 0 to 15
FAMILIENKLASSEN = ("A5-A6", "A7-A8", "uebrige")
FAMILIENSTUFEN = ("1", "2", "3", "4", "5", "weiteres_kind")
MIETENSTUFEN = ("alle", "I", "II", "III", "IV", "V", "VI", "VII")

Key = tuple[str, str, str]  # (tarifwerk, entgeltgruppe, stufe) or (klasse, stufe, mietenstufe)


@dataclass(frozen=True)
class Cell:
    """One amount of a table, with where it stands in its file."""

    key: Key
    ab: date
    cent: int
    status: str
    place: str


@dataclass(frozen=True)
class Sheet:
    """One table from a day on: its file, its extent ("voll" or "teil"), its paragraph and source."""

    datei: str
    tarifwerk: str
    ab: date
    umfang: str
    paragraf: str
    quelle: str


@dataclass(frozen=True)
class Gruppe:
    """A pay group and the classes it belongs to; an empty class means: the rule does not know this group."""

    tarifwerk: str
    entgeltgruppe: str
    zuschlagsklasse: str
    sonderzahlungsklasse: str
    sue_zulage: str
    familienzuschlagsklasse: str


def records(path: Path, columns: tuple[str, ...]) -> list[tuple[str, dict[str, str]]]:
    """The lines of a CSV file with their place; a missing or unknown column is an error."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != columns:
            raise ParameterError(f"{path.name}: Spalten {reader.fieldnames}, erwartet {', '.join(columns)}")
        return [(f"{path.name} Zeile {reader.line_num}", row) for row in reader]


def read_cells(path: Path, names: tuple[str, str, str]) -> list[Cell]:
    """All cells of one table file; ``names`` are the three columns of the key."""
    cells = []
    for place, row in records(path, (*names, "gueltig_ab", "betrag", "status")):
        try:
            cents = Decimal(row["betrag"]) * 100
            ab = date.fromisoformat(row["gueltig_ab"])
        except (InvalidOperation, ValueError, TypeError) as error:
            raise ParameterError(f"{place}: Betrag oder Tag ist nicht lesbar ({row})") from error
        if cents <= 0 or cents != cents.to_integral_value():
            raise ParameterError(f"{place}: {row['betrag']} ist kein Betrag in ganzen Cent")
        if row["status"] not in STATUSES:
            raise ParameterError(f"{place}: unbekannter Status {row['status']!r}; erlaubt: {', '.join(STATUSES)}")
        cells.append(Cell((row[names[0]], row[names[1]], row[names[2]]), ab, int(cents), row["status"], place))
    return cells


def read_sheets(folder: Path = FOLDER) -> list[Sheet]:
    """The list of tables and the days they begin."""
    columns = ("datei", "tarifwerk", "gueltig_ab", "umfang", "paragraf", "quelle")
    sheets = []
    for place, row in records(folder / "tafeln.csv", columns):
        if row["umfang"] not in ("voll", "teil") or not row["paragraf"] or not row["quelle"]:
            raise ParameterError(f"{place}: umfang (voll, teil), paragraf oder quelle fehlt")
        sheets.append(Sheet(row["datei"], row["tarifwerk"], date.fromisoformat(row["gueltig_ab"]), row["umfang"],
                            row["paragraf"], row["quelle"]))
    return sheets


def read_groups(folder: Path = FOLDER) -> tuple[Gruppe, ...]:
    """All groups in the order of their codes."""
    columns = ("tarifwerk", "entgeltgruppe", "zuschlagsklasse", "sonderzahlungsklasse", "sue_zulage",
               "familienzuschlagsklasse")
    found: dict[tuple[str, str], Gruppe] = {}
    for place, row in records(folder / "gruppen.csv", columns):
        key = (row["tarifwerk"], row["entgeltgruppe"])
        if key in found:
            raise ParameterError(f"{place}: {' '.join(key)} gibt es zweimal")
        found[key] = Gruppe(*(row[name] for name in columns))
    return tuple(found.values())


def check_cells(cells: list[Cell], sheets: list[Sheet], numbered: bool) -> None:
    """Duplicates, cells without a table, tables without cells, cells that a full table lost, steps left out."""
    seen: dict[tuple[Key, date], str] = {}
    for cell in cells:
        if (cell.key, cell.ab) in seen:
            first = seen[cell.key, cell.ab]
            raise ParameterError(f"{' '.join(cell.key)} ab {cell.ab} doppelt: {first} und {cell.place}")
        seen[cell.key, cell.ab] = cell.place
    listed = {sheet.ab for sheet in sheets}
    for cell in cells:
        if cell.ab not in listed:
            raise ParameterError(f"{cell.place}: Stichtag {cell.ab} steht nicht in tafeln.csv")
    known: set[Key] = set()
    for sheet in sorted(sheets, key=lambda s: s.ab):
        here = {cell.key for cell in cells if cell.ab == sheet.ab}
        if not here:
            raise ParameterError(f"tafeln.csv: {sheet.datei} {sheet.tarifwerk} ab {sheet.ab} hat keine Werte")
        lost = sorted(known - here) if sheet.umfang == "voll" else sorted(here - known)
        if lost:
            raise ParameterError(f"{sheet.datei}.csv: Lücke ab {sheet.ab}: {' '.join(lost[0])}"
                                 f"{' und weitere' if len(lost) > 1 else ''}")
        known |= here
    if numbered:
        _check_steps(known)


def _check_steps(known: set[Key]) -> None:
    steps: dict[tuple[str, str], list[int]] = {}
    for tarifwerk, gruppe, stufe in known:
        if not stufe.isdigit() or int(stufe) >= STUFEN:
            raise ParameterError(f"{tarifwerk} {gruppe}: Stufe {stufe!r} ist keine Zahl von 0 bis {STUFEN - 1}")
        steps.setdefault((tarifwerk, gruppe), []).append(int(stufe))
    for (tarifwerk, gruppe), found in steps.items():
        missing = sorted(set(range(min(found), max(found))) - set(found))
        if missing:
            raise ParameterError(f"{tarifwerk} {gruppe}: Stufe {missing[0]} fehlt ({min(found)} bis {max(found)})")


@dataclass(frozen=True)
class PayTables:
    """All pay tables, read and checked."""

    gruppen: tuple[Gruppe, ...]
    sheets: tuple[Sheet, ...]
    cells: tuple[Cell, ...]
    familie: tuple[Cell, ...]

    def days(self) -> list[date]:
        """All days on which some pay table begins."""
        return sorted({cell.ab for cell in self.cells})

    def on(self, day: date, *, drafts: bool = False) -> dict[Key, Cell]:
        """The cells in force on a day; with ``drafts`` a draft of a table hides the cell it wants to replace."""
        return in_force(self.cells, day, drafts)


def in_force(cells: tuple[Cell, ...], day: date, drafts: bool) -> dict[Key, Cell]:
    """The newest cell of every key on a day."""
    found: dict[Key, Cell] = {}
    for cell in cells:
        if cell.ab <= day and (drafts or cell.status != "entwurf"):
            known = found.get(cell.key)
            if known is None or known.ab < cell.ab:
                found[cell.key] = cell
    return found


@cache
def load_pay_tables(folder: Path = FOLDER) -> PayTables:
    """Read and check all tables of the folder; every mistake is a ParameterError naming file and line."""
    gruppen, sheets = read_groups(folder), read_sheets(folder)
    files = {sheet.datei for sheet in sheets if sheet.tarifwerk}
    cells = [cell for datei in sorted(files)
             for cell in read_cells(folder / f"{datei}.csv", ("tarifwerk", "entgeltgruppe", "stufe"))]
    pairs = {(g.tarifwerk, g.entgeltgruppe) for g in gruppen}
    for cell in cells:
        if cell.key[:2] not in pairs:
            raise ParameterError(f"{cell.place}: {' '.join(cell.key[:2])} steht nicht in gruppen.csv")
    for tarifwerk in {g.tarifwerk for g in gruppen} | {s.tarifwerk for s in sheets if s.tarifwerk}:
        check_cells([c for c in cells if c.key[0] == tarifwerk], [s for s in sheets if s.tarifwerk == tarifwerk], True)
    familie = read_cells(folder / "familienzuschlag_nrw.csv", ("klasse", "stufe", "mietenstufe"))
    check_cells(familie, [s for s in sheets if s.datei == "familienzuschlag_nrw"], False)
    return PayTables(gruppen, tuple(sheets), tuple(cells), tuple(familie))
