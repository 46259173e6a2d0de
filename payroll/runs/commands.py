"""``kreislohn taxyear``: Programmablaufpläne des BMF aufnehmen und zeigen, nach denen vorläufig bezahlt wird."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenants.commands import site, stated

if TYPE_CHECKING:
    from payroll.law.plan import Plan


@contextmanager
def database(data: Path, longest: timedelta | None = None) -> Iterator[Any]:
    """Die Datenbank dieser Einrichtung, mit den Programmablaufplänen ihres Datenverzeichnisses."""
    from payroll.runs import taxyear as plans

    with site.database(data, longest) as connected:
        plans.configure(data)
        yield connected


@click.group()
def taxyear() -> None:
    """Steuerjahre, deren Regeln noch nicht geschrieben sind."""


@taxyear.command("list")
@site.data_option
@stated.without_tenant("liest nur die aufgenommenen Pläne")
def show(data: Path) -> None:
    """Nennt, bis wann Regeln geschrieben sind, und die aufgenommenen Pläne."""
    from payroll.law.plan import PlanError, shelf
    from payroll.law.taxyear import written_until

    click.echo(f"Regeln der Lohnsteuer sind geschrieben bis {written_until():%d.%m.%Y}.")
    try:
        plans = shelf.plans_in(data)
    except PlanError as error:
        raise click.ClickException(str(error)) from error
    for plan in plans:
        click.echo(_words(plan))
    if not plans:
        click.echo("Es ist kein Programmablaufplan aufgenommen.")


def _words(plan: Plan) -> str:
    from datetime import date

    from payroll.law.taxyear import rules_written

    used = rules_written(date(plan.year, plan.first_month, 1))
    how = ("wird nicht gebraucht, die Regeln sind geschrieben (prüfen mit: kreislohn conformance tax DATEI --plan)"
           if used else "Läufe ab dann rechnen die Lohnsteuer vorläufig nach ihm")
    new = f"; neue Eingaben, mit ihren Vorgaben gerechnet: {', '.join(plan.new_inputs).upper()}"
    return (f"{plan.name}, gilt ab {plan.first_month:02}/{plan.year}, SHA-256 {plan.digest}: {how}"
            + (new if plan.new_inputs else ""))
