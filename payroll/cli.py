"""The stable commands: ``kreislohn …``. Users script them; see docs/befehle.md."""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from payroll import (
    bench_commands,
    billing_commands,
    budget_commands,
    catalogue_commands,
    change_commands,
    collective_commands,
    duty_commands,
    employer_commands,
    filing_commands,
    joining_commands,
    journal_commands,
    leaving_commands,
    log_commands,
    one_off_commands,
    operating_commands,
    payment_commands,
    pension_commands,
    people_commands,
    plan_commands,
    portal_commands,
    recruiting_commands,
    replay_commands,
    serve_command,
    setting_commands,
    tariff_commands,
    time_commands,
    whatif_commands,
    yearend_commands,
)
from payroll.acting import acting as _acting
from payroll.runs.commands import database, taxyear
from payroll.statements import commands as statement_commands
from payroll.statements.emergency_commands import SOURCES, emergency
from payroll.statements.privacy import commands as privacy_commands
from tenants import commands
from tenants.commands import accounts, stated
from tenants.counting import counted
from tenants.operation import configuration, tracing


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
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), envvar=configuration.FILE_VARIABLE,
              default=None, help="Einstellungsdatei (TOML); siehe docs/betrieb.md.")
@click.pass_context
def kreislohn(context: click.Context, config: Path | None) -> None:
    """Kreislohn: Entgeltabrechnung für einen Kreis und seine Gemeinden."""
    try:
        configuration.apply(config, os.environ)
    except configuration.ConfigurationError as error:
        raise click.ClickException(f"Einstellungen:\n{error}") from error
    if (address := os.environ.get(tracing.VARIABLE)) and context.invoked_subcommand != "config":
        try:
            context.call_on_close(tracing.export(address))
        except tracing.TracingError as error:
            raise click.ClickException(f"Einstellungen:\n{error}") from error
    context.default_map = operating_commands.options_of(kreislohn, dict(os.environ))


@kreislohn.group()
def conformance() -> None:
    """Rechnet Fälle einer Datei nach und vergleicht jedes erwartete Feld."""


@conformance.command("tax")
@click.argument("file", type=FILE)
@click.option("--month", type=MonthType(), default=None, help="Monat, dessen Programmablaufplan gilt (2026-11).")
@click.option("--plan", type=FILE, default=None, help="Programmablaufplan des BMF (XML); hält die Regeln gegen ihn.")
@stated.without_tenant("rechnet eine Datei nach")
def conformance_tax(file: Path, month: date | None, plan: Path | None) -> None:
    """Lohnsteuer: Eingangs- und Ausgangsnamen des Programmablaufplans."""
    from payroll.law.conformance import tax, tax_plan

    if plan is not None:
        sys.exit(tax_plan.run(file, plan, sys.stdout, month))
    if month is None:
        raise click.UsageError("--month fehlt; ohne --plan sagt nur er, welcher Programmablaufplan gilt.")
    sys.exit(tax.run(file, month, sys.stdout))


@conformance.command("insurance")
@click.argument("file", type=FILE)
@click.option("--group", default=None, help="Nur Fälle dieser Gruppe.")
@stated.without_tenant("rechnet eine Datei nach")
def conformance_insurance(file: Path, group: str | None) -> None:
    """Sozialversicherung."""
    from payroll.law.conformance import insurance

    sys.exit(insurance.run(file, group, sys.stdout))


@conformance.command("pay")
@click.argument("file", type=FILE)
@click.option("--kind", default=None, help="Nur Fälle dieser Art.")
@stated.without_tenant("rechnet eine Datei nach")
def conformance_pay(file: Path, kind: str | None) -> None:
    """Entgelt, Besoldung, Zusatzversorgung."""
    from payroll.law.conformance import pay

    sys.exit(pay.run(file, kind, sys.stdout))


@conformance.command("payslip")
@click.argument("file", type=FILE)
@stated.without_tenant("rechnet eine Datei nach")
def conformance_payslip(file: Path) -> None:
    """Ganze Abrechnungen."""
    from payroll.law.conformance import payslip

    sys.exit(payslip.run(file, sys.stdout))


@conformance.command("garnishment")
@click.argument("file", type=FILE)
@stated.without_tenant("rechnet eine Datei nach")
def conformance_garnishment(file: Path) -> None:
    """Pfändbarer Betrag nach § 850c ZPO."""
    from payroll.law.conformance import garnishment

    sys.exit(garnishment.run(file, sys.stdout))


@conformance.command("time")
@click.argument("file", type=FILE)
@stated.without_tenant("rechnet eine Datei nach")
def conformance_time(file: Path) -> None:
    """Arbeitszeit: Zuschläge, Überstunden, Rufbereitschaft, Gleitzeit, Befunde."""
    from timekeeping import conformance as timekeeping

    sys.exit(timekeeping.run_time(file, sys.stdout))


@conformance.command("leave")
@click.argument("file", type=FILE)
@stated.without_tenant("rechnet eine Datei nach")
def conformance_leave(file: Path) -> None:
    """Urlaub: Anspruch, Rest, Abgeltung, Verfall."""
    from timekeeping import conformance as timekeeping

    sys.exit(timekeeping.run_leave(file, sys.stdout))


@conformance.command("all")
@stated.without_tenant("rechnet eine Datei nach")
def conformance_all() -> None:
    """Alle mitgelieferten amtlichen Tabellen und Beispiele, je Datei mit Quelle und unbestätigten Rechengrößen."""
    from payroll.law.conformance import bundled

    sys.exit(bundled.run(sys.stdout))


DATA_DIR = click.Path(file_okay=False, path_type=Path)


@kreislohn.command()
@click.option("--data", type=DATA_DIR, default=Path("demo-data"), show_default=True, help="Verzeichnis der Datenbank.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--months", type=click.IntRange(1, 12), default=10, show_default=True, help="Abgeschlossene Monate 2026.")
@click.option("--no-server", is_flag=True, help="Nur anlegen, keinen Server starten.")
@click.pass_context
@stated.operator("legt den Vorführkreis in einem eigenen Verzeichnis an")
def demo(context: click.Context, data: Path, port: int, months: int, no_server: bool) -> None:
    """Legt den Vorführkreis an, rechnet seine Monate ab, startet den Server und nennt die Anmeldedaten."""
    from payroll.demo import accounts
    from payroll.demo.build import build

    _forget_half_built(data)
    with database(data):
        if not build(click.echo, closed_until=months):
            click.echo(f"Der Vorführkreis in {data}/ ist schon da und bleibt, wie er ist.")
        (data / COMPLETE).touch()
        base = f"http://127.0.0.1:{port}"
        click.echo(f"\n{base}\n")
        for one in accounts.issue(base):
            code = f"\n  Schlüssel für die Code-App: {one.secret} (Code jetzt: {one.code})" if one.code else ""
            click.echo(f"{one.words}\n  Einmallink: {one.link}\n"
                       f"  {one.name}: Anmeldename {one.login}, Kennwort {one.password}{code}\n")
        click.echo("Rundgang in zehn Schritten: docs/rundgang.md")
        if not no_server:
            serve_command.run(context, "127.0.0.1", port, demonstration=True)


STARTED, COMPLETE = "demo.angefangen", "demo.vollstaendig"


def _forget_half_built(data: Path) -> None:
    """An interrupted building starts anew; only directories that the demonstration made are touched."""
    if (data / STARTED).exists() and not (data / COMPLETE).exists():
        shutil.rmtree(data)
    elif data.exists() and not (data / STARTED).exists() and any(data.iterdir()):
        raise click.ClickException(f"{data}/ enthält schon etwas anderes. Mit --data ein leeres Verzeichnis angeben.")
    data.mkdir(parents=True, exist_ok=True)
    (data / STARTED).touch()


@kreislohn.group()
def payroll() -> None:
    """Der Lauf eines Monats von der Befehlszeile."""


def _run_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--tenant", required=True, help="Nummer des Arbeitgebers."),
        click.option("--month", type=MonthType(), required=True),
        click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat."),
        click.option("--data", type=DATA_DIR, default=Path("var"), show_default=True),
    ):
        command = option(command)
    return command


@payroll.command("run")
@_run_options
@click.option("--key", default=None, help="Schlüssel der Anforderung; derselbe noch einmal rechnet nicht noch einmal.")
@click.option("--person", default=None, help="Nur diese Personalnummer, zur Ansicht; geschrieben wird nichts.")
@stated.needs("run.calculate")
def payroll_run(tenant: str, month: date, actor: str, data: Path, key: str | None, person: str | None) -> None:
    """Rechnet den Probelauf, mit --person den eines Menschen, ohne etwas zu schreiben."""
    with _acting(data, tenant, actor, "run.calculate") as session:
        from payroll.runs import service

        if person is None:
            from payroll.sammellauf import stuecke

            stuecke.require_undivided(session, month)
            _report(service.calculate(session, month, key=key or f"cli-{uuid.uuid4()}"))
        else:
            change_commands.show_trial(session, month, person)


@payroll.command("check")
@_run_options
@stated.needs("run.check")
def payroll_check(tenant: str, month: date, actor: str, data: Path) -> None:
    """Bestätigt die Prüfung."""
    _step(data, tenant, actor, "run.check", month, "check")


@payroll.command("release")
@_run_options
@click.option("--side", type=click.Choice(("kreis", "arbeitgeber")), required=True)
@stated.needs("run.release", "run.release_municipality")
def payroll_release(tenant: str, month: date, actor: str, data: Path, side: str) -> None:
    """Gibt frei, für den Kreis oder für den Arbeitgeber."""
    if side == "kreis":
        _step(data, tenant, actor, "run.release", month, "release")
    else:
        _step(data, tenant, actor, "run.release_municipality", month, "release_municipality")


@payroll.command("close")
@_run_options
@stated.needs("run.close")
def payroll_close(tenant: str, month: date, actor: str, data: Path) -> None:
    """Schließt ab und stellt die Abrechnungen aus."""
    with _acting(data, tenant, actor, "run.close") as session:
        from payroll.runs import service
        from payroll.statements.publish import close_and_publish

        shown = service.find_run(session, month).ergebnis_hash
        lauf, stored = close_and_publish(session, month, ergebnis_hash=str(shown))
        _report(lauf)
        click.echo(f"{counted(stored.new, 'Abrechnung', 'Abrechnungen')} ausgestellt, {stored.already} waren schon da.")


def _step(data: Path, tenant: str, actor: str, right: str, month: date, name: str) -> None:
    with _acting(data, tenant, actor, right) as session:
        from payroll.runs import service

        shown = service.find_run(session, month).ergebnis_hash
        _report(getattr(service, name)(session, month, ergebnis_hash=str(shown)))


def _payment_files(session: Any) -> dict[str, bytes]:
    from payroll.filings.emergency import payment_files

    return payment_files(session)


def _report(lauf: Any) -> None:
    click.echo(f"{lauf.monat:%m/%Y}: {lauf.zustand}, {counted(lauf.anzahl, 'Abrechnung', 'Abrechnungen')}, Hash "
               f"{lauf.ergebnis_hash[:12]}")


@kreislohn.command("calculate")
@click.argument("file", type=FILE)
@click.option("--month", type=MonthType(), required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Zieldatei (CSV).")
@click.option("--explain", "row", default=None, help="Zeile, die erklärt wird: Nummer oder Fall, auch FALL:wert.")
@click.option("--plan", type=FILE, default=None, help="Programmablaufplan (XML): Lohnsteuer vorläufig nach ihm.")
@stated.without_tenant("rechnet ohne Datenbank")
def calculate_file(file: Path, month: date, out: Path | None, row: str | None, plan: Path | None) -> None:
    """Brutto bis Netto ohne Datenbank: eine Zeile je Person, Spalten wie im Vertrag ganzer Abrechnungen."""
    from payroll.law import calculate_file as law

    sys.exit(law.run(file, month, sys.stdout, target=out, explain_row=row, plan=plan, errors=sys.stderr))


@kreislohn.group()
def audit() -> None:
    """Das Protokoll."""


commands.register(kreislohn, audit)
statement_commands.register(commands.archive)
log_commands.register(audit, _acting)
accounts.register(privacy_commands.register(kreislohn, _acting))
time_commands.register(kreislohn, _acting)
plan_commands.register(kreislohn, _acting)
kreislohn.add_command(portal_commands.portal)
recruiting_commands.register(kreislohn)
catalogue_commands.register(kreislohn, _acting)
setting_commands.register(kreislohn, _acting)
people_commands.register(kreislohn, _acting)
pension_commands.register(kreislohn, _acting)
one_off_commands.register(payroll, _acting, MonthType())
replay_commands.register(kreislohn, _acting, MonthType())
whatif_commands.register(kreislohn, _acting, MonthType())
budget_commands.register(kreislohn, _acting, MonthType())
billing_commands.register(kreislohn, _acting, MonthType())
change_commands.register(payroll, _acting, MonthType())
collective_commands.register(kreislohn, payroll, MonthType())
tariff_commands.register(kreislohn)
payment_commands.register(kreislohn, _acting, MonthType())
joining_commands.register(kreislohn, _acting, MonthType())
leaving_commands.register(kreislohn)
employer_commands.register(kreislohn)
journal_commands.register(kreislohn, _acting, MonthType())
filing_commands.register(kreislohn, _acting, MonthType())
yearend_commands.register(kreislohn, _acting)
duty_commands.register(kreislohn, conformance, _acting, MonthType())
kreislohn.add_command(emergency)
SOURCES.append(_payment_files)
kreislohn.add_command(taxyear)
kreislohn.add_command(serve_command.serve)
operating_commands.register(kreislohn)
bench_commands.register(kreislohn)


def main(application: Callable[[], Any] | None = None) -> None:
    """Entry point; the application factory comes from app.py, which stands above this floor.

    Nothing starts while a command does not say which right it demands.
    """
    stated.require_stated(kreislohn)
    kreislohn(obj={"application": application})
