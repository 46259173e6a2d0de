"""The stable commands: ``kreislohn …``. Users script them; see docs/befehle.md."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

MONTH = "%Y-%m"


class MonthType(click.ParamType[date]):
    """A month as 2026-11; becomes its first day."""

    name = "JJJJ-MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Text to date."""
        if isinstance(value, date):
            return value
        parts = str(value).split("-")
        if len(parts) == 2 and len(parts[0]) == 4 and all(part.isdigit() for part in parts):
            year, month = int(parts[0]), int(parts[1])
            if 1 <= month <= 12 and 2000 <= year <= 2099:
                return date(year, month, 1)
        self.fail(f"{value!r} ist kein Monat; erwartet wird zum Beispiel 2026-11.", param, ctx)
        raise AssertionError  # fail() never returns


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
@click.version_option(package_name="kreislohn")
def kreislohn() -> None:
    """Kreislohn: Entgeltabrechnung für einen Kreis und seine Gemeinden."""


@kreislohn.group()
def conformance() -> None:
    """Rechnet Fälle einer Datei nach und vergleicht jedes erwartete Feld."""


@conformance.command("tax")
@click.argument("file", type=FILE)
@click.option("--month", type=MonthType(), required=True, help="Monat, dessen Programmablaufplan gilt (2026-11).")
def conformance_tax(file: Path, month: date) -> None:
    """Lohnsteuer: Eingangs- und Ausgangsnamen des Programmablaufplans."""
    from payroll.law.conformance import tax

    sys.exit(tax.run(file, month, sys.stdout))


@conformance.command("insurance")
@click.argument("file", type=FILE)
@click.option("--group", default=None, help="Nur Fälle dieser Gruppe.")
def conformance_insurance(file: Path, group: str | None) -> None:
    """Sozialversicherung."""
    from payroll.law.conformance import insurance

    sys.exit(insurance.run(file, group, sys.stdout))


@conformance.command("pay")
@click.argument("file", type=FILE)
@click.option("--kind", default=None, help="Nur Fälle dieser Art.")
def conformance_pay(file: Path, kind: str | None) -> None:
    """Entgelt, Besoldung, Zusatzversorgung."""
    from payroll.law.conformance import pay

    sys.exit(pay.run(file, kind, sys.stdout))


@conformance.command("payslip")
@click.argument("file", type=FILE)
def conformance_payslip(file: Path) -> None:
    """Ganze Abrechnungen."""
    from payroll.law.conformance import payslip

    sys.exit(payslip.run(file, sys.stdout))


@kreislohn.command()
@click.argument("name", type=click.Choice(("tax", "pay", "close", "documents", "all")))
@click.option("--size", type=click.IntRange(1), default=None, help="Anzahl; Vorgabe je Messung.")
@click.option("--json", "as_json", is_flag=True, help="Eine JSON-Zeile je Messung.")
def bench(name: str, size: int | None, as_json: bool) -> None:
    """Misst auf dieser Maschine."""
    from payroll.bench import BENCHMARKS, run

    names = tuple(BENCHMARKS) if name == "all" else (name,)
    for one in names:
        result = run(one, size)
        click.echo(json.dumps(result.as_dict()) if as_json else result.line())


def main(application: Callable[[], Any] | None = None) -> None:
    """Entry point; the application factory comes from app.py, which stands above this floor."""
    kreislohn(obj={"application": application})
