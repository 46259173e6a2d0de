"""``kreislohn archive reissue``: Abrechnungen einer Person neu ausgeben, von zwei Zugängen nacheinander, mit Grund."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenants.commands import site, stated
from tenants.commands.archive import asked
from tenants.counting import counted

if TYPE_CHECKING:
    from uuid import UUID

    from tenants.db.session import PlatformSession
    from tenants.documents.paper import Paper
    from tenants.models.tenant import Tenant


def register(archive: click.Group) -> None:
    """Hängt die Neuausgabe an „kreislohn archive“."""
    archive.add_command(reissue)


@click.command("reissue")
@site.tenant_option
@site.data_option
@click.option("--login", required=True, help="Anmeldename der beschäftigten Person.")
@click.option("--paper", "given", help="Name auf einem Papier des Archivschlüssels; den Code fragt der Befehl.")
@click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
@stated.operator("je eine verwahrende Person ist anwesend und gibt ihren Code ein")
def reissue(tenant: str, data: Path, login: str, given: str | None, reason: str) -> None:
    """Versiegelt alle Abrechnungen einer Person an ihren heutigen Schlüssel; kein Inhalt wird dabei geöffnet.

    Das erste Papier wartet einen Tag; ein anderer Zugang dieser Maschine führt denselben Befehl mit dem zweiten aus.
    """
    from payroll.statements.reissue import reissue as reissued
    from tenants.db.session import platform_session, tenant_session
    from tenants.documents import DocumentKeyError
    from tenants.documents.people import persons_of
    from tenants.models.tenant import Tenant

    paper = asked([given])[0] if given else None
    with site.database(data):
        number = site.tenant_id(tenant)
        try:
            with platform_session(actor=site.account()) as session:
                persons = persons_of(session, login, number)
                used = _papers(session, session.get_one(Tenant, number), persons, paper, reason)
                if used is None:
                    click.echo("Das Papier wartet bis morgen: ein anderer Zugang dieser Maschine führt denselben "
                               "Befehl mit einem zweiten aus.")
                    return
                with tenant_session(number, actor=site.account()) as own:
                    done = [reissued(own, person, used, reason) for person in persons]
        except DocumentKeyError as error:
            raise click.ClickException(str(error)) from error
    sealed, already = sum(one.sealed for one in done), sum(one.already for one in done)
    other = sum(one.other_archive for one in done)
    click.echo(f"{login}: {counted(sealed, 'Abrechnung', 'Abrechnungen')} neu ausgegeben, {already} waren schon "
               "lesbar.")
    if other:
        click.echo(f"{other} stehen unter einem früheren Archivschlüssel: mit dessen Papieren noch einmal ausführen.")


def _papers(session: PlatformSession, tenant: Tenant, persons: list[UUID], paper: Paper | None, reason: str
            ) -> list[Paper] | None:
    """Beide Papiere (ohne --paper keine, für die Vorführung); None, wenn das erste jetzt wartet."""
    from tenants.documents import pairing

    if paper is None:
        return []
    purpose = pairing.for_person(persons[0])
    row = pairing.waiting(session, tenant.id, purpose)
    if row is None:
        pairing.wait(session, tenant, purpose, paper, reason)
        return None
    return pairing.join(session, tenant, purpose, paper)
