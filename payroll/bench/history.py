"""Results over time: a file that results are appended to, and the page and charts that are made from it.

In the folder: ``verlauf.csv`` (one line for each measurement, oldest first), ``kurven.json`` (the newest points of each
curve), and what is made from both: ``README.md`` and the charts.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from payroll.bench import chart, comparing
from payroll.bench.comparing import NotComparable
from payroll.bench.measure import ENOUGH

FILE, CURVES, PAGE, OVER_TIME = "verlauf.csv", "kurven.json", "README.md", "verlauf.svg"
FIELDS = ("day", "note", "name", "size", "unit", "seconds", "rate", "p95_ms", "calls", "call", "peak_mb",
          "sql_statements", "cpu_seconds", "database_seconds", "load", "machine", "definition")
EMPTY = "–"


@dataclass(frozen=True)
class Curve:
    """How the points of a curve are shown: file of the chart, title, name of the axis across, lines (field, name)."""

    file: str
    title: str
    across: str
    lines: tuple[tuple[str, str], ...]
    unit: str = "milliseconds for one person"


SHOWN = {
    "curve-people": Curve("menschen.svg", "Gross to net: cost of one person, by number of people", "people",
                          (("ms", "wall time, one core"), ("cpu_ms", "processor"))),
    "curve-close": Curve("abschluss.svg", "Month close with the database: cost of one person, by number of people",
                         "people of one employer", (("ms", "wall time"), ("cpu_ms", "processor, ours"),
                                                    ("database_ms", "processor, database"))),
    "curve-wage-types": Curve("lohnarten.svg", "Month close: cost of one person, by number of wage types", "wage types",
                              (("ms", "wall time"), ("cpu_ms", "processor, ours"),
                               ("database_ms", "processor, database"))),
    "soak": Curve("dauerlauf.svg", "Many employers one after the other: cost of one person", "people so far",
                  (("ms", "month to the payment file, both processes"), ("written_ms", "writing new people"))),
}


def append(folder: Path, results: str, *, day: str, note: str) -> int:
    """Appends results of ``bench --json`` and makes page and charts again; returns how many were appended.

    Raises NotComparable when the text is no result of measurements.
    """
    rows = list(comparing.read(results).values())
    if not rows:
        raise NotComparable("Die Datei enthält kein Ergebnis von „kreislohn bench --json“.")
    file = folder / FILE
    new = not file.exists()
    with file.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, FIELDS, extrasaction="ignore", lineterminator="\n")
        if new:
            writer.writeheader()
        for row in rows:
            machine, _, load = str(row["machine"]).partition(", Last ")
            writer.writerow({**row, "day": day, "note": note, "machine": machine, "load": load})
    curves = _curves(folder)
    curves |= {row["name"]: {"day": day, "machine": row["machine"], "points": row["points"]} for row in rows
               if row.get("points")}
    (folder / CURVES).write_text(json.dumps(curves, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draw(folder)
    return len(rows)


def draw(folder: Path) -> list[str]:
    """Writes page and charts from the two files; returns the names of what was written."""
    made = made_from(folder)
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    return list(made)


def made_from(folder: Path) -> dict[str, str]:
    """What page and charts have to be: text of each file by its name."""
    rows, curves = _rows(folder), _curves(folder)
    found = {OVER_TIME: _over_time(rows)} if rows else {}
    found |= {SHOWN[name].file: _curve(SHOWN[name], held["points"]) for name, held in curves.items()}
    return found | {PAGE: "\n".join(_page(rows, curves))}


def _rows(folder: Path) -> list[dict[str, str]]:
    file = folder / FILE
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _curves(folder: Path) -> dict[str, Any]:
    file = folder / CURVES
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def _by_name(rows: Sequence[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row["name"], []).append(row)
    return found


def _over_time(rows: Sequence[dict[str, str]]) -> str:
    """A small chart of the rate for each measurement that was taken at least twice; curves have their own charts.

    Another size or another meaning begins another chart: their rates are not those of the same work.
    """
    found: dict[tuple[str, float, str], list[dict[str, str]]] = {}
    for row in rows:
        if row["name"] not in SHOWN:
            found.setdefault((row["name"], float(row["size"]), row["definition"]), []).append(row)
    lines = [(f"{name}, {chart.number(size)}", f"{_unit(own[-1]['unit'])}/s",
              [(float(at), float(one["rate"])) for at, one in enumerate(own)])
             for (name, size, _), own in found.items() if len(own) > 1]
    return chart.panels("Rate of each measurement, from the first to the newest", lines)


def _curve(shown: Curve, points: Sequence[dict[str, float]]) -> str:
    lines = [chart.Series(name, [(one["at"], one[field]) for one in points if field in one])
             for field, name in shown.lines if any(field in one for one in points)]
    highest = max(value for line in lines for _, value in line.points)
    across = [one["at"] for one in points]
    steps = [highest * part / 4 for part in range(5)]
    return chart.curve(shown.title, chart.Axis(shown.across, across, log=across[-1] > 20 * across[0]),
                       chart.Axis(shown.unit, steps), lines)


UNITS = {"Zeilen": "rows", "Personenmonate": "person-months", "Abrechnungen": "slips", "Stempel": "stamps",
         "Monate": "months", "Zahlungen": "payments", "Beschäftigte": "people", "Seiten": "pages",
         "Nachzahlungen": "back payments", "Geschichten": "histories", "Menschen": "people"}


def _unit(word: str) -> str:
    return UNITS.get(word, word)


def _page(rows: Sequence[dict[str, str]], curves: dict[str, Any]) -> list[str]:
    text = ["# Results over time", "", "Made by `kreislohn bench-record` from the two files beside it, never changed "
            "by hand. What is measured and how: [measurements.md](../measurements.md).", ""]
    for name, held in curves.items():
        text += _curve_section(SHOWN[name], name, held)
    if rows:
        text += ["## Every measurement", "", f"![Rate of each measurement over time]({OVER_TIME})", "",
                 "The scale of each begins at zero; the last value is written at its head. `load`: processes that "
                 "waited for the two cores in the last minute; above 2 the wall time says little.", ""]
    for name, own in _by_name(rows).items():
        text += [f"### {name}", "", *_table(own), ""]
    return text


def _curve_section(shown: Curve, name: str, held: dict[str, Any]) -> list[str]:
    points = held["points"]
    fields = list(dict.fromkeys(field for one in points for field in one if field != "at"))
    return [f"## {shown.title}", "", f"![{shown.title}]({shown.file})", "",
            f"`kreislohn bench {name}`, {held['day']}; {held['machine']}.", "",
            f"| {shown.across} | {' | '.join(fields)} |", f"|{'---|' * (len(fields) + 1)}",
            *(f"| {one['at']:,} | {' | '.join(chart.number(one[f]) if f in one else EMPTY for f in fields)} |"
              for one in points), ""]


def _table(rows: Sequence[dict[str, str]]) -> list[str]:
    head = ("day", "size", "rate/s", "p95 or max, ms", "seconds", "processor s", "database s", "peak MB", "SQL", "load",
            "note")
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(
        f"| {one['day']} | {_told(one['size'])} | {_told(one['rate'])} | {_slow(one)} | {_told(one['seconds'])} | "
        f"{_told(one['cpu_seconds'])} | {_told(one['database_seconds'])} | {_told(one['peak_mb'])} | "
        f"{_told(one['sql_statements'])} | {one['load'] or EMPTY} | {_noted(one)} |" for one in rows)]


def _slow(row: dict[str, str]) -> str:
    if not row["p95_ms"]:
        return EMPTY
    share = "p95" if int(row["calls"]) >= ENOUGH else "max"
    return f"{_told(row['p95_ms'])} ({share} of {row['calls']} × {row['call']})"


def _noted(row: dict[str, str]) -> str:
    return "; ".join(filter(None, (row["definition"], row["note"])))


def _told(text: str) -> str:
    return chart.number(float(text)) if text else EMPTY
