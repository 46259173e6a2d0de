"""Befehle für Szenarien: ``kreislohn whatif run|list|show|delete``."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from payroll.whatif_options import euro, read_json, who
from tenants.commands import stated
from tenants.counting import counted

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
RIGHT = "whatif.write"


def register(kreislohn: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    """Hängt die Gruppe ``whatif`` an."""
    group = click.Group("whatif", help="Was wäre wenn: Kosten je Arbeitgeber und Monat, bevor etwas gilt.")
    kreislohn.add_command(group)
    _run(group, acting, month)
    _list(group, acting)
    _show(group, acting)
    _delete(group, acting)


def _run(group: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    @group.command("run")
    @click.option("--name", required=True, help="Wie das Szenario heißt.")
    @click.option("--from", "ab", type=month, required=True, help="Erster Monat (2027-01).")
    @click.option("--months", type=click.IntRange(1, 36), default=12, show_default=True)
    @click.option("--percent", default=None, help="Tabellen steigen um so viel Prozent.")
    @click.option("--minimum", default=None, help="Mindestens um so viel Euro.")
    @click.option("--tariff", "scales", multiple=True, help="Tarifwerk der Erhöhung; mehrmals für mehrere.")
    @click.option("--measures", type=FILE, default=None, help="Weitere Maßnahmen als JSON-Liste.")
    @click.option("--keep", is_flag=True, help="Merken, zum Vergleichen.")
    @who
    @stated.needs(RIGHT)
    def run(name: str, ab: date, months: int, percent: str | None, minimum: str | None, scales: tuple[str, ...],
            measures: Path | None, keep: bool, tenants: tuple[str, ...], actor: str, data: Path) -> None:
        """Rechnet ein Szenario und nennt die Kosten je Arbeitgeber und Monat; geschrieben wird nur mit --keep."""
        from payroll.runs.whatif import gemerkt, massnahmen, verlauf

        try:
            given = _raise(ab, percent, minimum, scales) + _measures(measures)
            szenario = massnahmen.checked(name, ab, months, tuple(map(massnahmen.of_plain, given)))
            number = uuid.uuid4()
            for tenant in tenants:
                with acting(data, tenant, actor, RIGHT) as session:
                    if keep:
                        row = gemerkt.keep(session, szenario, number)
                        _say(tenant, gemerkt.kosten_of(row), row.anmerkungen)
                    else:
                        found = verlauf.compute(session, szenario)
                        _say(tenant, found.monate, found.anmerkungen)
        except massnahmen.SzenarioFehler as error:
            raise click.ClickException(str(error)) from error
        if keep:
            click.echo(f"Gemerkt als {number}")


def _raise(ab: date, percent: str | None, minimum: str | None, scales: tuple[str, ...]) -> list[dict[str, Any]]:
    if percent is None and minimum is None:
        return []
    return [{"art": "erhoehung", "ab": ab.isoformat(), "tarifwerke": scales, "prozent": percent or "0",
             "mindestens": int((Decimal((minimum or "0").replace(",", ".")) * 100).to_integral_value())}]


def _measures(file: Path | None) -> list[dict[str, Any]]:
    found = [] if file is None else read_json(file)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise click.ClickException(f"{file.name if file else ''} ist keine Liste von Maßnahmen.")
    return found


def _list(group: click.Group, acting: Acting) -> None:
    @group.command("list")
    @who
    @stated.needs(RIGHT)
    def show(tenants: tuple[str, ...], actor: str, data: Path) -> None:
        """Nennt die gemerkten Szenarien."""
        from payroll.runs.whatif import gemerkt

        for tenant in tenants:
            with acting(data, tenant, actor, RIGHT) as session:
                for row in gemerkt.all_of(session):
                    more = sum(one.mehr_kosten for one in gemerkt.kosten_of(row))
                    click.echo(f"{row.kennung} {tenant} {row.name}: ab {row.ab:%m/%Y}, "
                               f"{counted(row.monate, 'Monat', 'Monate')}, "
                               f"Mehrkosten {euro(more, sign=True)}, gerechnet von {row.gerechnet_von}")


def _show(group: click.Group, acting: Acting) -> None:
    @group.command("show")
    @click.argument("scenarios", type=click.UUID, nargs=-1, required=True)
    @who
    @stated.needs(RIGHT)
    def show(scenarios: tuple[uuid.UUID, ...], tenants: tuple[str, ...], actor: str, data: Path) -> None:
        """Zeigt gemerkte Szenarien nebeneinander: Mehrkosten je Arbeitgeber und Monat."""
        from payroll.runs.whatif import gemerkt

        for tenant in tenants:
            with acting(data, tenant, actor, RIGHT) as session:
                rows = [row for one in scenarios if (row := gemerkt.find(session, one)) is not None]
                costs = [{one.monat: one.mehr_kosten for one in gemerkt.kosten_of(row)} for row in rows]
                click.echo("\t".join([f"Arbeitgeber {tenant}", *(row.name for row in rows)]))
                for month in sorted({month for own in costs for month in own}):
                    cells = (euro(own[month], sign=True) if month in own else "–" for own in costs)
                    click.echo("\t".join([f"{month:%m/%Y}", *cells]))


def _delete(group: click.Group, acting: Acting) -> None:
    @group.command("delete")
    @click.argument("scenario", type=click.UUID)
    @who
    @stated.needs(RIGHT)
    def delete(scenario: uuid.UUID, tenants: tuple[str, ...], actor: str, data: Path) -> None:
        """Löscht ein gemerktes Szenario."""
        from payroll.runs.whatif import gemerkt

        for tenant in tenants:
            with acting(data, tenant, actor, RIGHT) as session:
                click.echo(f"{tenant}: {'gelöscht' if gemerkt.forget(session, scenario) else 'hier nicht gemerkt'}")


def _say(tenant: str, months: list[Any], remarks: list[str]) -> None:
    for text in remarks:
        click.echo(f"{tenant} Hinweis: {text}")
    for one in months:
        click.echo(f"{tenant} {one.monat:%m/%Y}: {one.betroffen} von {counted(one.personen, 'Person', 'Personen')}, "
                   "Kosten "
                   f"{euro(one.kosten)} → {euro(one.kosten_neu)}, "
                   f"mehr {euro(one.mehr_kosten, sign=True)}, Brutto mehr {euro(one.mehr_brutto, sign=True)}")
    if len(months) > 1:
        click.echo(f"{tenant} zusammen: mehr {euro(sum(one.mehr_kosten for one in months), sign=True)}")
