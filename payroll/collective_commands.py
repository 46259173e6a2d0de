"""``kreislohn payroll all`` beauftragt einen Schritt bei vielen Arbeitgebern, ``kreislohn worker`` führt ihn aus,
``kreislohn payroll discard`` verwirft, was nicht zu Ende kommt."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from payroll.runs.commands import database
from tenants.commands import site, stated
from tenants.counting import counted


def register(kreislohn: click.Group, payroll: click.Group, month: click.ParamType[date]) -> None:
    """Hängt die Befehle an."""
    _all(payroll, month)
    _discard(payroll, month)
    kreislohn.add_command(worker)


def _all(payroll: click.Group, month: click.ParamType[date]) -> None:
    @payroll.command("all")
    @click.option("--step", type=click.Choice(("rechnen", "abschliessen")), required=True)
    @click.option("--tenant", "tenants", multiple=True, help="Nummer; mehrmals. Ohne Angabe: alle mit Recht.")
    @click.option("--month", "wanted", type=month, required=True)
    @click.option("--actor", required=True, help="Anmeldename; das Recht braucht es bei jedem Arbeitgeber.")
    @site.data_option
    @stated.needs("run.calculate", "run.close")
    def everywhere(step: str, tenants: tuple[str, ...], wanted: date, actor: str, data: Path) -> None:
        """Beauftragt den Schritt bei allen (oder den genannten) Arbeitgebern; Arbeiter führen ihn aus."""
        from payroll.sammellauf import service

        with database(data):
            held = {one.number: one.tenant_id for one in service.allowed(actor, service.RIGHT[step])}
            if missing := sorted(set(tenants) - set(held)):
                raise click.ClickException(f"{actor} hat heute bei {', '.join(missing)} kein Mandat mit dem Recht "
                                           f"„{service.RIGHT[step]}“ für den ganzen Arbeitgeber.")
            chosen = {number: held[number] for number in (tenants or sorted(held))}
            count, passed = service.order(actor, chosen.values(), wanted, step)
        names = {tenant: number for number, tenant in chosen.items()}
        for one in passed:
            click.echo(f"{names[one.tenant_id]}: nichts beauftragt. {one.grund}")
        click.echo(f"{counted(count, 'Auftrag', 'Aufträge')} für {wanted:%m/%Y}; ausgeführt wird mit kreislohn "
                   "worker.")


def _discard(payroll: click.Group, month: click.ParamType[date]) -> None:
    @payroll.command("discard")
    @click.option("--tenant", required=True, help="Nummer des Arbeitgebers.")
    @click.option("--month", "wanted", type=month, required=True)
    @click.option("--actor", required=True, help="Anmeldename mit dem Recht zu rechnen.")
    @click.option("--reason", required=True, help="Warum; steht im Protokoll.")
    @site.data_option
    @stated.needs("run.calculate")
    def discard(tenant: str, wanted: date, actor: str, reason: str, data: Path) -> None:
        """Verwirft einen wartenden Auftrag zum Rechnen und die Stücke eines großen Laufs, der nicht zu Ende kommt."""
        from payroll.acting import acting
        from payroll.sammellauf import service

        with acting(data, tenant, actor, "run.calculate") as session:
            done = service.abandon(session, wanted, reason=reason)
        click.echo("Verworfen; der Monat ist, wie er vor dem Auftrag war." if done
                   else "Nichts zu verwerfen: kein Auftrag wartet, keine Stücke liegen da.")


@click.command("worker")
@click.option("--drain", is_flag=True, help="Nur abarbeiten, was jetzt wartet, dann enden.")
@site.data_option
@stated.operator("führt nur aus, was jemand mit Recht beauftragt hat, und prüft dieses Recht dabei noch einmal")
def worker(drain: bool, data: Path) -> None:
    """Arbeitet Aufträge ab, bis der Prozess enden soll; beliebig viele, auf beliebig vielen Maschinen."""
    from payroll.sammellauf import service
    from tenants.operation import logs, queue

    logs.install(os.environ.get("KREISLOHN_LOG_FORMAT", "text"), os.environ.get("KREISLOHN_LOG_LEVEL", "warning"))
    with database(data):
        queue.work(service.ACTIONS, wait=not drain)
