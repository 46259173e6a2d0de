"""kreislohn mail send: fällige Nachrichten aus dem Postausgang an den Mailserver übergeben."""

from __future__ import annotations

from pathlib import Path

import click

from tenants.commands import site, stated


@click.group("mail")
def mail() -> None:
    """Postausgang: Meldungen über den eigenen Zugang, nie Bezügedaten."""


@mail.command("send")
@site.data_option
@click.option("--limit", type=click.IntRange(1, 10_000), default=500, show_default=True, help="Höchstens so viele.")
@stated.operator("versendet fertige Nachrichten ohne Bezügedaten; gehört in die Zeitsteuerung des Servers")
def send(data: Path, limit: int) -> None:
    """Versendet fällige Nachrichten über den Mailserver aus KREISLOHN_SMTP_URL."""
    from tenants.outbox import sending

    try:
        server = sending.from_environment()
        with site.database(data):
            done = sending.send_due(server, limit=limit)
    except sending.MailSettingsError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{done.sent} versandt, {done.failed} misslungen, davon {done.given_up} aufgegeben.")
    if done.failed:
        raise click.exceptions.Exit(1)
