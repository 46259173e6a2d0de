"""Befehle für Zahlungen: ``kreislohn payments …``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from payroll import payment_feedback_commands as feedback_commands
from payroll.payment_options import a_day, clear_words, euros, who
from tenants.commands import stated
from tenants.counting import counted

TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]


def register(kreislohn: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    """Hängt die Gruppe ``payments`` an; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit dem Recht."""
    group = click.Group("payments", help="Zahlungen: Arbeitgeberkonto, Zahlungsdatei (SEPA), Freigabe, Abruf.")
    kreislohn.add_command(group)
    _account(group, acting)
    _order(group, acting, month)
    _orders(group, acting, month)
    _steps(group, acting)
    _file(group, acting)
    feedback_commands.add(group, acting)
    group.add_command(example)


def _account(group: click.Group, acting: Acting) -> None:
    @group.command("account")
    @click.option("--iban", default="", help="Neues Konto; ohne Angabe werden die Konten gezeigt.")
    @click.option("--owner", default="", help="Inhaber, wie die Bank ihn führt.")
    @click.option("--bic", default="", help="BIC; sonst aus dem Verzeichnis der Banken.")
    @click.option("--from", "ab", callback=a_day, default=None, help="Tag, ab dem es gilt (2026-01-01).")
    @click.option("--reason", default="", help="Grund der Änderung.")
    @who
    @stated.needs("filing.send", "posting.read")
    def account(tenant: str, actor: str, data: Path, iban: str, owner: str, bic: str, ab: date, reason: str) -> None:
        """Erfasst ein Arbeitgeberkonto oder zeigt die erfassten; gezahlt wird erst nach der Bestätigung."""
        from payroll.filings.sepa import employer_account

        with clear_words(), acting(data, tenant, actor, "filing.send" if iban else "posting.read") as session:
            if iban:
                employer_account.record_account(session, iban=iban, inhaber=owner, bic=bic, valid_from=ab,
                                                reason=reason)
            for one in employer_account.accounts(session):
                row, state = one.row, f"bestätigt von {one.bestaetigt_von}" if one.bestaetigt_von else "UNBESTÄTIGT"
                click.echo(f"{row.public_id}  ab {row.valid_from:%d.%m.%Y}  endet auf {row.iban_ende}  {row.inhaber}  "
                           f"erfasst von {row.recorded_by}  {state}")

    @group.command("confirm")
    @click.argument("konto", type=click.UUID)
    @who
    @stated.needs("posting.release")
    def confirm(tenant: str, actor: str, data: Path, konto: Any) -> None:
        """Bestätigt ein Arbeitgeberkonto als zweite Person."""
        from payroll.filings.sepa import employer_account

        with clear_words(), acting(data, tenant, actor, "posting.release") as session:
            employer_account.confirm_account(session, konto)
            click.echo("Das Arbeitgeberkonto ist bestätigt.")


def _order(group: click.Group, acting: Acting, month_type: click.ParamType[date]) -> None:
    @group.command("create")
    @click.option("--month", type=month_type, required=True)
    @who
    @stated.needs("filing.send")
    def create(tenant: str, actor: str, data: Path, month: date) -> None:
        """Erstellt den Zahlungsauftrag eines abgeschlossenen Monats; noch einmal aufgerufen ist es derselbe."""
        from payroll.filings.sepa import orders

        with clear_words(), acting(data, tenant, actor, "filing.send") as session:
            made = orders.create(session, month, today=date.today(), now=datetime.now(UTC))
            _tell(made.auftrag)
            for hint in made.hinweise:
                click.echo(f"  {hint}")


def _orders(group: click.Group, acting: Acting, month_type: click.ParamType[date]) -> None:
    @group.command("list")
    @click.option("--month", type=month_type, default=None)
    @who
    @stated.needs("posting.read")
    def show_all(tenant: str, actor: str, data: Path, month: date | None) -> None:
        """Nennt die Zahlungsaufträge mit Summen und Zustand."""
        from payroll.filings.sepa import reading

        with clear_words(), acting(data, tenant, actor, "posting.read") as session:
            for row in reading.orders_of(session, month):
                _tell(row)

    @group.command("show")
    @click.argument("msg_id")
    @who
    @stated.needs("posting.read")
    def show(tenant: str, actor: str, data: Path, msg_id: str) -> None:
        """Nennt die Zahlungen eines Auftrags; Konten nur mit den letzten vier Stellen."""
        from payroll.filings.sepa import reading

        with clear_words(), acting(data, tenant, actor, "posting.read") as session:
            order = reading.by_message(session, msg_id)
            _tell(order)
            for one in reading.payments_of(session, order):
                where = f"Konto …{one.iban_ende}" if one.weg == "datei" else f"NICHT IN DER DATEI: {one.grund}"
                click.echo(f"  {one.position:>5}  {one.personalnummer:<12} {euros(one.betrag):>14} EUR  "
                           f"{one.empfaenger}  {where}")


def _steps(group: click.Group, acting: Acting) -> None:
    @group.command("release")
    @click.argument("msg_id")
    @click.option("--sha256", required=True, help="Prüfsumme, die „payments list“ zeigt.")
    @who
    @stated.needs("posting.release")
    def release(tenant: str, actor: str, data: Path, msg_id: str, sha256: str) -> None:
        """Gibt einen Auftrag als zweite Person frei."""
        from payroll.filings.sepa import orders, reading

        with clear_words(), acting(data, tenant, actor, "posting.release") as session:
            order = reading.by_message(session, msg_id)
            _tell(orders.release(session, order.public_id, sha256=sha256, today=date.today()))

    @group.command("withdraw")
    @click.argument("msg_id")
    @click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
    @who
    @stated.needs("filing.send")
    def withdraw(tenant: str, actor: str, data: Path, msg_id: str, reason: str) -> None:
        """Zieht einen Auftrag zurück: vor der Freigabe, einen ganz ohne Datei als zweite Person auch danach."""
        from payroll.filings.sepa import orders, reading

        with clear_words(), acting(data, tenant, actor, "filing.send") as session:
            _tell(orders.withdraw(session, reading.by_message(session, msg_id).public_id, reason=reason))


def _file(group: click.Group, acting: Acting) -> None:
    @group.command("download")
    @click.argument("msg_id")
    @click.argument("file", type=TARGET)
    @who
    @stated.needs("posting.release")
    def download(tenant: str, actor: str, data: Path, msg_id: str, file: Path) -> None:
        """Schreibt die freigegebene Datei (pain.001); überschreibt nie, nur für Sie lesbar."""
        from payroll.filings.sepa import orders, reading
        from payroll.statements.emergency_commands import write_new

        with clear_words(), acting(data, tenant, actor, "posting.release") as session:
            content, name = orders.download(session, reading.by_message(session, msg_id).public_id)
            write_new(file, content)
        click.echo(f"{name}: {counted(len(content), 'Byte', 'Bytes')} in {file.name}")


def _tell(row: Any) -> None:
    listed = f", außerhalb der Datei {row.liste_anzahl} mit {euros(row.liste_summe)} EUR" if row.liste_anzahl else ""
    click.echo(f"{row.msg_id}  {row.monat:%m/%Y}  {row.zustand}  {counted(row.anzahl, 'Zahlung', 'Zahlungen')}  "
               f"{euros(row.summe)} EUR"
               f"{listed}  SHA-256 {row.sha256.hex()}")


@click.command("example")
@click.argument("file", type=TARGET)
@stated.without_tenant("schreibt eine Datei mit erfundenen Menschen")
def example(file: Path) -> None:
    """Schreibt eine Zahlungsdatei mit erfundenen Menschen, geprüft gegen Regeln und Schema."""
    from payroll.filings.sepa import examples
    from payroll.filings.sepa.composing import KIND
    from payroll.filings.sepa.message import demand_valid
    from payroll.filings.sepa.schema import demand_schema
    from payroll.filings.sepa.writing import written

    with clear_words():
        message = examples.example()
        demand_valid(message, examples.TODAY)
        content = written(message)
        checked = demand_schema(content, KIND)
    file.write_bytes(content)
    click.echo(f"{message.msg_id}: {counted(message.anzahl, 'Zahlung', 'Zahlungen')}, {euros(message.summe)} EUR, "
               "geprüft gegen "
               f"{', '.join(checked)}")
