"""Was alle Befehle für Zahlungen und Buchungen gemeinsam haben: Angaben, Ablehnung in einer Zeile, Beträge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

DIRECTORY = click.Path(file_okay=False, path_type=Path)


@contextmanager
def clear_words() -> Iterator[None]:
    """Aus einer Ablehnung wird eine Zeile."""
    from payroll.filings.errors import FilingRefused
    from payroll.postings.errors import PostingRefused

    try:
        yield
    except (FilingRefused, PostingRefused) as error:
        raise click.ClickException(str(error)) from error


def who(command: Callable[..., None]) -> Callable[..., None]:
    """Arbeitgeber, handelnde Person, Verzeichnis."""
    for option in (
        click.option("--tenant", required=True, help="Nummer des Arbeitgebers."),
        click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat."),
        click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True),
    ):
        command = option(command)
    return command


def euros(cents: int) -> str:
    """Betrag mit Komma."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02d}"


def a_day(context: click.Context, parameter: click.Parameter, text: str | None) -> date:
    """Ein Tag als 2026-06-30, ohne Angabe heute."""
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise click.BadParameter("als 2026-06-30 angeben") from error
