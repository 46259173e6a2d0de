"""Befehle: was sich geändert hat und warum, über alle Arbeitgeber; der Probelauf eines Menschen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from tenants.commands import stated
from tenants.counting import counted

DIRECTORY = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]


def register(payroll: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    """Hängt ``payroll changes`` an."""

    @payroll.command("changes")
    @click.option("--tenant", "tenants", multiple=True, required=True, help="Nummer; mehrmals für mehrere.")
    @click.option("--month", "wanted", type=month, required=True)
    @click.option("--cause", default="", help="Nur diese Art der Ursache.")
    @click.option("--least", default="0", help="Mindestens so viel Euro Wirkung.")
    @click.option("--out", type=FILE, default=None, help="Alles als CSV in diese Datei.")
    @click.option("--actor", required=True, help="Anmeldename; das Recht braucht es bei jedem genannten.")
    @click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True)
    @stated.needs("run.read")
    def changes(tenants: tuple[str, ...], wanted: date, cause: str, least: str, out: Path | None, actor: str,
                data: Path) -> None:
        """Jede geänderte Auszahlung gegenüber dem Vormonat bei ihrer Ursache; Summen je Arbeitgeber mit Rest."""
        from payroll.masterdata.sheets import as_csv
        from payroll.runs.wandel import alle
        from payroll.runs.wandel.anteile import ARTEN

        if cause and cause not in ARTEN:
            raise click.BadParameter(f"eine von {', '.join(ARTEN)}", param_hint="--cause")
        chosen, rows = alle.Auswahl(cause, _cents(least)), list[Any]()
        for number in tenants:
            with acting(data, number, actor, "run.read") as session:
                total, found = alle.of_employer(session, number, wanted, chosen)
            rows += found
            click.echo(f"{number}: {counted(total.abrechnungen, 'Abrechnung', 'Abrechnungen')}, Auszahlung "
                       f"{_euro(total.unterschied)}, ohne "
                       f"Ursache {_euro(total.rest)}, {counted(len(found), 'Ursache', 'Ursachen')} gezeigt")
        if out is not None:
            out.write_bytes(as_csv(alle.HEADER, [(*one.plain(), Decimal(one.anteil.wirkung).scaleb(-2), one.belege)
                                                 for one in rows]))
            return
        for one in rows:
            click.echo(f"{' | '.join(filter(None, one.plain()))} | {_euro(one.anteil.wirkung)}")


def show_trial(session: Any, month: date, person: str) -> None:
    """Gibt den Probelauf eines Menschen aus."""
    from payroll.runs.wirkung.einzeln import one_trial

    for one in one_trial(session, month, person):
        click.echo(f"{one.personalnummer} {one.monat:%m/%Y}: Zahlbetrag {_euro(one.zahlbetrag)}"
                   + ("" if one.bezahlt else ", wird so nicht abgerechnet"))
        for value in one.werte:
            before = f" (im letzten Lauf {_euro(value.alt)})" if one.gerechnet and value.differenz else ""
            click.echo(f"  {value.text}: {_euro(value.neu)}{before}")
        for booking in one.zurueck:
            click.echo(f"  Rückrechnung {booking.monat:%m/%Y}: {', '.join(cause.titel for cause in booking.ursachen)}")
        for finding in one.befunde:
            click.echo(f"  {finding.stufe}: {finding.feld}: {finding.regel}; {finding.abhilfe}")
    click.echo("Zur Probe gerechnet, nichts geschrieben.")


def _cents(text: str) -> int:
    try:
        return int(Decimal(text.replace(",", ".")) * 100)
    except InvalidOperation as error:
        raise click.BadParameter("ist kein Betrag", param_hint="--least") from error


def _euro(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100},{abs(cents) % 100:02d}"
