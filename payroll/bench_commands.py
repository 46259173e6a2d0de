"""``kreislohn bench`` und ``kreislohn bench-compare``: messen und Messungen vergleichen."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from tenants.commands import stated
from tenants.counting import counted

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
BENCHES = (
    "tax", "pay", "close", "documents", "time", "retro", "board", "files", "journal", "filings",
    "retro-years", "tariff", "month", "histories", "whatif", "whatif-month", "budget", "budget-month", "plausible",
    "portal", "curve-people", "curve-close", "curve-wage-types", "soak", "workers",
    "workers-four", "all",
)


@click.command("bench")
@click.argument("name", type=click.Choice(BENCHES))
@click.option("--size", type=click.IntRange(1), default=None, help="Anzahl; Vorgabe je Messung.")
@click.option("--json", "as_json", is_flag=True, help="Eine JSON-Zeile je Messung.")
@click.option("--profile", type=NEW_FILE, help="Nur month: schreibt in diese Datei, wo die Zeit bleibt.")
@click.option("--folder", type=FOLDER, help="Nur soak: hier steht die Datenbank; ein abgebrochener Lauf geht weiter.")
@stated.without_tenant("misst auf eigenen Daten")
def bench(name: str, size: int | None, as_json: bool, profile: Path | None, folder: Path | None) -> None:
    """Misst auf dieser Maschine; „all“ ist alles außer Kurven (curve-…) und Dauerlauf (soak)."""
    from payroll.bench import BENCHMARKS, LONG, run

    for given, option, only in ((profile, "--profile", "month"), (folder, "--folder", "soak")):
        if given is not None and name != only:
            raise click.UsageError(f"{option} gibt es nur bei „bench {only}“.")
    more = {key: value for key, value in (("profile", profile), ("folder", folder)) if value is not None}
    names = tuple(one for one in BENCHMARKS if one not in LONG) if name == "all" else (name,)
    for one in names:
        result = run(one, size, **more)
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


@click.command("bench-record")
@click.argument("results", type=FILE, required=False)
@click.option("--folder", type=FOLDER, default=Path("docs/messungen"), show_default=True,
              help="Verzeichnis mit Verlauf, Kurven und Bildern.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Tag der Messung; Vorgabe: heute.")
@click.option("--note", default="", help="Ein Wort dazu, zum Beispiel die Fassung.")
@stated.without_tenant("schreibt Messungen in Dateien")
def bench_record(results: Path | None, folder: Path, day: datetime | None, note: str) -> None:
    """Hängt Ergebnisse von „bench --json“ an den Verlauf und zeichnet Seite und Bilder neu; ohne Datei nur das."""
    from payroll.bench import comparing, history

    folder.mkdir(parents=True, exist_ok=True)
    if results is None:
        click.echo(f"Neu gezeichnet: {', '.join(history.draw(folder))}.")
        return
    try:
        added = history.append(folder, results.read_text(encoding="utf-8"), note=note,
                               day=f"{day or datetime.now():%Y-%m-%d}")
    except (comparing.NotComparable, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{counted(added, 'Messung', 'Messungen')} angehängt, Seite und Bilder in {folder} neu gezeichnet.")


def register(kreislohn: click.Group) -> None:
    """Hängt die Befehle an."""
    kreislohn.add_command(bench)
    kreislohn.add_command(bench_compare)
    kreislohn.add_command(bench_record)
