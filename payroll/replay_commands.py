"""``kreislohn replay …``: einen abgeschlossenen Lauf einpacken und auf einer anderen Maschine nachrechnen."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from payroll.empty_database import empty_database
from tenants.commands import stated
from tenants.counting import counted

if TYPE_CHECKING:
    from payroll.runs.replay import Replayed
    from tenants.security.masterkey import MasterKey

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW = click.Path(dir_okay=False, path_type=Path)
DIRECTORY = click.Path(file_okay=False, path_type=Path)
SHOWN = 50


def register(kreislohn: click.Group, acting: Callable[..., AbstractContextManager[Any]],
             month: click.ParamType[date]) -> None:
    """Hängt die Gruppe ``replay`` an; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit dem Recht."""
    group = click.Group("replay", help="Abgeschlossene Läufe einpacken und anderswo nachrechnen.")
    kreislohn.add_command(group)
    _pack(group, acting, month)
    _run(group)


def _pack(group: click.Group, acting: Callable[..., AbstractContextManager[Any]], month: click.ParamType[date]) -> None:
    @group.command("pack")
    @click.option("--tenant", required=True, help="Nummer des Arbeitgebers.")
    @click.option("--month", "wanted", type=month, required=True)
    @click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat.")
    @click.option("--out", type=NEW, required=True, help="Neue Datei.")
    @click.option("--key-file", type=NEW, required=True, help="Schlüsseldatei des Pakets; fehlt sie, entsteht sie.")
    @click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True)
    @stated.needs("audit.read")
    def pack(tenant: str, wanted: date, actor: str, out: Path, key_file: Path, data: Path) -> None:
        """Packt einen abgeschlossenen Lauf mit allem ein, was er wusste, und mit dem, was herauskam."""
        from payroll.runs.replay import pack_run
        from tenants.transfer import TransferError

        with acting(data, tenant, actor, "audit.read") as session:
            try:
                made = pack_run(session, wanted, out, _key(key_file, create=True))
            except TransferError as error:
                raise click.ClickException(str(error)) from error
            click.echo(f"{out}: {made.name}, {wanted:%m/%Y}, "
                       f"{counted(len(made.extra['ergebnisse']), 'Abrechnung', 'Abrechnungen')}, "
                       f"Hash {made.extra['lauf']['ergebnis_hash']}.")
            click.echo(f"Den Schlüssel ({key_file}) auf einem anderen Weg übergeben als das Paket.")


def _run(group: click.Group) -> None:
    @group.command("run")
    @click.argument("file", type=FILE)
    @click.option("--key-file", type=FILE, required=True, help="Schlüsseldatei des Pakets.")
    @stated.without_tenant("rechnet eine Packung in einer eigenen, leeren Datenbank nach")
    def run(file: Path, key_file: Path) -> None:
        """Rechnet ein Paket in einer leeren Datenbank nach, die danach verschwindet; Abweichung: Ende mit 1."""
        from payroll.runs.replay import replay
        from tenants.security.masterkey import MasterKey
        from tenants.transfer import TransferError

        key = _key(key_file, create=False)
        with empty_database() as dsns:
            try:
                done = replay(dsns, file, key, MasterKey(os.urandom(32)))
            except TransferError as error:
                raise click.ClickException(str(error)) from error
        for line in report(done):
            click.echo(line)
        sys.exit(0 if done.identical else 1)


def report(done: Replayed) -> Iterator[str]:
    """Was die Nachrechnung ergab, Zeile für Zeile; verschiedene Werte einzeln, höchstens 50."""
    head = (f"{done.manifest.name}, {done.month:%m/%Y}: {counted(done.count, 'Abrechnung', 'Abrechnungen')} "
            "nachgerechnet")
    if done.identical:
        yield f"{head}, Bit für Bit gleich (Hash {done.hash_here})."
        return
    yield f"{head}; Hash im Paket {done.run['ergebnis_hash']}, hier {done.hash_here}."
    if not done.same_rules:
        yield (f"Hier gelten andere Regeln oder Rechengrößen ({done.rules_here}) als damals ({done.run['regelwerk']}); "
               f"eingepackt hat Kreislohn {done.manifest.extra['programm']}.")
    for one in done.differences[:SHOWN]:
        yield f"  Personalnummer {one.personalnummer}, {one.name}: Paket {_euro(one.paket)}, hier {_euro(one.hier)}"
    if len(done.differences) > SHOWN:
        yield f"  … und {len(done.differences) - SHOWN} weitere Werte"
    if done.only_rules_differ:
        yield ("Andere Regeln, kein Betrag verschieden. Der Hash enthält den Stand der Regeln und kann deshalb nicht "
               "derselbe sein; ob Zeilentexte, Eingaben oder die Rückrechnung gleich sind, sagt er hier nicht.")
    elif not done.differences:
        yield "Alle Beträge sind gleich; verschieden sind Zeilentexte, Eingaben oder die Rückrechnung."


def _euro(cents: int | None) -> str:
    return "fehlt" if cents is None else f"{'-' * (cents < 0)}{abs(cents) // 100},{abs(cents) % 100:02d} €"


def _key(file: Path, *, create: bool) -> MasterKey:
    from tenants.security import masterkey

    try:
        return masterkey.ensure_file(file) if create else masterkey.from_file(file)
    except masterkey.MasterKeyError as error:
        raise click.ClickException(str(error)) from error
