"""The numbers of law: one TOML file per area, mirrored paths to the rules; pay tables as CSV."""

from __future__ import annotations

from pathlib import Path

from payroll.law.engine import Parameter, read_toml

FOLDER = Path(__file__).parent


def load_parameters(folder: Path = FOLDER) -> list[Parameter]:
    """All parameters of all areas; the first folder level is the area, as for the rules."""
    found: list[Parameter] = []
    for path in sorted(folder.rglob("*.toml")):
        found += read_toml(path, path.relative_to(folder).parts[0].removesuffix(".toml"))
    return found
