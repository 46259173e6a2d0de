"""Zusagen der Sicherheit: jede nennt Prüfungen, die es gibt, jede der neun Zeilen des Auftrags steht da."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "sicherheit.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
FILES = re.compile(r"`((?:tests/[\w/]+/)test_\w+\.py)`")
LINES = 9


def _section() -> str:
    return PAGE.read_text(encoding="utf-8").partition("## Zusage und Beweis\n")[2].partition("\n## ")[0]


def test_every_promise_names_a_check_that_exists() -> None:
    section = _section()
    assert re.findall(r"^### (\d)\. ", section, re.MULTILINE) == [str(number) for number in range(1, LINES + 1)]
    rows = [line for line in section.splitlines() if line.startswith("| ") and not line.startswith("| Zusage")]
    assert len(rows) > 50
    assert [row for row in rows if not NAMED.findall(row.rsplit(" | ", 1)[-1])] == []
    missing = [f"{file}::{name}" for file, name in NAMED.findall(section) if not _defined(file, name)]
    assert missing == []


def test_files_named_elsewhere_on_the_page_exist() -> None:
    named = set(FILES.findall(PAGE.read_text(encoding="utf-8")))
    assert len(named) > 20
    assert sorted(one for one in named if not (ROOT / one).is_file()) == []


def test_the_templates_of_data_protection_are_in_the_handbook() -> None:
    text = (ROOT / "docs" / "handbuch" / "07-datenschutz.md").read_text(encoding="utf-8")
    for title in ("Verzeichnis von Verarbeitungstätigkeiten (Art. 30 DSGVO)",
                  "Datenschutz-Folgenabschätzung (Art. 35 DSGVO)"):
        part = text.partition(f"## {title}")[2].partition("\n## ")[0]
        assert len(part) > 500, title


def _defined(file: str, name: str) -> bool:
    path = ROOT / file
    return path.is_file() and bool(re.search(rf"^def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE))
