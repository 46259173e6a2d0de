"""``kreislohn bench`` und ``kreislohn bench-compare``: messen und Messungen vergleichen."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tenants.commands import stated

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
BENCHES = (
    "tax", "pay", "close", "documents", "time", "retro", "board", "files", "journal", "filings",
    "retro-years", "tariff", "month", "histories", "whatif", "whatif-month", "budget", "budget-month", "plausible",
    "all",
)


@click.command("bench")
@click.argument("name", type=click.Choice(BENCHES))
@click.option("--size", type=click.IntRange(1), default=None, help="Anzahl; Vorgabe je Messung.")
@click.option("--json", "as_json", is_flag=True, help="Eine JSON-Zeile je Messung.")
@stated.without_tenant("misst auf eigenen Daten")
def bench(name: str, size: int | None, as_json: bool) -> None:
    """Misst auf dieser Maschine."""
    from payroll.bench import BENCHMARKS, run

    names = tuple(BENCHMARKS) if name == "all" else (name,)
    for one in names:
        result = run(one, size)
        click.echo(json.dumps(result.as_dict()) if as_json else result.line())


@click.command("bench-compare")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--tolerance", type=click.IntRange(0, 100), default=10, show_default=True,
              help="Um wie viel Prozent langsamer noch gilt.")
@stated.without_tenant("vergleicht zwei Dateien mit Messungen")
def bench_compare(old: Path, new: Path, tolerance: int) -> None:
    """Vergleicht zwei Ergebnisse von „bench --json“: Rate, Speicher, Anweisungen; langsamer endet mit 1."""
    from payroll.bench import comparing

    try:
        pairs = comparing.compare(old.read_text(encoding="utf-8"), new.read_text(encoding="utf-8"))
    except (comparing.NotComparable, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    for one in pairs:
        click.echo(one.line())
    late = comparing.slower(pairs, tolerance / 100)
    click.echo(f"{len(pairs)} verglichen, {len(late)} langsamer.")
    if late:
        raise SystemExit(1)


def register(kreislohn: click.Group) -> None:
    """Hängt die Befehle an."""
    kreislohn.add_command(bench)
    kreislohn.add_command(bench_compare)
