"""``kreislohn privacy accounts``: Zugänge und Technisches der Plattform am Ende ihrer Aufbewahrung."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from tenants.commands import site, stated
from tenants.counting import counted

DAY = click.DateTime(formats=["%Y-%m-%d"])
OPERATOR = stated.operator("Zugänge gehören keinem Mandanten; zwei Menschen der Verwaltung sind zu nennen")


def register(privacy: click.Group) -> None:
    """Hängt ``accounts`` an ``privacy``."""
    group = click.Group("accounts", help="Zugänge, Sitzungen, Versuche, Codes, Nachrichten.")
    privacy.add_command(group)
    for command in (clean, plan, delete, changes):
        group.add_command(command)


@click.command("clean")
@site.data_option
@stated.operator("löscht nur Technisches nach fester Frist; für nachts")
def clean(data: Path) -> None:
    """Löscht abgelaufene Sitzungen, Versuche, Codes und Nachrichten."""
    from tenants.db.session import platform_session
    from tenants.retention import accounts

    with site.database(data), platform_session(actor=site.actor()) as session:
        gone = accounts.clean(session, datetime.now(UTC))
    for one in accounts.TECHNICAL:
        click.echo(f"{one.titel}: {gone[one.name]} gelöscht ({counted(one.tage, 'Tag', 'Tage')}; {one.warum})")


@click.command("plan")
@site.data_option
@click.option("--day", type=DAY, default=None, help="Stichtag; Vorgabe heute.")
@OPERATOR
def plan(data: Path, day: datetime | None) -> None:
    """Nennt die Zugänge, die seit drei vollen Kalenderjahren keine Aufgabe haben; ändert nichts."""
    from tenants.db.session import platform_session
    from tenants.retention import accounts

    with site.database(data), platform_session(actor=site.actor()) as session:
        found = accounts.due(session, day.date() if day else date.today())
    for one in found:
        click.echo(f"{one.login}: letzte Aufgabe {one.last_day:%d.%m.%Y}")
    click.echo(f"{counted(len(found), 'Zugang', 'Zugänge')} fällig. Prüfsumme {accounts.digest_of(found)}")


@click.command("delete")
@site.data_option
@click.option("--day", type=DAY, required=True, help="Stichtag der Vorschau.")
@click.option("--digest", required=True, help="Prüfsumme der Vorschau.")
@click.option("--actor", required=True, help="Wer anordnet (Verwaltung der Plattform).")
@click.option("--second", required=True, help="Wer genehmigt; ein anderer Mensch der Verwaltung.")
@click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
@OPERATOR
def delete(data: Path, day: datetime, digest: str, actor: str, second: str, reason: str) -> None:
    """Löscht genau die Zugänge, die die Vorschau genannt hat."""
    from tenants.db.session import platform_session
    from tenants.retention import accounts
    from tenants.retention.errors import DeletionRefused

    try:
        with site.database(data), platform_session(actor=actor) as session:
            count = accounts.remove(session, day.date(), today=date.today(), digest=digest, ordered_by=actor,
                                    approved_by=second, reason=reason)
    except DeletionRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{counted(count, 'Zugang', 'Zugänge')} gelöscht.")


@click.command("changes")
@click.argument("login")
@site.data_option
@click.option("--actor", required=True, help="Wer liest (Verwaltung der Plattform).")
@click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
@OPERATOR
def changes(login: str, data: Path, actor: str, reason: str) -> None:
    """Zeigt, was sich an den Angaben eines Zugangs geändert hat: vorher und nachher, versiegelt im Protokoll."""
    from tenants.db.session import platform_session
    from tenants.retention import accounts
    from tenants.retention.errors import DeletionRefused

    try:
        with site.database(data), platform_session(actor=actor) as session:
            for line in accounts.changes(session, login, reader=actor, reason=reason):
                click.echo(line)
    except DeletionRefused as refused:
        raise click.ClickException(str(refused)) from refused
