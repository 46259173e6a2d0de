"""``kreislohn payroll bonus|performance``: Jahressonderzahlung und Leistungsentgelt als Bezug eines Monats."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from tenants.commands import stated
from tenants.counting import counted

DIRECTORY = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]


class Euro(click.ParamType[int]):
    """Ein Betrag in Euro, als Cent."""

    name = "euro"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Cent eines Betrags mit höchstens zwei Nachkommastellen."""
        text = str(value).replace(",", ".")
        if isinstance(value, int):
            return value
        if not text.replace(".", "", 1).isdecimal() or len(text.partition(".")[2]) > 2:
            self.fail(f"{value!r} ist kein Betrag in Euro, zum Beispiel 1234,56")
        return int(Decimal(text) * 100)


def register(payroll: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    """Hängt die Befehle an die Gruppe payroll; acting öffnet die Sitzung für eine Person mit dem Recht."""
    _bonus(payroll, acting)
    _performance(payroll, acting, month)


def _bonus(payroll: click.Group, acting: Acting) -> None:
    @payroll.command("bonus")
    @click.option("--tenant", required=True, help="Nummer des Arbeitgebers.")
    @click.option("--year", type=click.IntRange(2024, 2099), required=True)
    @click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat.")
    @click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True)
    @stated.needs("person.write")
    def bonus(tenant: str, year: int, actor: str, data: Path) -> None:
        """Erfasst die Jahressonderzahlung aus den abgeschlossenen Monaten als Bezug des Novembers."""
        with acting(data, tenant, actor, "person.write") as session:
            from payroll.runs.sonderzahlung import record_yearly_bonus

            given = record_yearly_bonus(session, year)
            cents = sum(given.betraege.values())
            click.echo(f"Jahressonderzahlung {year}: {counted(len(given.betraege), 'Person', 'Personen')}, "
                       f"{_euro(cents)}")
            if given.offen:
                click.echo("Von Hand zu erfassen (kein abgeschlossener Bemessungsmonat oder keine Eingruppierung): "
                           + ", ".join(given.offen))


def _performance(payroll: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    @payroll.command("performance")
    @click.option("--tenant", required=True, help="Nummer des Arbeitgebers.")
    @click.option("--month", "wanted", type=month, required=True, help="Monat der Auszahlung.")
    @click.option("--carry", type=Euro(), default=0, help="Rest aus Vorjahren, Euro.")
    @click.option("--base", type=Euro(), default=0, help="Entgelte des Vorjahres aus einem Vorsystem, Euro.")
    @click.option("--shares", type=FILE, default=None, help="Punkte: Zeilen Personalnummer;Punkte. Ohne: gleich.")
    @click.option("--no-agreement", is_flag=True, help="Ohne Vereinbarung: 6 % des Tabellenentgelts im September.")
    @click.option("--record", is_flag=True, help="Erfasst die Anteile als Bezug des Monats; ohne wird nur gezeigt.")
    @click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat.")
    @click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True)
    @stated.needs("person.write")
    def performance(tenant: str, wanted: date, carry: int, base: int, shares: Path | None, no_agreement: bool,
                    record: bool, actor: str, data: Path) -> None:
        """Volumen des Leistungsentgelts aus den Entgelten des Vorjahres und seine Verteilung."""
        from payroll.runs import leistung

        with acting(data, tenant, actor, "person.write") as session:
            pot = leistung.volume(session, wanted.year, carry=carry, stated=base)
            points = None if shares is None else leistung.shares_of(shares.read_text("utf-8-sig").splitlines())
            if record:
                found = leistung.record_performance(session, wanted, pot, points, agreed=not no_agreement)
            else:
                found = (leistung.without_agreement(session, wanted) if no_agreement
                         else leistung.distribute(session, wanted, pot.betrag, points))
            rest = leistung.rest_of(pot, found)
        click.echo(f"Leistungsentgelt {pot.jahr}: Bemessung {_euro(pot.bemessung)} aus {pot.monate} abgeschlossenen "
                   f"Monaten, Volumen {_euro(pot.betrag)}, {counted(len(found), 'Person', 'Personen')}, Rest "
                   f"{_euro(rest)}"
                   f"{', erfasst' if record else ', nicht erfasst (--record)'}")
        for one in found:
            click.echo(f"  {one.personalnummer}: {_euro(one.betrag)}")


def _euro(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d} EUR"
