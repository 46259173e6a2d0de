"""Befehle für Buchungen: ``kreislohn journal …``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import click

from payroll.payment_options import a_day, clear_words, euros, who
from tenants.commands import stated
from tenants.counting import counted

TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]


def register(kreislohn: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    """Hängt die Gruppe ``journal`` an; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit dem Recht."""
    group = click.Group("journal", help="Buchungen: Journal eines Laufs, Konten, Übergabe als CSV oder DATEV EXTF.")
    kreislohn.add_command(group)
    _journal(group, acting, month)
    _export(group, acting, month)
    _account(group, acting)


def _journal(group: click.Group, acting: Acting, month_type: click.ParamType[date]) -> None:
    @group.command("create")
    @click.option("--month", type=month_type, required=True)
    @who
    @stated.needs("filing.send")
    def create(tenant: str, actor: str, data: Path, month: date) -> None:
        """Bucht einen abgeschlossenen Monat; noch einmal aufgerufen ist es dasselbe Journal."""
        from payroll.postings import service

        with clear_words(), acting(data, tenant, actor, "filing.send") as session:
            made = service.create(session, month)
            row = made.journal
            click.echo(f"{row.monat:%m/%Y}: {counted(row.anzahl, 'Zeile', 'Zeilen')}, Soll = Haben = "
                       f"{euros(row.soll)} EUR, Auszahlungen "
                       f"{euros(row.netto)} EUR{'' if made.neu else ', war schon gebucht'}")

    @group.command("show")
    @click.option("--month", type=month_type, required=True)
    @who
    @stated.needs("posting.read")
    def show(tenant: str, actor: str, data: Path, month: date) -> None:
        """Nennt die Konten eines Journals mit Soll und Haben."""
        from payroll.postings import service
        from payroll.postings.accounts import title
        from payroll.postings.zeilen import balances

        with clear_words(), acting(data, tenant, actor, "posting.read") as session:
            journal = service.find(session, month)
            for row in balances(session, journal):
                click.echo(f"{row.konto:<9} {title(row.schluessel):<40} {euros(row.soll):>16} {euros(row.haben):>16}")
            click.echo(f"{'':<9} {'Summe':<40} {euros(journal.soll):>16} {euros(journal.haben):>16}")


def _export(group: click.Group, acting: Acting, month_type: click.ParamType[date]) -> None:
    @group.command("export")
    @click.argument("file", type=TARGET)
    @click.option("--month", type=month_type, required=True)
    @click.option("--format", "kind", type=click.Choice(("csv", "extf")), default="csv", show_default=True)
    @click.option("--delimiter", default=";", show_default=True, help="CSV: ; , | oder Tabulator.")
    @click.option("--decimal", default=",", show_default=True, help="CSV: Komma oder Punkt.")
    @click.option("--encoding", type=click.Choice(("utf-8", "windows-1252")), default="utf-8", show_default=True)
    @click.option("--no-header", is_flag=True, help="CSV ohne Kopfzeile.")
    @click.option("--consultant", type=int, default=1001, show_default=True, help="DATEV: Beraternummer.")
    @click.option("--client", type=int, default=1, show_default=True, help="DATEV: Mandantennummer.")
    @who
    @stated.needs("posting.release")
    def export(tenant: str, actor: str, data: Path, file: Path, month: date, kind: str, delimiter: str, decimal: str,
               encoding: str, no_header: bool, consultant: int, client: int) -> None:
        """Schreibt die verdichteten Buchungen ohne Personen; überschreibt nie. Nur wenn alle Summen aufgehen."""
        from payroll.filings import handover
        from payroll.postings.exporting import Profil
        from payroll.statements.emergency_commands import write_new

        with clear_words(), acting(data, tenant, actor, "posting.release") as session:
            style = Profil(delimiter, encoding, decimal, not no_header)
            content, name = handover.hand_over(session, month, kind, profile=style, berater=consultant, mandant=client)
            write_new(file, content)
        click.echo(f"{name}: {counted(len(content), 'Byte', 'Bytes')} in {file.name}")


def _account(group: click.Group, acting: Acting) -> None:
    @group.command("account")
    @click.option("--key", default="", help="Buchungsschlüssel; ohne Angabe werden alle gezeigt.")
    @click.option("--number", default="", help="Konto des eigenen Kontenplans.")
    @click.option("--from", "ab", callback=a_day, default=None, help="Tag, ab dem es gilt (2026-01-01).")
    @click.option("--reason", default="", help="Grund.")
    @who
    @stated.needs("filing.send", "posting.read")
    def account(tenant: str, actor: str, data: Path, key: str, number: str, ab: date, reason: str) -> None:
        """Zeigt die Konten eines Tages oder setzt eines; schon gebuchte Monate bleiben."""
        from payroll.postings import accounts

        with clear_words(), acting(data, tenant, actor, "filing.send" if key else "posting.read") as session:
            if key:
                accounts.set_account(session, key, number, valid_from=ab, reason=reason)
            for name, konto in accounts.accounts_on(session, ab).items():
                click.echo(f"{name:<12} {konto:<9} {accounts.title(name)}")
