"""``kreislohn billing …``: Preise, Leistungen, Bescheide, Kostenjahr und Kennzahlen des Verbunds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from payroll.payment_options import a_day, euros, who
from tenants.commands import stated

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
READ, WRITE, RELEASE = "billing.read", "billing.write", "billing.release"


def register(kreislohn: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    """Hängt die Gruppe ``billing`` an."""
    group = click.Group("billing", help="Kostenabrechnung zwischen Kreis und Gemeinden.")
    kreislohn.add_command(group)
    _prices(group, acting)
    _work(group, acting)
    _notices(group, acting, month)
    _cancel(group, acting)
    _steps(group, acting)
    _output(group, acting)
    _paid(group, acting)
    _years(group, acting)
    _figures(group, acting)
    group.add_command(example)


@click.command("example")
@click.argument("file", type=TARGET)
@click.option("--cancellation", is_flag=True, help="Der Storno dazu.")
@stated.without_tenant("schreibt ein Muster mit erfundenen Beteiligten")
def example(file: Path, cancellation: bool) -> None:
    """Schreibt das Muster einer XRechnung oder ihres Stornos, wie in docs/beispiele."""
    from payroll.statements.emergency_commands import write_new
    from payroll.verbund import examples

    write_new(file, examples.cancellation() if cancellation else examples.invoice())
    click.echo(f"XRechnung in {file.name}")


@contextmanager
def _clear() -> Iterator[None]:
    from payroll.verbund.errors import BillingRefused

    try:
        yield
    except BillingRefused as error:
        raise click.ClickException(str(error)) from error


def _prices(group: click.Group, acting: Acting) -> None:
    @group.command("prices")
    @click.option("--fields", type=FILE, default=None, help="Felder des Preisblatts als JSON; ohne: die Liste.")
    @click.option("--raise", "percent", default="", help="Alle Preise des geltenden um so viel Prozent anheben (2,8).")
    @click.option("--from", "ab", callback=a_day, default=None, help="Monatserster, ab dem es gilt (2027-01-01).")
    @click.option("--reason", default="", help="Grund, zum Beispiel die Vereinbarung.")
    @who
    @stated.needs(READ, WRITE)
    def prices(tenant: str, actor: str, data: Path, fields: Path | None, percent: str, ab: date, reason: str) -> None:
        """Erfasst ein Preisblatt, hebt das geltende an oder zeigt alle; es gilt nach der zweiten Person."""
        from payroll.verbund import preisblatt, schritte
        from payroll.verbund.felder import amount

        with _clear(), acting(data, tenant, actor, WRITE if fields or percent else READ) as session:
            if fields is not None:
                preisblatt.record(session, _json(fields), ab=ab, reason=reason)
            elif percent:
                wrong: list[str] = []
                by = amount(percent, "--raise", wrong)
                if wrong:
                    raise click.ClickException(" ".join(wrong))
                preisblatt.raise_prices(session, by, ab=ab, reason=reason)
            for row in preisblatt.all_of(session):
                click.echo(f"{row.public_id}  ab {row.gilt_ab:%d.%m.%Y}  {row.zustand}  {row.grund}  SHA-256 "
                           f"{schritte.shown(row).hex()}")


def _json(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{file.name} ist kein JSON.") from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise click.ClickException(f"{file.name} ist kein JSON-Objekt aus Feldern und Texten (handbuch/verbund.md).")
    return found


def _work(group: click.Group, acting: Acting) -> None:
    @group.command("work")
    @click.option("--day", "tag", callback=a_day, default=None, help="Tag der Leistung, ohne Angabe heute.")
    @click.option("--text", default="", help="Was geleistet wurde; ohne Angabe die Liste.")
    @click.option("--hours", default="", help="Stunden mit Komma (1,5).")
    @click.option("--amount", "cents", default="", help="Durchgereichte Auslage in Euro mit Komma.")
    @who
    @stated.needs(READ, WRITE)
    def work(tenant: str, actor: str, data: Path, tag: date, text: str, hours: str, cents: str) -> None:
        """Erfasst eine einzelne Leistung nach Stunden oder eine Auslage, oder zeigt die erfassten."""
        from payroll.verbund import leistungen
        from payroll.verbund.felder import amount

        with _clear(), acting(data, tenant, actor, WRITE if text else READ) as session:
            if text:
                wrong: list[str] = []
                given = amount(hours, "--hours", wrong), amount(cents, "--amount", wrong)
                if wrong:
                    raise click.ClickException(" ".join(wrong))
                leistungen.record(session, tag=tag, text=text, stunden=given[0], betrag=given[1])
            for row in leistungen.all_of(session):
                struck = f"  gestrichen: {row.gestrichen_grund}" if row.gestrichen_von else ""
                how = f"{euros(row.menge)} Stunden" if row.menge else f"{euros(row.betrag or 0)} EUR"
                click.echo(f"{row.tag:%d.%m.%Y}  {how}  {row.text}{struck}")


def _notices(group: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    @group.command("advance")
    @click.option("--from", "von", type=month, required=True, help="Erster Monat des Zeitraums (2027-01).")
    @who
    @stated.needs(WRITE)
    def advance(tenant: str, actor: str, data: Path, von: date) -> None:
        """Erstellt den Bescheid über eine Vorauszahlung."""
        from payroll.verbund import bescheide

        with _clear(), acting(data, tenant, actor, WRITE) as session:
            _say(bescheide.advance(session, von, today=date.today()))

    @group.command("settle")
    @click.option("--from", "von", type=month, required=True, help="Erster Monat (2026-01).")
    @click.option("--to", "bis", type=month, required=True, help="Letzter Monat (2026-12).")
    @click.option("--provider", default="", help="Nummer des Kreises, wenn nach tatsächlichen Kosten abgerechnet wird.")
    @who
    @stated.needs(READ, WRITE)
    def settle(tenant: str, actor: str, data: Path, von: date, bis: date, provider: str) -> None:
        """Rechnet einen Zeitraum ab, abzüglich der Vorauszahlungen."""
        from payroll.verbund import bescheide, kosten

        share = None
        with _clear():
            if provider:
                with acting(data, provider, actor, READ) as session:
                    share = kosten.share_of(session, von.year, tenant)
            with acting(data, tenant, actor, WRITE) as session:
                _say(bescheide.settle(session, von, bis, today=date.today(), share=share))


def _cancel(group: click.Group, acting: Acting) -> None:
    @group.command("cancel")
    @click.argument("number")
    @click.option("--reason", required=True, help="Grund; er steht auf dem Storno und im Protokoll.")
    @who
    @stated.needs(WRITE)
    def cancel(number: str, tenant: str, actor: str, data: Path, reason: str) -> None:
        """Erstellt den Storno eines freigegebenen Bescheids; er wirkt mit der Freigabe durch eine zweite Person."""
        from payroll.verbund import bescheide, storno

        with _clear(), acting(data, tenant, actor, WRITE) as session:
            held = bescheide.by_number(session, number)
            _say(storno.cancel(session, held.public_id, reason=reason, today=date.today()))


def _say(row: Any) -> None:
    paid = f"  bezahlt am {row.bezahlt_am:%d.%m.%Y}" if row.bezahlt_am else ""
    undone = "  storniert" if row.storniert_am else f"  hebt {row.hebt_auf} auf" if row.hebt_auf else ""
    click.echo(f"{row.nummer}  {row.art}  {row.von:%m/%Y}–{row.bis:%m/%Y}  {euros(row.brutto)} EUR  {row.zustand}"
               f"{undone}{paid}  SHA-256 {row.sha256.hex()}")


def _steps(group: click.Group, acting: Acting) -> None:
    @group.command("release")
    @click.argument("kind", type=click.Choice(("prices", "year", "notice")))
    @click.argument("name")
    @click.option("--sha256", required=True, help="Prüfsumme dessen, was gezeigt wurde.")
    @who
    @stated.needs(RELEASE)
    def release(kind: str, name: str, tenant: str, actor: str, data: Path, sha256: str) -> None:
        """Gibt Preisblatt (Kennung), Kostenjahr (Jahr) oder Bescheid (Nummer) als zweite Person frei."""
        from payroll.verbund import schritte

        with _clear(), acting(data, tenant, actor, RELEASE) as session:
            model, number = _named(session, kind, name)
            schritte.release(session, model, number, sha256=sha256)
            click.echo("Freigegeben.")

    @group.command("withdraw")
    @click.argument("kind", type=click.Choice(("prices", "year", "notice")))
    @click.argument("name")
    @click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
    @who
    @stated.needs(WRITE)
    def withdraw(kind: str, name: str, tenant: str, actor: str, data: Path, reason: str) -> None:
        """Zieht zurück, was noch nicht freigegeben ist."""
        from payroll.verbund import schritte

        with _clear(), acting(data, tenant, actor, WRITE) as session:
            model, number = _named(session, kind, name)
            schritte.withdraw(session, model, number, reason=reason)
            click.echo("Zurückgezogen.")


def _named(session: Any, kind: str, name: str) -> tuple[Any, Any]:
    import uuid

    from payroll.verbund import bescheide, kosten
    from payroll.verbund.models import Kostenbescheid, Kostenjahr, Preisblatt

    if kind == "notice":
        return Kostenbescheid, bescheide.by_number(session, name).public_id
    if kind == "year":
        row = kosten.current(session, int(name)) if name.isdigit() and len(name) == 4 else None
        if row is None:
            raise click.ClickException(f"Kostenjahr {name}: ist hier nicht erfasst.")
        return Kostenjahr, row.public_id
    try:
        return Preisblatt, uuid.UUID(name)
    except ValueError as error:
        raise click.ClickException(f"„{name}“ ist keine Kennung; „billing prices“ nennt sie.") from error


def _output(group: click.Group, acting: Acting) -> None:
    @group.command("list")
    @who
    @stated.needs(READ)
    def show(tenant: str, actor: str, data: Path) -> None:
        """Nennt alle Bescheide mit Betrag, Stand und Prüfsumme."""
        from payroll.verbund import bescheide

        with acting(data, tenant, actor, READ) as session:
            for row in bescheide.listed(session):
                _say(row)

    @group.command("write")
    @click.argument("number")
    @click.argument("file", type=TARGET)
    @who
    @stated.needs(READ)
    def write(number: str, file: Path, tenant: str, actor: str, data: Path) -> None:
        """Schreibt einen Bescheid als PDF (.pdf) oder XRechnung (.xml)."""
        from payroll.statements.emergency_commands import write_new
        from payroll.verbund import ausgabe, bescheide

        with _clear(), acting(data, tenant, actor, READ) as session:
            row = bescheide.by_number(session, number)
            write_new(file, ausgabe.invoice(session, row) if file.suffix == ".xml" else ausgabe.pdf(session, row))
            click.echo(f"{row.nummer} in {file.name}")


def _paid(group: click.Group, acting: Acting) -> None:
    @group.command("paid")
    @click.argument("number")
    @click.option("--day", "tag", callback=a_day, default=None, help="Tag des Ausgleichs, ohne Angabe heute.")
    @click.option("--note", required=True, help="Vermerk, zum Beispiel der Kontoauszug.")
    @who
    @stated.needs(WRITE)
    def paid(number: str, tenant: str, actor: str, data: Path, tag: date, note: str) -> None:
        """Hält fest, dass ein freigegebener Bescheid ausgeglichen ist."""
        from payroll.verbund import bescheide

        with _clear(), acting(data, tenant, actor, WRITE) as session:
            row = bescheide.by_number(session, number, lock=True)
            bescheide.paid(session, row, day=tag, note=note)
            _say(row)


def _years(group: click.Group, acting: Acting) -> None:
    @group.command("year")
    @click.option("--year", type=click.IntRange(2020, 2099), required=True)
    @click.option("--cost", "costs", multiple=True, help="ART=BETRAG, zum Beispiel personal=210.000,00; mehrfach.")
    @click.option("--carry", default="0", help="Unterdeckung früherer Jahre in Euro; eine Überdeckung mit Minus.")
    @click.option("--of", "members", multiple=True, help="Nummer eines Arbeitgebers im Verbund; mehrfach.")
    @who
    @stated.needs(READ, WRITE)
    def year(tenant: str, actor: str, data: Path, year: int, costs: tuple[str, ...], carry: str,
             members: tuple[str, ...]) -> None:
        """Erfasst beim Kreis (--tenant) die Kosten eines Jahres und zählt die Fälle, oder zeigt sie mit Anteilen."""
        from payroll.verbund import bescheide, kosten, schritte
        from tenants.counting import counted

        with _clear():
            cases = {}
            for number in members:
                with acting(data, number, actor, READ) as session:
                    cases[number] = bescheide.year_count(session, year)
            with acting(data, tenant, actor, WRITE if costs else READ) as session:
                row = kosten.record(session, year, *_costs(costs, cases), vortrag=_signed(carry)) if costs else (
                    kosten.current(session, year))
                if row is None:
                    raise click.ClickException(f"Kostenjahr {year}: ist hier nicht erfasst.")
                for number, cents in kosten.shares(row).items():
                    click.echo(f"{number}  {counted(row.faelle[number], 'Fall', 'Fälle')}  {euros(cents)} EUR")
                click.echo(f"{year}  {row.zustand}  SHA-256 {schritte.shown(row).hex()}")


def _figures(group: click.Group, acting: Acting) -> None:
    @group.command("figures")
    @click.argument("file", type=TARGET)
    @click.option("--year", type=click.IntRange(2020, 2099), required=True)
    @click.option("--of", "members", multiple=True, required=True, help="Nummer eines Arbeitgebers; mehrfach.")
    @click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat bei jedem.")
    @click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("var"), show_default=True)
    @stated.needs(READ)
    def figures(file: Path, year: int, members: tuple[str, ...], actor: str, data: Path) -> None:
        """Schreibt die Kennzahlen eines Jahres für den Bericht an den Rat (CSV)."""
        from payroll.statements.emergency_commands import write_new
        from payroll.verbund import kennzahlen
        from tenants.web.exports import as_csv

        found = []
        for number in members:
            with acting(data, number, actor, READ) as session:
                found.append(kennzahlen.here(session, year))
        write_new(file, as_csv(kennzahlen.HEADER, kennzahlen.rows(found)))
        click.echo(f"{len(found)} Arbeitgeber in {file.name}")


def _costs(given: tuple[str, ...], counted: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    from payroll.verbund.felder import amount

    wrong: list[str] = []
    found = {}
    for one in given:
        kind, _sign, text = one.partition("=")
        found[kind.strip()] = amount(text, f"--cost {kind}", wrong)
    if wrong:
        raise click.ClickException(" ".join(wrong))
    return found, counted


def _signed(text: str) -> int:
    from payroll.verbund.felder import amount

    wrong: list[str] = []
    cents = amount(text.strip().removeprefix("-"), "--carry", wrong)
    if wrong:
        raise click.ClickException(" ".join(wrong))
    return -cents if text.strip().startswith("-") else cents
