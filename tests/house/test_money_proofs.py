"""Geld, Bücher, Meldungen: jede Forderung nennt Prüfungen, die es gibt."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "geld-und-meldungen.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_demand_names_checks_that_exist() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d\. ", line)]
    assert {line[2] for line in lines} == set("123456789")
    assert [line for line in lines if not NAMED.search(line)] == []
    missing = [f"{file}::{name}" for line in lines for file, name in NAMED.findall(line)
               if not re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)]
    assert missing == []
