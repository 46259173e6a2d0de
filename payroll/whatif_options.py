"""Was die Befehle für Szenarien und Hochrechnungen gemeinsam haben: Angaben, Datei mit Annahmen, Beträge."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

DIRECTORY = click.Path(file_okay=False, path_type=Path)
MAX_BYTES = 1_000_000


def who(command: Callable[..., None]) -> Callable[..., None]:
    """Ein oder mehrere Arbeitgeber, handelnde Person, Verzeichnis."""
    for option in (
        click.option("--tenant", "tenants", multiple=True, required=True, help="Nummer; mehrmals für mehrere."),
        click.option("--actor", required=True, help="Anmeldename; das Recht braucht es bei jedem genannten."),
        click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True),
    ):
        command = option(command)
    return command


def read_json(file: Path) -> Any:
    """Inhalt einer JSON-Datei; zu groß oder unlesbar ist eine Ablehnung mit Grund."""
    if file.stat().st_size > MAX_BYTES:
        raise click.ClickException(f"{file.name} ist größer als {MAX_BYTES // 1_000_000} MB.")
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file.name} ist kein JSON.") from error


def euro(cents: int, *, sign: bool = False) -> str:
    """Betrag mit Punkten, Komma und Währung; sign setzt auch das Plus."""
    mark = "-" if cents < 0 else "+" if sign else ""
    return f"{mark}{abs(cents) // 100:,}".replace(",", ".") + f",{abs(cents) % 100:02d} EUR"
