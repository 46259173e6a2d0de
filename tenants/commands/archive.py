"""kreislohn archive: Archivschlüssel anlegen und neuen Verwahrenden übergeben, zwei Zugänge nacheinander.

Kein Bildschirm zeigt alle Codes: der erste Zugang zieht für seine Verwahrenden, der zweite für die anderen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenants.commands import site, stated

if TYPE_CHECKING:
    from tenants.db.session import PlatformSession
    from tenants.documents.paper import Paper
    from tenants.models.tenant import Tenant

CODES_ONCE = "Jeden Code jetzt getrennt auf Papier übergeben; er steht nirgends sonst."
SECOND = "Sie gelten, sobald ein anderer Zugang dieser Maschine denselben Befehl für die anderen Verwahrenden ausführt."
IN_FORCE = "Die Papiere gelten ab jetzt. Je zwei, die verschiedenen Zugängen gezeigt wurden, öffnen gemeinsam."
HOLDERS = "Name einer verwahrenden Person, deren Code dieser Zugang sieht; mehrfach."


@click.group("archive")
def archive() -> None:
    """Archivschlüssel: ihn öffnen nur zwei Verwahrende gemeinsam."""


@archive.command("create")
@site.tenant_option
@site.data_option
@click.option("--holder", "holders", multiple=True, required=True, help=HOLDERS)
@click.option("--hybrid", is_flag=True, help="X25519 zusammen mit ML-KEM-768 (gegen künftige Quantenrechner).")
@click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
@stated.operator("wer den Hauptschlüssel hat, legt die Schlüssel eines Mandanten an")
def create(tenant: str, data: Path, holders: tuple[str, ...], hybrid: bool, reason: str) -> None:
    """Neuer Archivschlüssel, von zwei Zugängen nacheinander; was an einen früheren versiegelt ist, öffnen weiter dessen
    Papiere."""
    from tenants.documents import drawing
    from tenants.security import recipient

    algorithm = recipient.HYBRID if hybrid else recipient.X25519

    def first(session: PlatformSession, row: Tenant) -> list[Paper]:
        return drawing.draw(session, row, holders, reason, algorithm, fresh=True)

    def second(session: PlatformSession, row: Tenant) -> list[Paper]:
        return drawing.complete(session, row, holders, reason, fresh=True)

    _drawn(tenant, data, first, second)


@archive.command("papers")
@site.tenant_option
@site.data_option
@click.option("--paper", "given", help="Name auf einem heutigen Papier; den Code fragt der Befehl.")
@click.option("--holder", "holders", multiple=True, required=True, help=HOLDERS)
@click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
@stated.operator("je eine verwahrende Person ist anwesend und gibt ihren Code ein")
def papers(tenant: str, data: Path, given: str | None, holders: tuple[str, ...], reason: str) -> None:
    """Neue Papiere für denselben Schlüssel, von zwei Zugängen nacheinander; die alten öffnen danach nichts mehr."""
    from tenants.documents import drawing
    from tenants.security import recipient

    today = asked([given])[0] if given else None

    def first(session: PlatformSession, row: Tenant) -> list[Paper]:
        return drawing.draw(session, row, holders, reason, recipient.NEW_KEYS, today=today)

    def second(session: PlatformSession, row: Tenant) -> list[Paper]:
        return drawing.complete(session, row, holders, reason, today=today, fresh=False)

    _drawn(tenant, data, first, second)


@archive.command("discard")
@site.tenant_option
@site.data_option
@click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
@stated.operator("verwirft, was noch nicht gilt; öffnet nichts")
def discard(tenant: str, data: Path, reason: str) -> None:
    """Verwirft Papiere, die gezogen sind und noch nicht gelten."""
    from tenants.documents import drawing

    _with(tenant, data, lambda session, row: drawing.discard(session, row, reason))
    click.echo("Verworfen: die gezogenen Codes öffnen nie etwas.")


def asked(names: Sequence[str]) -> list[Paper]:
    """Fragt die Codes der anwesenden Verwahrenden ab, ohne sie anzuzeigen."""
    from tenants.documents.paper import Paper

    return [Paper(name.strip(), click.prompt(f"Code von {name}", hide_input=True)) for name in names]


def _drawn(tenant: str, data: Path, first: Callable[[PlatformSession, Tenant], list[Paper]],
           second: Callable[[PlatformSession, Tenant], list[Paper]]) -> None:
    """Zieht als erste Person oder, wenn ein anderer Zugang schon gezogen hat, als zweite."""
    from tenants.documents import drawing

    def step(session: PlatformSession, row: Tenant) -> tuple[list[Paper], bool]:
        drawn = drawing.pending(session, row)
        done = bool(drawn) and drawn[0].shown_to != session.info["actor"]
        return (second if done else first)(session, row), done

    made, done = _with(tenant, data, step)
    for paper in made:
        click.echo(f"{paper.holder}: {paper.code}")
    click.echo(f"{CODES_ONCE} {IN_FORCE if done else SECOND}")


def _with(tenant: str, data: Path, step: Callable[[PlatformSession, Tenant], Any]) -> Any:
    from tenants.db.session import platform_session
    from tenants.documents import DocumentKeyError
    from tenants.models.tenant import Tenant

    with site.database(data):
        number = site.tenant_id(tenant)
        try:
            with platform_session(actor=site.account()) as session:
                return step(session, session.get_one(Tenant, number))
        except DocumentKeyError as error:
            raise click.ClickException(str(error)) from error
