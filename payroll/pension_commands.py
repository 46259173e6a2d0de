"""Befehle zur Zusatzversorgung eines Arbeitgebers: ``kreislohn zv report``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from tenants.commands import stated

DIRECTORY = click.Path(file_okay=False, path_type=Path)
NEW = click.Path(dir_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]


def register(kreislohn: click.Group, acting: Acting) -> None:
    """Hängt die Gruppe ``zv`` an; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit dem Recht."""
    group = click.Group("zv", help="Zusatzversorgung: Jahresmeldung und Versorgungspunkte.")
    kreislohn.add_command(group)

    @group.command("report")
    @click.option("--tenant", required=True, help="Nummer des Arbeitgebers.")
    @click.option("--year", type=click.IntRange(2024, 2099), required=True)
    @click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat.")
    @click.option("--out", type=NEW, default=None, help="Zieldatei (.csv oder .xlsx).")
    @click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True)
    @stated.needs("person.read")
    def report(tenant: str, year: int, actor: str, out: Path | None, data: Path) -> None:
        """Nennt je Person Abschnitte, Entgelt, Beiträge und Punkte eines Jahres oder schreibt sie in eine Datei."""
        from payroll.runs.zusatzversorgung import export, given_out, jahresmeldung

        kind = "" if out is None else out.suffix.removeprefix(".").lower()
        with acting(data, tenant, actor, "person.read") as session:
            if out is not None and kind not in ("csv", "xlsx"):
                raise click.ClickException(f"{out.name}: die Endung nennt keine Tabelle; .csv oder .xlsx angeben.")
            found = jahresmeldung(session, year)
            given_out(session, year, found, kind or "anzeige")
            if out is not None:
                out.write_bytes(export(kind, found))
        if out is None:
            _say(found)
        click.echo(f"Zusatzversorgung {year}: {len(found)} Versicherte, "
                   f"{sum(bool(one.hinweise) for one in found)} mit Hinweisen.")


def _say(found: list[Any]) -> None:
    from payroll.runs.zusatzversorgung.liste import euro

    for one in found:
        paid = one.werte["zv_umlage"] + one.werte["zv2_beitrag"]
        click.echo(f"{one.personalnummer} {one.name}, {one.kasse}: Entgelt {euro(one.werte['zv_entgelt'])}, "
                   f"Umlage oder Beitrag {euro(paid)}, Punkte {euro(one.punkte)}")
        for section in one.abschnitte:
            for booking in section.buchungen:
                click.echo(f"  {section.von:%d.%m.%Y} bis {section.bis:%d.%m.%Y} {booking.schluessel}: "
                           f"{euro(booking.entgelt)}, {euro(booking.umlage)}")
        for hint in one.hinweise:
            click.echo(f"  Hinweis: {hint}")
