"""kreislohn release: unterschriebene Freigabe einer Fassung schreiben und prüfen."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from tenants.commands import stated
from tenants.counting import counted

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
SCRIPT = "kreislohn_freigabe_pruefen.py"
release = click.Group("release", help="Freigabe einer Fassung: schreiben, unterschreiben, prüfen.")


@release.command("key")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Datei des Schlüssels.")
@stated.without_tenant("legt eine Datei an, rührt keine Datenbank an")
def key(out: Path) -> None:
    """Legt den Schlüssel der Herausgeber an und nennt den öffentlichen; überschreibt nie."""
    from tenants.operation import release as releases

    try:
        public = releases.new_key(out)
    except OSError as error:
        raise click.ClickException(f"{out} lässt sich nicht anlegen ({error.strerror}).") from error
    click.echo(f"Schlüssel angelegt: {out} (Modus 0600, nicht in die Quellen). Öffentlich, zum Prüfen:\n{public}")


@release.command("notes")
@click.option("--wheel", type=FILE, required=True, help="Das Paket aus „make wheel“.")
@click.option("--key-file", type=FILE, required=True, help="Schlüssel der Herausgeber.")
@click.option("--out", type=FOLDER, required=True, help="Verzeichnis für Freigabe, Stückliste und Prüfprogramm.")
@click.option("--changes", type=FILE, default=Path("CHANGELOG.md"), show_default=True)
@click.option("--locks", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(),
              show_default=True, help="Verzeichnis der Sperrdateien.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Tag der Freigabe; Vorgabe heute.")
@stated.without_tenant("liest Paket, Änderungen und Sperren, rührt keine Datenbank an")
def notes(wheel: Path, key_file: Path, out: Path, changes: Path, locks: Path, day: datetime | None) -> None:
    """Schreibt die unterschriebene Freigabe: Änderungen, Prüfsummen, Stand der Datenbank; Prüfprogramm daneben."""
    from tenants.operation import bill, release_verifier
    from tenants.operation import release as releases

    try:
        made = releases.notes(releases.read_wheel(wheel), changes.read_text(encoding="utf-8"), locks, out,
                              day.date() if day else date.today(), releases.key_of(key_file))
    except (releases.ReleaseRefused, bill.LocksMissing) as refused:
        raise click.ClickException(str(refused)) from refused
    script = out / SCRIPT
    script.write_text(Path(release_verifier.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    click.echo(f"{made}\nPrüfen ohne Kreislohn: python {script} {made} {wheel} {out / releases.BILL} --key SCHLUESSEL")


@release.command("verify")
@click.argument("notes_file", metavar="FREIGABE", type=FILE)
@click.argument("files", metavar="[DATEI]...", nargs=-1, type=FILE)
@click.option("--key", "public", required=True, help="Öffentlicher Schlüssel der Herausgeber, aus anderer Quelle.")
@stated.without_tenant("prüft Dateien, rührt keine Datenbank an")
def verify(notes_file: Path, files: tuple[Path, ...], public: str) -> None:
    """Prüft Unterschrift und Dateien einer Freigabe; endet mit 1, wenn etwas nicht passt."""
    from tenants.operation import release_verifier

    try:
        text = notes_file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{notes_file} ist keine Freigabe (kein Text).") from error
    if wrong := release_verifier.problems(text, public, files):
        raise click.ClickException("\n".join(wrong))
    click.echo(f"Echt: Unterschrift und {counted(len(files), 'Datei', 'Dateien')} passen.")
