"""Befehle zum Portal: ``kreislohn portal …``."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from tenants.commands import site, stated


@click.group()
def portal() -> None:
    """Portal der Beschäftigten."""


@portal.command("leavers")
@site.data_option
@stated.operator("setzt nur das Ende der Zugänge nach dem Austritt, nach fester Frist; für nachts")
def leavers(data: Path) -> None:
    """Begrenzt die Zugänge der Ausgeschiedenen und öffnet die der Zurückgekehrten, bei allen Mandanten."""
    from sqlalchemy import select

    from payroll.masterdata.ausgeschieden import settle_access
    from tenants.db.session import platform_session, tenant_session
    from tenants.models.tenant import Tenant

    with site.database(data):
        with platform_session(actor=site.actor()) as session:
            tenants = list(session.scalars(select(Tenant).order_by(Tenant.number)))
        for tenant in tenants:
            with tenant_session(tenant.id, actor=site.actor()) as own:
                limited, opened = settle_access(own, date.today())
            click.echo(f"{tenant.number} {tenant.name}: {limited} Zugänge befristet, {opened} wieder geöffnet")
