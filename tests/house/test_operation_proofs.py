"""Geschwindigkeit, Maschinen, schlechte Tage: jede Forderung nennt Prüfungen, Übungen oder Messungen, die es gibt."""

from __future__ import annotations

import re
from pathlib import Path

from payroll.bench import BENCHMARKS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "betrieb-und-leistung.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
MADE = re.compile(r"`make ([\w-]+)`")
MEASURED = re.compile(r"`kreislohn bench ([\w-]+)`")


def test_every_demand_names_what_exists() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d\. ", line)]
    assert {line[2] for line in lines} == set("123456789")
    assert [line for line in lines if not (NAMED.search(line) or MADE.search(line))] == []
    text = "\n".join(lines)
    missing = [f"{file}::{name}" for file, name in NAMED.findall(text)
               if not re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)]
    assert missing == []
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(MADE.findall(text)) <= set(targets)
    assert set(MEASURED.findall(text)) <= set(BENCHMARKS)
