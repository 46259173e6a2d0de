"""kreislohn sbom: Stückliste der Software für Prüfende und für Warnungen vor Schwächen."""

from __future__ import annotations

from pathlib import Path

import click

from tenants.commands import stated


@click.command("sbom")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Zieldatei; sonst Ausgabe.")
@click.option("--locks", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path(),
              show_default=True, help="Verzeichnis der Sperrdateien.")
@stated.without_tenant("liest Sperrdateien und installierte Pakete")
def sbom(out: Path | None, locks: Path) -> None:
    """Schreibt die Stückliste (CycloneDX 1.6, JSON) aus den Sperrdateien; gleiche Sperre, gleiche Datei."""
    from tenants.operation import bill

    try:
        words = bill.text(locks)
    except bill.LocksMissing as missing:
        raise click.ClickException(str(missing)) from missing
    if out is None:
        click.echo(words, nl=False)
        return
    out.write_text(words, encoding="utf-8")
    click.echo(f"Stückliste geschrieben: {out}")
