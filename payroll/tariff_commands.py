"""Befehle für Tabellen und Sätze, die für alle Arbeitgeber gelten: ``kreislohn tariff …``."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from payroll.runs.commands import database, taxyear
from tenants.commands import stated
from tenants.counting import counted

DIRECTORY = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
KINDS = ("entgelttabelle", "familienzuschlag", "krankenkassen", "zv_saetze", "umlagen", "rechtswerte", "steuerjahr")
SHOWN = 50


def register(kreislohn: click.Group) -> None:
    """Hängt die Gruppe ``tariff`` an, und ``taxyear add``, das denselben Weg geht."""
    group = click.Group("tariff", help="Tabellen, Sätze und Werte für alle Arbeitgeber, mit zwei Personen.")
    kreislohn.add_command(group)
    for command in (_upload, _list, _cost, _decide, _distribute, _template):
        command(group)
    _tax_year(taxyear)


def _who(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--actor", required=True, help="Anmeldename; das Recht braucht es bei allen Arbeitgebern."),
        click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True),
    ):
        command = option(command)
    return command


@contextmanager
def _acting(data: Path, actor: str, right: str) -> Iterator[None]:
    """Datenbank für eine Person, die dieses Recht bei jedem Arbeitgeber hat; Ablehnungen werden eine Zeile."""
    stated.require_named(right)
    from payroll.masterdata.imports.problems import ImportFehler
    from payroll.masterdata.service import FactError
    from payroll.masterdata.vorschlaege import service
    from tenants.db.session import platform_session
    from tenants.users.presence import office_day

    with database(data):
        with platform_session(actor=actor) as session:
            missing = service.missing_mandates(session, actor, right, office_day(datetime.now(UTC)))
        if missing:
            raise click.ClickException(f"{actor} hat das Recht „{right}“ nicht bei: {', '.join(missing)}.")
        try:
            yield
        except (service.VorschlagAbgelehnt, ImportFehler, FactError) as error:
            raise click.ClickException(str(error)) from error


def _day(context: click.Context, parameter: click.Parameter, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("als 2027-01-01 angeben") from error


def _number(context: click.Context, parameter: click.Parameter, text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise click.BadParameter("ist keine Zahl") from error


def _upload(group: click.Group) -> None:
    @group.command("upload")
    @_who
    @click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True)
    @click.option("--from", "ab", required=True, callback=_day, help="Erster Tag (2027-01-01).")
    @click.option("--title", required=True, help="Wie der Vorgang heißt.")
    @click.option("--source", required=True, help="Tarifeinigung, Satzung oder Bekanntmachung.")
    @click.option("--tariff", default="", help="Tarifwerk, wenn die Datei keine Spalte dafür hat.")
    @click.option("--percent", callback=_number, default=None, help="Prozent der Einigung; jede Zelle wird geprüft.")
    @click.option("--minimum", callback=_number, default=None, help="Mindestbetrag der Einigung in Euro.")
    @click.option("--dry-run", is_flag=True, help="Nur prüfen.")
    @click.argument("file", type=FILE)
    @stated.needs("tariff.write")
    def upload(actor: str, data: Path, kind: str, ab: date, title: str, source: str, file: Path, dry_run: bool,
               **agreed: Any) -> None:
        """Prüft eine Datei und merkt sie als Vorschlag; in Kraft setzt sie eine zweite Person."""
        from payroll.masterdata.vorschlaege import intake, service

        with _acting(data, actor, "tariff.write"):
            terms = intake.Einigung(agreed["tariff"], agreed["percent"], agreed["minimum"])
            _propose(service.Angaben(kind, title, ab, source, file.name), file, terms, actor, dry_run)


def _propose(given: Any, file: Path, terms: Any, actor: str, dry_run: bool) -> None:
    """Prüft eine Datei, nennt was auffällt und merkt sie als Vorschlag; ablehnen heißt ClickException."""
    from payroll.masterdata.vorschlaege import intake, service
    from tenants.db.session import platform_session

    content = file.read_bytes()
    found = intake.check(content, given.art, given.gilt_ab, terms, actor=actor)
    for problem in found.probleme[:SHOWN]:
        click.echo(f"{'Fehler' if problem.schwer else 'Hinweis'}: {problem}")
    if not found.gut:
        raise click.ClickException("Die Datei wird so nicht angenommen.")
    click.echo(found.words)
    if not dry_run:
        with platform_session(actor=actor) as session:
            click.echo(f"Vorschlag {service.upload(session, given, content, found.inhalt).public_id}")


def _tax_year(group: click.Group) -> None:
    @group.command("add")
    @_who
    @click.option("--source", required=True, help="Bekanntmachung des Bundesfinanzministeriums.")
    @click.argument("plan", type=FILE)
    @stated.needs("tariff.write")
    def add(actor: str, data: Path, source: str, plan: Path) -> None:
        """Prüft einen Programmablaufplan (XML) und merkt ihn als Vorschlag; in Kraft setzt ihn eine zweite Person."""
        from payroll.law.plan import PlanError, read_plan
        from payroll.masterdata.vorschlaege import intake, service

        with _acting(data, actor, "tariff.write"):
            try:
                read = read_plan(plan)
            except PlanError as error:
                raise click.ClickException(str(error)) from error
            given = service.Angaben("steuerjahr", read.name, date(read.year, read.first_month, 1), source, plan.name)
            _propose(given, plan, intake.Einigung(), actor, False)


def _template(group: click.Group) -> None:
    @group.command("template")
    @_who
    @click.option("--kind", type=click.Choice(KINDS[:-1]), default=KINDS[0], show_default=True)
    @click.option("--from", "ab", required=True, callback=_day, help="Erster Tag des Neuen; gezeigt wird der davor.")
    @click.option("--tariff", default="", help="Nur dieses Tarifwerk.")
    @click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
    @stated.needs("tariff.write")
    def template(actor: str, data: Path, kind: str, ab: date, tariff: str, file: Path) -> None:
        """Schreibt die Vorlage einer Art (.xlsx, sonst CSV) mit dem, was vor dem Tag gilt, zum Überschreiben."""
        from payroll.masterdata.vorschlaege import template as templates

        with _acting(data, actor, "tariff.write"):
            made = templates.template(kind, ab, tariff, actor=actor)
            file.write_bytes(made.xlsx() if file.suffix == ".xlsx" else made.csv())
            click.echo(f"{counted(len(made.zeilen), 'Zeile', 'Zeilen')} in {file.name}.")


def _list(group: click.Group) -> None:
    @group.command("list")
    @_who
    @stated.needs("tariff.write")
    def show(actor: str, data: Path) -> None:
        """Nennt alle Vorschläge, neueste zuerst."""
        from payroll.masterdata.vorschlaege import service
        from tenants.db.session import platform_session

        with _acting(data, actor, "tariff.write"), platform_session(actor=actor) as session:
            for row in service.all_of(session):
                decided = f" von {row.entschieden_von}" if row.entschieden_von else ""
                spread = "" if row.zustand != "bestaetigt" else ", verteilt" if row.verteilt_am else ", nicht verteilt"
                click.echo(f"{row.public_id} {row.gilt_ab:%d.%m.%Y} {service.TITLES[row.art]}: {row.titel}, "
                           f"hochgeladen von {row.hochgeladen_von}, {row.zustand}{decided}{spread}")


def _cost(group: click.Group) -> None:
    @group.command("cost")
    @_who
    @click.argument("proposal", type=click.UUID)
    @stated.needs("tariff.write")
    def cost(actor: str, data: Path, proposal: uuid.UUID) -> None:
        """Was ein Vorschlag je Arbeitgeber und Monat kostet, ohne etwas zu speichern."""
        from payroll.masterdata.vorschlaege import service
        from payroll.runs.whatif import cost as costs
        from tenants.db.session import platform_session, tenant_session

        with _acting(data, actor, "tariff.write"):
            with platform_session(actor=actor) as session:
                row, tenants = service.find(session, proposal), service.employers(session)
            months = costs.months_of(row, date.today())
            for tenant in tenants:
                with tenant_session(tenant.id, actor=actor) as own:
                    for one in costs.cost(own, row, months):
                        click.echo(f"{tenant.number} {one.monat:%m/%Y}: {one.betroffen} von "
                                   f"{counted(one.personen, 'Person', 'Personen')}, "
                                   f"Brutto {_euro(one.mehr_brutto)}, Netto {_euro(one.mehr_netto)}, "
                                   f"Kosten {_euro(one.mehr_kosten)}")


def _decide(group: click.Group) -> None:
    @group.command("decide")
    @_who
    @click.option("--hash", "seen", required=True, help="Anfang der Prüfsumme der Datei (SHA-256), mindestens 12.")
    @click.option("--reject", is_flag=True, help="Ablehnen statt bestätigen.")
    @click.option("--reason", default="", help="Grund; bei der Ablehnung nötig.")
    @click.argument("proposal", type=click.UUID)
    @stated.needs("tariff.release")
    def decide(actor: str, data: Path, proposal: uuid.UUID, seen: str, reject: bool, reason: str) -> None:
        """Bestätigt einen Vorschlag als zweite Person und verteilt ihn, oder lehnt ihn ab."""
        from payroll.masterdata.vorschlaege import service
        from tenants.db.session import platform_session

        with _acting(data, actor, "tariff.release"):
            with platform_session(actor=actor) as session:
                row = service.find(session, proposal)
                if len(seen) < 12 or not row.datei_hash.hex().startswith(seen.lower()):
                    raise click.ClickException("Die Prüfsumme ist nicht die der hochgeladenen Datei.")
                service.decide(session, proposal, gesehen=service.shown(row), bestaetigt=not reject, grund=reason)
            if reject:
                click.echo("Abgelehnt.")
            else:
                count = service.distribute(proposal, actor=actor, plans=data)
                click.echo(f"Bestätigt und verteilt: {count} Arbeitgeber.")


def _distribute(group: click.Group) -> None:
    @group.command("distribute")
    @_who
    @stated.needs("tariff.release")
    def distribute(actor: str, data: Path) -> None:
        """Verteilt alle bestätigten Vorschläge noch einmal, auch an neue Arbeitgeber; was steht, bleibt."""
        from payroll.masterdata.vorschlaege import service
        from tenants.db.session import platform_session

        with _acting(data, actor, "tariff.release"):
            with platform_session(actor=actor) as session:
                rows = [row for row in service.all_of(session) if row.zustand == "bestaetigt"]
            for row in sorted(rows, key=lambda one: (one.gilt_ab, one.id)):
                click.echo(f"{row.titel}: {service.distribute(row.public_id, actor=actor, plans=data)} Arbeitgeber")


def _euro(cents: int) -> str:
    return f"{'+' if cents >= 0 else '-'}{abs(cents) // 100:,}".replace(",", ".") + f",{abs(cents) % 100:02d} EUR"
