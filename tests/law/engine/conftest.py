"""The made-up island: a small country whose law lives beside the tests of the engine."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from payroll.law.engine import Parameter, RuleBook, read_toml, rules_in

HERE = Path(__file__).parent


def island_parameters() -> list[Parameter]:
    return [one for path in sorted((HERE / "insel" / "zahlen").glob("*.toml")) for one in read_toml(path, path.stem)]


def island_book() -> RuleBook:
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    rules, inputs, exports = rules_in(importlib.import_module("insel.regeln"))
    return RuleBook(rules, inputs, island_parameters(), exports)


@pytest.fixture(scope="session")
def island() -> RuleBook:
    """The rule book of the island."""
    return island_book()
