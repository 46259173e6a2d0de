"""kreislohn audit verify, export, checkpoint, key: prüfen, ausführen mit Siegel, Siegel drucken, Schlüssel nennen."""

from __future__ import annotations

from pathlib import Path

import click

from tenants.commands import site, stated
from tenants.counting import counted

OUT = click.Path(dir_okay=False, path_type=Path)


@click.command("verify")
@site.data_option
@click.option("--key", "older", multiple=True, help="Schlüssel der Siegel unter einem früheren Hauptschlüssel.")
@stated.operator("prüft die Ketten aller Mandanten auf der Maschine")
def verify(data: Path, older: tuple[str, ...]) -> None:
    """Prüft Kette und Siegel jedes Arbeitgebers; ein gebrochenes Glied beendet mit Fehler."""
    from tenants import service
    from tenants.audit.checkpoint import verify_seals
    from tenants.db.session import platform_session, tenant_session

    broken = 0
    with site.database(data):
        with platform_session(actor=site.actor()) as session:
            tenants = [(t.id, t.number, t.name) for t in service.list_tenants(session, state=None)]
            chains = {"Plattform": verify_seals(session, older)}
        for number, code, name in tenants:
            with tenant_session(number, actor=site.actor()) as session:
                chains[f"{code} {name}"] = verify_seals(session, older)
        for name, found in chains.items():
            state = counted(len(found.problems), "Bruch", "Brüche") if found.problems else "unversehrt"
            click.echo(f"{name}: {counted(found.entries, 'Eintrag', 'Einträge')}, {found.seals - 1} Siegel, {state}")
            for problem in found.problems:
                click.echo(f"  {problem}")
            broken += bool(found.problems)
    if broken:
        raise click.exceptions.Exit(1)


@click.command("export")
@site.tenant_option
@site.data_option
@click.option("--out", type=OUT, default=None, help="Zieldatei (JSON-Zeilen); ohne Angabe auf den Bildschirm.")
@click.option("--with-verifier", is_flag=True, help="Legt das eigenständige Prüfprogramm neben die Zieldatei.")
@stated.operator("gibt eine Kette für die Prüfenden aus; steht im Protokoll")
def export(tenant: str, data: Path, out: Path | None, with_verifier: bool) -> None:
    """Gibt die Kette eines Mandanten mit Siegel aus; die Ausfuhr selbst steht im Protokoll."""
    from tenants import audit
    from tenants.audit import verifier
    from tenants.audit.checkpoint import sealed_lines

    if with_verifier and out is None:
        raise click.UsageError("--with-verifier braucht --out: das Prüfprogramm kommt in dasselbe Verzeichnis.")
    with site.database(data), site.chain_session(tenant) as session:
        audit.record(session, "protokoll.ausgegeben", "protokoll", {})
        if out is None:
            for line in sealed_lines(session):
                click.echo(line)
            return
        with out.open("w", encoding="utf-8", newline="\n") as file:
            count = sum(bool(file.write(f"{line}\n")) for line in sealed_lines(session)) - 1
    click.echo(f"{out}: {counted(count, 'Eintrag', 'Einträge')} und das Siegel am Ende.")
    if with_verifier:
        script = out.with_name("kreislohn_protokoll_pruefen.py")
        script.write_text(Path(verifier.__file__).read_text(encoding="utf-8"), encoding="utf-8")
        click.echo(f"Prüfen ohne Kreislohn: python {script} {out} --key SCHLUESSEL (siehe kreislohn audit key)")


@click.command("checkpoint")
@site.tenant_option
@site.data_option
@click.option("--occasion", required=True, help="Anlass, zum Beispiel der Freigabevermerk 2026-11.")
@stated.operator("siegelt den Kopf einer Kette; steht im Protokoll")
def checkpoint(tenant: str, data: Path, occasion: str) -> None:
    """Siegelt den Kopf der Kette und gibt ihn zum Drucken aus; auf Papier ist er der Anker außerhalb."""
    from tenants.audit.checkpoint import seal_chain

    with site.database(data), site.chain_session(tenant) as session:
        seal = seal_chain(session, occasion)
    for line in seal.printable:
        click.echo(line)


@click.command("key")
@site.data_option
@stated.operator("nennt einen öffentlichen Schlüssel")
def key(data: Path) -> None:
    """Öffentlicher Schlüssel der Siegel: den Prüfenden auf Papier geben, bevor sie ihn brauchen."""
    from tenants.audit.checkpoint import public_key

    site.master_key(data, create=False)
    click.echo(public_key())
