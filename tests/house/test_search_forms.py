"""Suchformulare der Zeiten nennen ihre Seite: sie stehen auch auf der Antwort auf ein abgelehntes Formular."""

from __future__ import annotations

import re
from pathlib import Path

ROOM = Path(__file__).parents[2] / "timekeeping" / "web" / "templates"


def test_every_search_form_of_times_names_its_page() -> None:
    forms = [(path.name, form) for path in sorted(ROOM.rglob("*.html"))
             for form in re.findall(r"<form[^>]*role=\"search\"[^>]*>", path.read_text(encoding="utf-8"))]
    assert len(forms) >= 5
    assert [name for name, form in forms if "action=" not in form] == []
