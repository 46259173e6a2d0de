"""``kreislohn privacy deletion …``: Vorschau, Sperren, Auftrag, Genehmigung, Ausführung."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from tenants.commands import site, stated
from tenants.counting import counted

Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
DAY = click.DateTime(formats=["%Y-%m-%d"])


def register(privacy: click.Group, acting: Acting) -> None:
    """Hängt ``deletion`` an ``privacy``; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit dem Recht."""
    group = click.Group("deletion", help="Löschung nach Datenarten am Ende der Aufbewahrung.")
    privacy.add_command(group)
    for add in (_plan, _order, _approve, _withdraw, _run, _hold, _release, _inspection):
        add(group, acting)


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--data", type=site.DATA_DIR, default=Path("var"), show_default=True)(command)
    command = click.option("--actor", required=True, help="Anmeldename der handelnden Person.")(command)
    return click.option("--tenant", required=True, help="Nummer des Arbeitgebers.")(command)


def _reason(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--reason", required=True, help="Grund; er steht im Protokoll.")(command)


def _plan(group: click.Group, acting: Acting) -> None:
    @group.command("plan")
    @_options
    @click.option("--day", type=DAY, default=None, help="Stichtag; Vorgabe heute.")
    @stated.needs("retention.read")
    def plan(tenant: str, actor: str, data: Path, day: datetime | None) -> None:
        """Zeigt je Datenart, was fällig ist und was warum bleibt; ändert nichts."""
        from payroll.statements.retention import service

        with acting(data, tenant, actor, "retention.read") as session:
            made = service.plan(session, day.date() if day else date.today())
        for one in made.summary()["datenarten"]:
            click.echo(f"{one['titel']}: {counted(sum(one['zeilen'].values()), 'Zeile', 'Zeilen')}, "
                       f"{counted(one['menschen'], 'Mensch', 'Menschen')} "
                       f"({counted(one['jahre'], 'Jahr', 'Jahre')} ab {one['ab']}; {one['gesetz']})")
            if one["offen"]:
                click.echo(f"    nicht alles bestätigt: {one['offen']}")
            for table, count in one["zeilen"].items():
                click.echo(f"    {table}: {count}")
            for why, count in one["bleibt"].items():
                click.echo(f"    bleibt {count}: {why}")
        click.echo(f"Prüfsumme {made.digest}")


def _order(group: click.Group, acting: Acting) -> None:
    @group.command("order")
    @_options
    @click.option("--day", type=DAY, required=True, help="Stichtag der Vorschau.")
    @click.option("--digest", required=True, help="Prüfsumme der Vorschau.")
    @_reason
    @stated.needs("retention.order")
    def order(tenant: str, actor: str, data: Path, day: datetime, digest: str, reason: str) -> None:
        """Ordnet an, was die Vorschau gezeigt hat."""
        from payroll.statements.retention import service

        with _refusing(), acting(data, tenant, actor, "retention.order") as session:
            made = service.order(session, day.date(), today=date.today(), digest=digest, reason=reason)
            click.echo(f"Auftrag {made.public_id}: angeordnet. Genehmigen muss eine zweite Person.")


def _approve(group: click.Group, acting: Acting) -> None:
    @group.command("approve")
    @click.argument("order", type=click.UUID)
    @_options
    @click.option("--digest", required=True, help="Prüfsumme, die geprüft wurde.")
    @stated.needs("retention.approve")
    def approve(order: uuid.UUID, tenant: str, actor: str, data: Path, digest: str) -> None:
        """Genehmigt einen Auftrag; wer ihn angeordnet hat, darf das nicht."""
        from tenants.retention import orders

        with _refusing(), acting(data, tenant, actor, "retention.approve") as session:
            orders.approve(session, order, digest=digest)
        click.echo("Genehmigt. Ausführen: kreislohn privacy deletion run")


def _withdraw(group: click.Group, acting: Acting) -> None:
    @group.command("withdraw")
    @click.argument("order", type=click.UUID)
    @_options
    @_reason
    @stated.needs("retention.order")
    def withdraw(order: uuid.UUID, tenant: str, actor: str, data: Path, reason: str) -> None:
        """Zieht einen offenen Auftrag zurück; schon Gelöschtes bleibt gelöscht."""
        from tenants.retention import orders

        with _refusing(), acting(data, tenant, actor, "retention.order") as session:
            orders.withdraw(session, order, reason=reason)
        click.echo("Zurückgezogen.")


def _run(group: click.Group, _: Acting) -> None:
    @group.command("run")
    @site.data_option
    @click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True,
                  help="Verzeichnis für die Urkunden.")
    @stated.operator("führt nur aus, was zwei Personen mit Mandat angeordnet und genehmigt haben; geeignet für nachts")
    def run(data: Path, out: Path) -> None:
        """Führt alle genehmigten Aufträge aus, legt je Auftrag die Urkunde ab und räumt die Tabellen auf."""
        from payroll.statements.retention.carrying_out import carry_out

        with _refusing(), site.database(data) as connected:
            for number, rows, file in carry_out(connected, out, site.actor()):
                click.echo(f"{number}: {counted(rows, 'Zeile', 'Zeilen')} gelöscht, Urkunde: {file}")


def _hold(group: click.Group, acting: Acting) -> None:
    @group.command("hold")
    @_options
    @click.option("--number", default=None, help="Personalnummer; ohne sie gilt die Sperre für alle.")
    @click.option("--kind", default=None, help="Datenart; ohne sie gilt die Sperre für jede.")
    @click.option("--from", "first", type=DAY, required=True)
    @click.option("--to", "last", type=DAY, default=None, help="Letzter Tag; ohne ihn, bis jemand sie beendet.")
    @_reason
    @stated.needs("retention.order")
    def hold(tenant: str, actor: str, data: Path, number: str | None, kind: str | None, first: datetime,
             last: datetime | None, reason: str) -> None:
        """Setzt eine Sperre: was sie nennt, wird nicht gelöscht (Rechtsstreit, Prüfung, Antrag der Person)."""
        from payroll.statements.retention import holding

        with _refusing(), acting(data, tenant, actor, "retention.order") as session:
            made = holding.set_by_number(session, number, kind, valid_from=first.date(),
                                         valid_to=last.date() if last else None, reason=reason)
            click.echo(f"Sperre {made.public_id} gesetzt.")


def _release(group: click.Group, acting: Acting) -> None:
    @group.command("release")
    @click.argument("hold", type=click.UUID)
    @_options
    @click.option("--last-day", type=DAY, required=True)
    @_reason
    @stated.needs("retention.order")
    def release(hold: uuid.UUID, tenant: str, actor: str, data: Path, last_day: datetime, reason: str) -> None:
        """Beendet eine Sperre mit einem letzten Tag."""
        from tenants.retention.holds import end_hold

        with _refusing(), acting(data, tenant, actor, "retention.order") as session:
            end_hold(session, hold, last_day=last_day.date(), reason=reason)
        click.echo("Sperre beendet.")


def _inspection(group: click.Group, acting: Acting) -> None:
    @group.command("inspection")
    @_options
    @click.option("--until", type=DAY, required=True, help="Letzter geprüfter Tag.")
    @click.option("--closed", type=DAY, required=True, help="Tag, an dem die Prüfung beendet wurde.")
    @_reason
    @stated.needs("retention.order")
    def inspection(tenant: str, actor: str, data: Path, until: datetime, closed: datetime, reason: str) -> None:
        """Hält eine beendete Betriebsprüfung fest (§ 28p SGB IV); ohne sie bleibt jedes Lohnkonto."""
        from payroll.statements.retention.inspections import record_inspection

        with _refusing(), acting(data, tenant, actor, "retention.order") as session:
            record_inspection(session, covers_until=until.date(), closed_on=closed.date(), reason=reason)
        click.echo("Betriebsprüfung erfasst.")


@contextmanager
def _refusing() -> Iterator[None]:
    """Eine Ablehnung wird zu einer Zeile."""
    from payroll.statements.privacy.report import PersonMissing
    from tenants.retention.errors import DeletionRefused

    try:
        yield
    except (DeletionRefused, PersonMissing) as error:
        raise click.ClickException(str(error)) from error
