"""Befehl für den Katalog eines Arbeitgebers: ``kreislohn catalogue renew``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tenants.commands import stated

DIRECTORY = click.Path(file_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]


def register(kreislohn: click.Group, acting: Acting) -> None:
    """Hängt die Gruppe ``catalogue`` an; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit dem Recht."""
    group = click.Group("catalogue", help="Katalog der Lohnarten und Kassen.")
    kreislohn.add_command(group)

    @group.command("renew")
    @click.option("--tenant", required=True, help="Nummer des Arbeitgebers.")
    @click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Tag der neuen Fassungen.")
    @click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat.")
    @click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True)
    @stated.needs("import.write")
    def renew(tenant: str, day: datetime, actor: str, data: Path) -> None:
        """Legt neu ausgelieferte Lohnarten und Kassen an und führt unveränderte nach; Eigenes bleibt."""
        from payroll.masterdata.catalogue.renew import renew as renewed

        with acting(data, tenant, actor, "import.write") as session:
            found = renewed(session, day.date())
        new = ", ".join(f"{count} {name}" for name, count in found.neu.items())
        click.echo(f"Neu: {new}; nachgeführt: {_numbers(found.nachgefuehrt)}; eigene, unverändert: "
                   f"{_numbers(found.eigene)}.")


def _numbers(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "keine"
