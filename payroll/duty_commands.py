"""Befehle für Pflichten und Abgaben: ``kreislohn duties …`` und das Nachrechnen von Terminen."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from payroll.payment_options import a_day, clear_words, euros, who
from tenants.commands import stated
from tenants.counting import counted

TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]


def register(kreislohn: click.Group, conformance: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    """Hängt die Gruppe ``duties`` und ``conformance due-dates`` an."""
    group = click.Group("duties", help="Pflichten: Termine, Konten der Empfänger, Zahlung der Abgaben.")
    kreislohn.add_command(group)
    conformance.add_command(due_dates)
    _calendar(group, acting)
    _accounts(group, acting)
    _paying(group, acting, month)


@click.command("due-dates")
@click.argument("file", type=FILE)
@stated.without_tenant("rechnet eine Datei nach")
def due_dates(file: Path) -> None:
    """Fälligkeit der Beiträge und Termin des Beitragsnachweises je Monat."""
    from payroll.filings.pflichten import conformance

    sys.exit(conformance.run(file, sys.stdout))


def _calendar(group: click.Group, acting: Acting) -> None:
    @group.command("list")
    @click.option("--from", "ab", callback=a_day, default=None, help="Erster Tag (2026-01-01), ohne Angabe heute.")
    @click.option("--days", type=click.IntRange(1, 800), default=60, show_default=True)
    @click.option("--ics", type=TARGET, default=None, help="Schreibt eine Kalenderdatei statt der Liste.")
    @who
    @stated.needs("posting.read")
    def show(tenant: str, actor: str, data: Path, ab: date, days: int, ics: Path | None) -> None:
        """Nennt die Pflichten eines Arbeitgebers mit Termin, Regel und Stand."""
        from payroll.filings.pflichten.ics import calendar_file
        from payroll.filings.pflichten.kalender import duties
        from payroll.statements.emergency_commands import write_new

        with clear_words(), acting(data, tenant, actor, "posting.read") as session:
            rows = duties(session, ab, ab + timedelta(days=days))
            if ics is not None:
                write_new(ics, calendar_file(rows, tenant, datetime.now(UTC)))
                click.echo(f"{counted(len(rows), 'Termin', 'Termine')} in {ics.name}")
                return
            for one in rows:
                click.echo(f"{one.tag:%d.%m.%Y}  {'erledigt' if one.erledigt else 'offen   '}  {one.was} "
                           f"({one.monat:%m/%Y})  {one.regel}")


def _accounts(group: click.Group, acting: Acting) -> None:
    @group.command("account")
    @click.option("--receiver", default="", help="Finanzamt, Betriebsnummer der Kasse oder Kürzel der ZV-Kasse.")
    @click.option("--owner", default="", help="Inhaber, wie die Bank ihn führt.")
    @click.option("--iban", default="", help="Neues Konto; ohne Angabe werden die Konten gezeigt.")
    @click.option("--from", "ab", callback=a_day, default=None, help="Tag, ab dem es gilt (2026-01-01).")
    @click.option("--reason", default="", help="Grund, zum Beispiel der Bescheid.")
    @who
    @stated.needs("filing.send", "posting.read")
    def account(tenant: str, actor: str, data: Path, receiver: str, owner: str, iban: str, ab: date,
                reason: str) -> None:
        """Erfasst das Konto eines Empfängers von Abgaben oder zeigt die erfassten."""
        from payroll.filings.sepa import receiver_account

        with clear_words(), acting(data, tenant, actor, "filing.send" if iban else "posting.read") as session:
            if iban:
                receiver_account.record(session, empfaenger=receiver, inhaber=owner, iban=iban, valid_from=ab,
                                        reason=reason)
            for one in receiver_account.accounts(session):
                state = f"bestätigt von {one.bestaetigt_von}" if one.bestaetigt_von else "UNBESTÄTIGT"
                click.echo(f"{one.row.public_id}  {one.row.empfaenger}  {one.row.inhaber}  endet auf "
                           f"{one.row.iban_ende}  ab {one.row.valid_from:%d.%m.%Y}  {state}")

    @group.command("confirm")
    @click.argument("konto", type=click.UUID)
    @who
    @stated.needs("posting.release")
    def confirm(tenant: str, actor: str, data: Path, konto: Any) -> None:
        """Bestätigt ein Empfängerkonto als zweite Person."""
        from payroll.filings.sepa import receiver_account

        with clear_words(), acting(data, tenant, actor, "posting.release") as session:
            receiver_account.confirm(session, konto)
            click.echo("Das Empfängerkonto ist bestätigt.")


def _paying(group: click.Group, acting: Acting, month_type: click.ParamType[date]) -> None:
    @group.command("pay")
    @click.option("--month", type=month_type, required=True)
    @click.option("--kind", type=click.Choice(("steuer", "beitrag", "zusatzversorgung")), required=True)
    @who
    @stated.needs("filing.send")
    def pay(tenant: str, actor: str, data: Path, month: date, kind: str) -> None:
        """Erstellt aus freigegebenen Meldungen den Zahlungsauftrag einer Art; Freigabe und Abruf mit „payments“."""
        from payroll.filings.sepa import duties

        with clear_words(), acting(data, tenant, actor, "filing.send") as session:
            made = duties.create(session, month, kind, today=date.today(), now=datetime.now(UTC))
            row = made.auftrag
            click.echo(f"{row.msg_id}  {counted(row.anzahl, 'Zahlung', 'Zahlungen')}  {euros(row.summe)} EUR  "
                       "außerhalb der Datei "
                       f"{row.liste_anzahl}  SHA-256 {row.sha256.hex()}")
            for hint in made.hinweise:
                click.echo(f"  {hint}")
