"""Versiegelte Spalten vergleicht und ordnet keine Abfrage: die Datenbank sähe nur das Siegel."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from migrations import models as _all_models  # noqa: F401  # every room's tables
from payroll.masterdata.models import PersonAngaben
from payroll.runs.models import Hinweis
from tenants.db.base import Base
from tenants.security.field import sealed_fields

ROOT = Path(__file__).parents[2]
ROOMS = ("tenants", "payroll", "timekeeping", "staffplan", "jobportal")
ORDERING = ("order_by", "group_by", "distinct", "partition_by")
SEALED = {(one.class_.__name__, name) for one in Base.registry.mappers for name in sealed_fields(one.class_)}


def ordered(source: str) -> Iterator[tuple[str, str]]:
    """Klasse und Feld, nach denen geordnet oder zusammengefasst wird."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ORDERING:
            for part in (one for argument in call.args for one in ast.walk(argument)):
                if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                    yield part.value.id, part.attr


def test_no_query_orders_by_a_sealed_column() -> None:
    assert ("PersonAngaben", "nachname") in SEALED
    assert set(ordered("select(X).order_by(PersonAngaben.nachname.desc())")) & SEALED
    found = {(str(file.relative_to(ROOT)), *one) for room in ROOMS for file in (ROOT / room).rglob("*.py")
             for one in ordered(file.read_text(encoding="utf-8")) if one in SEALED}
    assert found == set()


@pytest.mark.parametrize(("column", "value"), [
    (PersonAngaben.nachname, "Muster"), (PersonAngaben.geburtsdatum, date(1990, 1, 1)), (Hinweis.regel, None),
], ids=["text", "day", "none"])  # fmt: skip
def test_a_comparison_in_a_query_is_refused(column: Any, value: object) -> None:
    with pytest.raises(TypeError, match="im Speicher vergleichen"):
        select(PersonAngaben.person_id).where(column == value)
    with pytest.raises(TypeError, match="im Speicher vergleichen"):
        select(PersonAngaben.person_id).where(column != value)
