"""Der Abgleich von Tarif und Besoldung nennt nur Regeln, Programmteile und Prüfungen, die es gibt."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from payroll.law.calculate import law_of

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "handbuch" / "tarif-abgleich.md"
QUOTED = re.compile(r"`([^`]+)`")


def test_every_rule_and_file_of_the_table_exists() -> None:
    rows = [line.split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    named = {name for cells in rows for cell in cells for name in QUOTED.findall(cell)}
    files = {name for name in named if "/" in name}
    assert [name for name in sorted(files) if not (ROOT / name).is_file()] == []
    assert sorted(named - files - set(law_of(date(2026, 6, 1)).nodes)) == []
    assert len(files) > 40
    assert len(named - files) > 40


def test_every_row_names_a_check_or_says_what_to_enter() -> None:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith(("| Regel", "| Angabe")):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            assert "tests/" in cells[-1] or cells[-1] == "–", line
            assert all(cells), line
