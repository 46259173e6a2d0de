"""The numbers of law: one TOML file per area, mirrored paths to the rules; pay tables as CSV."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from payroll.law.engine import Parameter, read_toml
from payroll.law.parameters.pay_table_parameters import pay_table_parameters

FOLDER = Path(__file__).parent


def load_parameters(folder: Path = FOLDER) -> list[Parameter]:
    """All parameters of all areas; the first folder level is the area, as for the rules. With the pay tables."""
    return list(_parameters(folder))


@cache
def _parameters(folder: Path) -> tuple[Parameter, ...]:
    """Read once in a process: every rule book of some areas asks for all of them, and none changes one."""
    found: list[Parameter] = pay_table_parameters() if folder == FOLDER else []
    for path in sorted(folder.rglob("*.toml")):
        found += read_toml(path, path.relative_to(folder).parts[0].removesuffix(".toml"))
    return tuple(found)
