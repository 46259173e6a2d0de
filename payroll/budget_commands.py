"""Befehle für Hochrechnungen der Personalkosten: ``kreislohn budget run|list|show|actual|export|delete``."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import click

from payroll.whatif_options import DIRECTORY, euro, read_json, who
from tenants.commands import stated
from tenants.counting import counted

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
RIGHT, TREASURY = "whatif.write", "posting.read"


def register(kreislohn: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    """Hängt die Gruppe ``budget`` an."""
    group = click.Group("budget", help="Personalkosten im Voraus, gerechnet wie Läufe, je Konto und Stelle.")
    kreislohn.add_command(group)
    _run(group, acting, month)
    _list(group, acting)
    _show(group, acting)
    _actual(group, acting)
    _export(group, acting)
    _delete(group, acting)


def _run(group: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    @group.command("run")
    @click.option("--name", required=True, help="Wie die Hochrechnung heißt.")
    @click.option("--from", "ab", type=month, required=True, help="Erster Monat (2027-01).")
    @click.option("--months", type=click.IntRange(1, 36), default=12, show_default=True)
    @click.option("--assumptions", type=FILE, default=None, help="Maßnahmen, Wiederbesetzung, Ruhestand als JSON.")
    @click.option("--keep", is_flag=True, help="Merken, zum Vergleichen und Übergeben.")
    @who
    @stated.needs(RIGHT)
    def run(name: str, ab: date, months: int, assumptions: Path | None, keep: bool, tenants: tuple[str, ...],
            actor: str, data: Path) -> None:
        """Rechnet voraus und nennt die Kosten je Konto und Monat; geschrieben wird nur mit --keep."""
        from payroll.budget import assumptions as given
        from payroll.budget import kept
        from payroll.runs.whatif.massnahmen import SzenarioFehler

        number = uuid.uuid4()
        try:
            held = given.from_plain({**_read(assumptions), "name": name, "ab": ab.isoformat(), "monate": months})
            total = 0
            for tenant in tenants:
                with acting(data, tenant, actor, RIGHT) as session:
                    if keep:
                        row = kept.keep(session, held, number)
                        remarks, costs, stocks = row.anmerkungen, kept.lines_of(row), kept.provisions_of(row)
                    else:
                        found = kept.compute(session, held)
                        remarks, costs, stocks = found.anmerkungen, dict(found.zeilen), found.rueckstellungen
                total += _say(tenant, remarks, costs)
                _say_provisions(tenant, stocks)
        except SzenarioFehler as error:
            raise click.ClickException(str(error)) from error
        if len(tenants) > 1:
            click.echo(f"Alle zusammen: {euro(total)}")
        if keep:
            click.echo(f"Gemerkt als {number}")


def _read(file: Path | None) -> dict[str, Any]:
    found = {} if file is None else read_json(file)
    if not isinstance(found, dict):
        raise click.ClickException(f"{file.name if file else ''} ist kein JSON-Objekt mit Annahmen.")
    return found


def _say(tenant: str, remarks: list[str], costs: dict[Any, int]) -> int:
    for text in remarks:
        click.echo(f"{tenant} Hinweis: {text}")
    for title, at in (("Monat", 0), ("Konto", 3), ("", 4)):
        sums: dict[Any, int] = {}
        for key, cents in costs.items():
            sums[key[at]] = sums.get(key[at], 0) + cents
        for name, cents in sorted(sums.items()):
            shown = f"{name:%m/%Y}" if isinstance(name, date) else name
            click.echo(f"{tenant} {title} {shown}: {euro(cents)}".replace("  ", " "))
    total = sum(costs.values())
    click.echo(f"{tenant} zusammen: {euro(total)}")
    return total


def _say_provisions(tenant: str, stocks: dict[Any, int]) -> None:
    from payroll.budget.provisions import WORTE, rows

    for month, held, change in rows(stocks):
        parts = ", ".join(f"{WORTE[art]} {euro(cents)}" for art, cents in held.items())
        said = "" if change is None else f", Veränderung {euro(change)}"
        click.echo(f"{tenant} Rückstellungen Ende {month:%m/%Y}: {parts}{said}")


def _list(group: click.Group, acting: Acting) -> None:
    @group.command("list")
    @who
    @stated.needs(RIGHT)
    def show(tenants: tuple[str, ...], actor: str, data: Path) -> None:
        """Nennt die gemerkten Hochrechnungen."""
        from payroll.budget import kept

        for tenant in tenants:
            with acting(data, tenant, actor, RIGHT) as session:
                for row in kept.all_of(session):
                    handed = f", übergeben von {row.uebergeben_von}" if row.uebergeben_von else ""
                    click.echo(f"{row.kennung} {tenant} {row.name}: ab {row.ab:%m/%Y}, "
                               f"{counted(row.monate, 'Monat', 'Monate')}, "
                               f"{euro(sum(kept.by_month(row).values()))}, gerechnet von {row.gerechnet_von}{handed}")


def _show(group: click.Group, acting: Acting) -> None:
    @group.command("show")
    @click.argument("projections", type=click.UUID, nargs=-1, required=True)
    @who
    @stated.needs(RIGHT)
    def show(projections: tuple[uuid.UUID, ...], tenants: tuple[str, ...], actor: str, data: Path) -> None:
        """Stellt gemerkte Hochrechnungen nebeneinander: Kosten je Arbeitgeber und Konto."""
        from payroll.budget import kept

        for tenant in tenants:
            with acting(data, tenant, actor, RIGHT) as session:
                rows = [row for one in projections if (row := kept.find(session, one)) is not None]
                costs = [{account: sum(months.values()) for account, months in kept.by_account(row).items()}
                         for row in rows]
                click.echo("\t".join([f"Arbeitgeber {tenant}", *(row.name for row in rows)]))
                for account in sorted({one for own in costs for one in own}):
                    click.echo("\t".join([account, *(euro(own.get(account, 0)) for own in costs)]))
                click.echo("\t".join(["Summe", *(euro(sum(own.values())) for own in costs)]))


def _actual(group: click.Group, acting: Acting) -> None:
    @group.command("actual")
    @click.argument("projection", type=click.UUID)
    @click.option("--outlook", type=click.UUID, default=None, help="Heutige Hochrechnung für Obligo und Erwartung.")
    @who
    @stated.needs(RIGHT)
    def actual(projection: uuid.UUID, outlook: uuid.UUID | None, tenants: tuple[str, ...], actor: str,
               data: Path) -> None:
        """Ansatz, Ist, Obligo und Erwartung je Konto."""
        from payroll.budget import actual as reading
        from payroll.budget import kept

        for tenant in tenants:
            with acting(data, tenant, actor, RIGHT) as session:
                wanted, now = kept.find(session, projection), kept.find(session, outlook or projection)
                if wanted is None or now is None:
                    raise click.ClickException(f"{tenant}: eine der Hochrechnungen ist hier nicht gemerkt.")
                for one in reading.commitment(session, wanted, now)[0]:
                    click.echo(f"{tenant} {one.konto}: Ansatz {euro(one.ansatz)}, Ist {euro(one.ist)}, Obligo "
                               f"{euro(one.obligo)}, erwartet {euro(one.erwartet)}, Rest {euro(one.rest)}")


def _export(group: click.Group, acting: Acting) -> None:
    @group.command("export")
    @click.argument("projection", type=click.UUID)
    @click.argument("target", type=TARGET)
    @click.option("--tenant", required=True, help="Nummer.")
    @click.option("--actor", required=True, help="Anmeldename mit dem Recht, Buchungen zu lesen.")
    @click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True)
    @stated.needs(TREASURY)
    def export(projection: uuid.UUID, target: Path, tenant: str, actor: str, data: Path) -> None:
        """Schreibt die Haushaltszahlen eines übergebenen Ansatzes als CSV oder XLSX, je Produkt und Konto."""
        from payroll.budget import files, kept

        with acting(data, tenant, actor, TREASURY) as session:
            row = kept.find(session, projection)
            if row is None or row.uebergeben_am is None:
                raise click.ClickException(f"{tenant}: ein übergebener Ansatz mit dieser Kennung fehlt.")
            made = files.made(session, row, target.suffix.lower())
        if made is None:
            raise click.ClickException(f"{target.name}: als .csv oder .xlsx angeben.")
        target.write_bytes(made)
        click.echo(f"{target} geschrieben.")


def _delete(group: click.Group, acting: Acting) -> None:
    @group.command("delete")
    @click.argument("projection", type=click.UUID)
    @who
    @stated.needs(RIGHT)
    def delete(projection: uuid.UUID, tenants: tuple[str, ...], actor: str, data: Path) -> None:
        """Löscht eine gemerkte Hochrechnung; ein übergebener Ansatz bleibt."""
        from payroll.budget import kept
        from payroll.runs.whatif.massnahmen import SzenarioFehler

        for tenant in tenants:
            with acting(data, tenant, actor, RIGHT) as session:
                row = kept.find(session, projection)
                try:
                    if row is not None:
                        kept.forget(session, row)
                except SzenarioFehler as error:
                    raise click.ClickException(str(error)) from error
                click.echo(f"{tenant}: {'gelöscht' if row is not None else 'hier nicht gemerkt'}")
