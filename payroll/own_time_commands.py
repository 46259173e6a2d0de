"""Befehle der eigenen Zeiterfassung: ``kreislohn time fetch``, ``sources``, ``accounts`` und ``leave``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import click

from tenants.commands import stated

DAY = click.DateTime(["%Y-%m-%d"])
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
Options = Callable[[Callable[..., None]], Callable[..., None]]
Words = Callable[[], AbstractContextManager[None]]


def register(group: click.Group, acting: Acting, who: Options, clear_words: Words) -> None:
    """Hängt die Befehle an die Gruppe ``time``."""
    for command in (_sources, _fetch, _accounts, _leave):
        command(group, acting, who, clear_words)


def _sources(group: click.Group, acting: Acting, who: Options, clear_words: Words) -> None:
    @group.command("sources")
    @who
    @stated.needs("import.write")
    def sources(tenant: str, actor: str, data: Path) -> None:
        """Nennt die Zugänge zu Kimai; die Schlüssel bleiben versiegelt."""
        from timekeeping import sources as held

        with clear_words(), acting(data, tenant, actor, "import.write") as session:
            for one in held.all_sources(session):
                last = f"zuletzt abgeholt {one.zuletzt:%d.%m.%Y %H:%M}" if one.zuletzt else "noch nie abgeholt"
                click.echo(f"{one.name:<20} {one.adresse}  {last}")


def _fetch(group: click.Group, acting: Acting, who: Options, clear_words: Words) -> None:
    @group.command("fetch")
    @who
    @click.option("--from", "first", required=True, type=DAY, help="Erster Tag, JJJJ-MM-TT.")
    @click.option("--to", "last", required=True, type=DAY, help="Letzter Tag, JJJJ-MM-TT.")
    @click.argument("name")
    @stated.needs("import.write")
    def fetch(tenant: str, actor: str, data: Path, first: Any, last: Any, name: str) -> None:
        """Holt Zeiten von Kimai ab und liest sie wie eine Datei ein; gebucht wird erst mit approve."""
        from payroll.runs.zeiten.stock import load_stock
        from payroll.time_commands import report
        from timekeeping import sources
        from timekeeping.kimai_api import Ziele

        with clear_words(), acting(data, tenant, actor, "import.write") as session:
            report(session, sources.collect(session, load_stock(session), sources.find(session, name), first.date(),
                                            last.date(), Ziele.from_environment()))


def _accounts(group: click.Group, acting: Acting, who: Options, clear_words: Words) -> None:
    @group.command("accounts")
    @who
    @click.option("--until", required=True, type=DAY, help="Letzter gezählter Tag, JJJJ-MM-TT.")
    @stated.needs("time.read")
    def accounts(tenant: str, actor: str, data: Path, until: Any) -> None:
        """Nennt die Gleitzeitkonten aller Beschäftigten mit festgelegter Arbeitszeit, mit Grenzen und Ampel."""
        from payroll.runs.zeiten.stock import load_stock
        from timekeeping.own.account import flexitime

        with clear_words(), acting(data, tenant, actor, "time.read") as session:
            for number, job in sorted(load_stock(session).personen.items()):
                account = flexitime(session, job.id, until.date())
                if account is not None:
                    low, high = account.minus_grenze, account.plus_grenze
                    limits = " bis ".join([*([_hours(-abs(low))] if low is not None else ["offen"]),
                                           _hours(high) if high is not None else "offen"])
                    click.echo(f"{number:>10}  {_hours(account.saldo):>9}  Grenzen {limits}  {account.ampel}")


def _leave(group: click.Group, acting: Acting, who: Options, clear_words: Words) -> None:
    @group.command("leave")
    @who
    @click.option("--year", required=True, type=click.IntRange(2000, 2099))
    @stated.needs("time.read")
    def leave(tenant: str, actor: str, data: Path, year: int) -> None:
        """Nennt die Urlaubskonten eines Jahres: Anspruch, Übertrag, genommen, geplant, beantragt, frei."""
        from payroll.runs.zeiten.stock import load_stock
        from timekeeping.leave.account import accounts

        with clear_words(), acting(data, tenant, actor, "time.read") as session:
            stock = load_stock(session)
            numbers = {one.id: number for number, one in stock.personen.items()}
            found = accounts(session, stock, year, date.today())
            for job, one in sorted(found.items(), key=lambda pair: numbers[pair[0]]):
                claim = _days(one.konto.anspruch.summe) if one.konto is not None else one.fehler
                parts = " ".join(f"{name} {_days(value)}" for name, value in (
                    ("Übertrag", one.uebertrag), ("genommen", one.genommen), ("geplant", one.geplant),
                    ("beantragt", one.beantragt), ("frei", one.frei)))
                click.echo(f"{numbers[job]:>10}  Anspruch {claim} {parts}")


def _hours(minutes: int) -> str:
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"


def _days(days: Any) -> str:
    whole, rest = divmod(days * 100, 100)
    return f"{int(whole)},{int(rest):02d}".rstrip("0").rstrip(",")
