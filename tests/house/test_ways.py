"""Die neun Wege des Produkts: jeder nennt Prüfungen im Browser, die es gibt."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "wege.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_way_is_gone_by_a_check_that_exists() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d)\. .*$", text, re.MULTILINE)
    assert rows == [str(number) for number in range(1, 10)]
    named = NAMED.findall(text)
    missing = [f"{file}::{name}" for file, name in named
               if not re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)]
    assert missing == []
    promised = text.partition("## Was Menschen sehen")[2]
    lines = [line for line in promised.splitlines() if re.match(r"\| (?!Zusage)[^-]", line)]
    unproved = [line for line in lines if not NAMED.search(line)]
    assert len(lines) >= 30
    assert unproved == []
    in_table = [line for line in text.splitlines() if re.match(r"\| \d", line)]
    for line in in_table:
        sources = [(ROOT / file).read_text(encoding="utf-8") for file, _name in NAMED.findall(line)]
        assert sources, line
        assert all("page.goto" in source or "enter(" in source for source in sources), line
