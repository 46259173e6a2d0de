"""Befehle für den Stellenmarkt: ``kreislohn recruiting …``."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from tenants.commands import site, stated
from tenants.counting import counted


def register(kreislohn: click.Group) -> None:
    """Hängt die Gruppe ``recruiting`` an."""
    group = click.Group("recruiting", help="Stellenmarkt: fällige Bewerbungen löschen.")
    kreislohn.add_command(group)
    group.command("delete")(delete)


@site.data_option
@click.option("--day", type=click.DateTime(formats=["%Y-%m-%d"]), default=None, help="Stichtag; Vorgabe heute.")
@click.option("--dry-run", is_flag=True, help="Nur zählen.")
@stated.operator("löscht nur, was nach den Regeln des Arbeitgebers heute zu löschen ist; gehört in die Zeitsteuerung")
def delete(data: Path, day: datetime | None, dry_run: bool) -> None:
    """Löscht bei allen Arbeitgebern die Bewerbungen, deren Löschtag da ist; was gehalten ist oder ruht, bleibt."""
    from jobportal import clock
    from tenants import service
    from tenants.db.session import platform_session, tenant_session

    today = day.date() if day else date.today()
    with site.database(data):
        with platform_session(actor=site.actor()) as session:
            found = [(one.id, one.number) for one in service.list_tenants(session)]
        for tenant, number in found:
            with tenant_session(tenant, actor=site.actor()) as session:
                count = len(clock.due(session, today)) if dry_run else clock.run(session, today)
                late = len(clock.overdue(session, today))
            click.echo(f"{number}: {counted(count, 'Bewerbung', 'Bewerbungen')} "
                       f"{'fällig' if dry_run else 'gelöscht'}, "
                       f"{counted(late, 'zugesagte Antwort', 'zugesagte Antworten')} überfällig")
