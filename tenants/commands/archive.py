"""kreislohn archive: Archivschlüssel eines Mandanten anlegen, ansehen, neuen Verwahrenden übergeben."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenants.commands import site, stated

if TYPE_CHECKING:
    from tenants.documents.archive import Paper

CODES_ONCE = "Jeden Code jetzt getrennt auf Papier übergeben; er steht nirgends sonst. Je zwei Codes öffnen gemeinsam."


@click.group("archive")
def archive() -> None:
    """Archivschlüssel: ihn öffnen nur zwei Verwahrende gemeinsam."""


@archive.command("create")
@site.tenant_option
@site.data_option
@click.option("--holder", "holders", multiple=True, required=True, help="Name einer verwahrenden Person; mehrfach.")
@click.option("--hybrid", is_flag=True, help="X25519 zusammen mit ML-KEM-768 (gegen künftige Quantenrechner).")
@click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
@stated.operator("wer den Hauptschlüssel hat, legt die Schlüssel eines Mandanten an")
def create(tenant: str, data: Path, holders: tuple[str, ...], hybrid: bool, reason: str) -> None:
    """Neuer Archivschlüssel; was an einen früheren versiegelt ist, öffnen weiter dessen Papiere."""
    from tenants.db.session import platform_session
    from tenants.documents import DocumentKeyError
    from tenants.documents import archive as archives
    from tenants.models.tenant import Tenant
    from tenants.security import recipient

    algorithm = recipient.HYBRID if hybrid else recipient.X25519
    with site.database(data):
        number = site.tenant_id(tenant)
        try:
            with platform_session(actor=site.actor()) as session:
                papers = archives.create(session, session.get_one(Tenant, number), list(holders), reason, algorithm)
        except DocumentKeyError as error:
            raise click.ClickException(str(error)) from error
    show(papers)


@archive.command("papers")
@site.tenant_option
@site.data_option
@click.option("--paper", "given", multiple=True, required=True, help="Name auf einem heutigen Papier; zweimal.")
@click.option("--holder", "holders", multiple=True, required=True, help="Künftige verwahrende Person; mehrfach.")
@click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
@stated.operator("zwei Verwahrende sind anwesend und geben ihre Codes ein")
def papers(tenant: str, data: Path, given: tuple[str, ...], holders: tuple[str, ...], reason: str) -> None:
    """Neue Papiere für denselben Schlüssel, wenn jemand geht; die alten öffnen danach nichts mehr."""
    from tenants.db.session import platform_session
    from tenants.documents import DocumentKeyError
    from tenants.documents import archive as archives
    from tenants.models.tenant import Tenant

    codes = asked(given)
    with site.database(data):
        number = site.tenant_id(tenant)
        try:
            with platform_session(actor=site.actor()) as session:
                row = session.get_one(Tenant, number)
                made = archives.exchange_papers(session, row, codes, list(holders), reason)
        except DocumentKeyError as error:
            raise click.ClickException(str(error)) from error
    show(made)


def asked(names: tuple[str, ...]) -> list[Paper]:
    """Fragt die Codes der anwesenden Verwahrenden ab, ohne sie anzuzeigen."""
    from tenants.documents.archive import Paper

    return [Paper(name.strip(), click.prompt(f"Code von {name}", hide_input=True)) for name in names]


def show(made: list[Paper]) -> None:
    """Gibt neue Codes einmal aus."""
    for paper in made:
        click.echo(f"{paper.holder}: {paper.code}")
    click.echo(CODES_ONCE)
