"""Befehle zum Jahresende: ``kreislohn yearend …``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from payroll.payment_options import clear_words, euros, who
from tenants.commands import stated
from tenants.counting import counted

TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
YEAR = click.IntRange(2024, 2099)


def register(kreislohn: click.Group, acting: Acting) -> None:
    """Hängt die Gruppe ``yearend`` an."""
    group = click.Group("yearend", help="Jahresende: Liste bis zum Abschluss, Lohnkonto, Rückstellungen.")
    kreislohn.add_command(group)
    for add in (_check, _account, _provisions):
        add(group, acting)


def _check(group: click.Group, acting: Acting) -> None:
    @group.command("check")
    @click.option("--year", type=YEAR, required=True)
    @who
    @stated.needs("filing.read")
    def check(tenant: str, actor: str, data: Path, year: int) -> None:
        """Nennt die Schritte bis zum Abschluss des Jahres und was davon getan ist."""
        from payroll.filings.jahresende import liste

        with clear_words(), acting(data, tenant, actor, "filing.read") as session:
            for one in liste.steps(session, year):
                word = {True: "getan", False: "offen", None: "später"}[one.getan]
                click.echo(f"{word:<7} {one.was}: {one.einzelheit}")


def _account(group: click.Group, acting: Acting) -> None:
    @group.command("account")
    @click.argument("file", type=TARGET)
    @click.option("--year", type=YEAR, required=True)
    @click.option("--number", required=True, help="Personalnummer.")
    @who
    @stated.needs("slip.read_all")
    def account(tenant: str, actor: str, data: Path, file: Path, year: int, number: str) -> None:
        """Schreibt das Lohnkonto einer Person und eines Jahres (CSV)."""
        from payroll.filings.jahresende import ausgabe, lohnkonto
        from payroll.masterdata.service import find_employment
        from payroll.masterdata.sheets import as_csv
        from payroll.statements.emergency_commands import write_new

        with clear_words(), acting(data, tenant, actor, "slip.read_all") as session:
            job = find_employment(session, number)
            found = [] if job is None else lohnkonto.accounts(session, year, job=job.id)
            if job is None or not found:
                raise click.ClickException(f"Zu {number} gibt es {year} keine abgeschlossene Abrechnung.")
            _log_account(session, job.person_id, year, number)
            write_new(file, as_csv(ausgabe.account_header(found[0]), ausgabe.account_rows(found[0])))
        click.echo(f"{counted(len(found[0].namen), 'Wert', 'Werte')} in {file.name}")


def _provisions(group: click.Group, acting: Acting) -> None:
    @group.command("provisions")
    @click.argument("file", type=TARGET)
    @click.option("--year", type=YEAR, required=True)
    @who
    @stated.needs("posting.release")
    def provisions(tenant: str, actor: str, data: Path, file: Path, year: int) -> None:
        """Schreibt die Rückstellungen für Urlaub und Zeitguthaben zum 31. Dezember (CSV)."""
        from payroll.filings.jahresende import ausgabe, rueckstellungen
        from payroll.masterdata.sheets import as_csv
        from payroll.statements.emergency_commands import write_new
        from tenants import audit

        with clear_words(), acting(data, tenant, actor, "posting.release") as session:
            rows = rueckstellungen.provisions(session, year)
            audit.record(session, "rueckstellung.ausgegeben", f"jahr:{year}", {"anzahl": len(rows)})
            write_new(file, as_csv(ausgabe.PROVISIONS, ausgabe.provision_rows(rows)))
        click.echo(f"{counted(len(rows), 'Rückstellung', 'Rückstellungen')}, zusammen "
                   f"{euros(sum(one.betrag for one in rows))} EUR")


def _log_account(session: Any, person_id: int, year: int, number: str) -> None:
    """Das Lesen steht im Protokoll der Person."""
    from sqlalchemy import select

    from payroll.masterdata.models import Person
    from tenants import audit

    person = session.scalars(select(Person.public_id).where(Person.id == person_id)).one()
    audit.record(session, "lohnkonto.ausgegeben", f"person:{person}", {"jahr": year, "personalnummer": number})
