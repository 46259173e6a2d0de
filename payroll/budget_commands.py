"""Befehle für Hochrechnungen der Personalkosten: ``kreislohn budget run|list|show|actual|export|delete``."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import click

from tenants.commands import stated

DIRECTORY = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
RIGHT, TREASURY, MAX_BYTES = "whatif.write", "posting.read", 1_000_000


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


def _who(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--tenant", "tenants", multiple=True, required=True, help="Nummer; mehrmals für mehrere."),
        click.option("--actor", required=True, help="Anmeldename; das Recht braucht es bei jedem genannten."),
        click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True),
    ):
        command = option(command)
    return command


def _run(group: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    @group.command("run")
    @click.option("--name", required=True, help="Wie die Hochrechnung heißt.")
    @click.option("--from", "ab", type=month, required=True, help="Erster Monat (2027-01).")
    @click.option("--months", type=click.IntRange(1, 36), default=12, show_default=True)
    @click.option("--assumptions", type=FILE, default=None, help="Maßnahmen, Wiederbesetzung, Ruhestand als JSON.")
    @click.option("--keep", is_flag=True, help="Merken, zum Vergleichen und Übergeben.")
    @_who
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
                        remarks, costs = row.anmerkungen, kept.lines_of(row)
                    else:
                        found = kept.compute(session, held)
                        remarks, costs = found.anmerkungen, dict(found.zeilen)
                total += _say(tenant, remarks, costs)
        except SzenarioFehler as error:
            raise click.ClickException(str(error)) from error
        if len(tenants) > 1:
            click.echo(f"Alle zusammen: {_euro(total)}")
        if keep:
            click.echo(f"Gemerkt als {number}")


def _read(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    if file.stat().st_size > MAX_BYTES:
        raise click.ClickException(f"{file.name} ist größer als {MAX_BYTES // 1_000_000} MB.")
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file.name} ist kein JSON.") from error
    if not isinstance(found, dict):
        raise click.ClickException(f"{file.name} ist kein JSON-Objekt mit Annahmen.")
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
            click.echo(f"{tenant} {title} {shown}: {_euro(cents)}".replace("  ", " "))
    total = sum(costs.values())
    click.echo(f"{tenant} zusammen: {_euro(total)}")
    return total


def _list(group: click.Group, acting: Acting) -> None:
    @group.command("list")
    @_who
    @stated.needs(RIGHT)
    def show(tenants: tuple[str, ...], actor: str, data: Path) -> None:
        """Nennt die gemerkten Hochrechnungen."""
        from payroll.budget import kept

        for tenant in tenants:
            with acting(data, tenant, actor, RIGHT) as session:
                for row in kept.all_of(session):
                    handed = f", übergeben von {row.uebergeben_von}" if row.uebergeben_von else ""
                    click.echo(f"{row.kennung} {tenant} {row.name}: ab {row.ab:%m/%Y}, {row.monate} Monate, "
                               f"{_euro(sum(kept.by_month(row).values()))}, gerechnet von {row.gerechnet_von}{handed}")


def _show(group: click.Group, acting: Acting) -> None:
    @group.command("show")
    @click.argument("projections", type=click.UUID, nargs=-1, required=True)
    @_who
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
                    click.echo("\t".join([account, *(_euro(own.get(account, 0)) for own in costs)]))
                click.echo("\t".join(["Summe", *(_euro(sum(own.values())) for own in costs)]))


def _actual(group: click.Group, acting: Acting) -> None:
    @group.command("actual")
    @click.argument("projection", type=click.UUID)
    @click.option("--outlook", type=click.UUID, default=None, help="Heutige Hochrechnung für Obligo und Erwartung.")
    @_who
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
                    click.echo(f"{tenant} {one.konto}: Ansatz {_euro(one.ansatz)}, Ist {_euro(one.ist)}, Obligo "
                               f"{_euro(one.obligo)}, erwartet {_euro(one.erwartet)}, Rest {_euro(one.rest)}")


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
    @_who
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


def _euro(cents: int) -> str:
    mark = "-" if cents < 0 else ""
    return f"{mark}{abs(cents) // 100:,}".replace(",", ".") + f",{abs(cents) % 100:02d} EUR"
