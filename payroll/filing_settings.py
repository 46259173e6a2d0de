"""Befehle für Meldungen, die nicht aus einem Lauf kommen: eAU, Beginn einer Art, Zuwendungen an Dritte."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import click

from payroll.payment_options import a_day, clear_words, euros, who
from tenants.commands import stated

Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]


def register(group: click.Group, acting: Acting) -> None:
    """Hängt die Befehle an die Gruppe ``filings``."""
    _sick_notes(group, acting)
    _start(group, acting)
    _gifts(group, acting)


def _sick_notes(group: click.Group, acting: Acting) -> None:
    @group.command("sick-notes")
    @who
    @stated.needs("filing.send")
    def sick_notes(tenant: str, actor: str, data: Path) -> None:
        """Fordert die eAU aller Krankmeldungen an, die darauf warten; je Krankenkasse eine Meldung."""
        from payroll.filing_commands import tell
        from payroll.filings.meldungen import krankmeldung

        with clear_words(), acting(data, tenant, actor, "filing.send") as session:
            made = krankmeldung.request(session, date.today())
            for one in made.meldungen:
                tell(one.meldung, "neu")
            for words in made.zurueckgestellt:
                click.echo(f"  nicht angefordert: {words}")


def _start(group: click.Group, acting: Acting) -> None:
    @group.command("start")
    @click.option("--kind", type=click.Choice(("eel", "uv")), default=None, help="Ohne Angabe werden alle gezeigt.")
    @click.option("--from", "ab", callback=_a_day_if_given, default=None,
                  help="Erster Tag des ersten Monats (2026-01-01).")
    @click.option("--reason", default="", help="Grund: wie bis dahin gemeldet wurde.")
    @who
    @stated.needs("filing.send", "filing.read")
    def start(tenant: str, actor: str, data: Path, kind: str | None, ab: date | None, reason: str) -> None:
        """Zeigt oder legt fest, ab wann eine Art hier gemeldet wird, die vorher auf anderem Weg ging."""
        from payroll.filings.meldungen import meldebeginn

        with clear_words(), acting(data, tenant, actor, "filing.send" if kind else "filing.read") as session:
            if bool(kind) != bool(ab):
                raise click.UsageError("--kind und --from gehören zusammen: welche Art ab wann hier gemeldet wird.")
            if kind and ab:
                meldebeginn.record(session, kind, ab, reason=reason)
            held = meldebeginn.starts(session)
            for name, words in meldebeginn.ARTEN.items():
                click.echo(f"{words}: " + (f"ab {held[name]:%m/%Y}" if name in held
                                           else "ab dem ersten abgeschlossenen Monat"))


def _a_day_if_given(context: click.Context, parameter: click.Parameter, text: str | None) -> date | None:
    return a_day(context, parameter, text) if text else None


def _gifts(group: click.Group, acting: Acting) -> None:
    @group.command("gifts")
    @click.option("--month", "monat", callback=a_day, default=None, help="Monat der Anmeldung (2026-11-01).")
    @click.option("--occasion", default="", help="Anlass; leer: nur zeigen.")
    @click.option("--people", type=click.IntRange(1), default=1, show_default=True, help="Zahl der Empfänger.")
    @click.option("--cents", type=click.IntRange(0), default=0, help="Aufwendungen mit Umsatzsteuer in Cent.")
    @click.option("--cost-centre", default="", help="Kostenstelle der Steuern.")
    @click.option("--cancel", type=click.UUID, default=None, help="Kennung einer Zuwendung, die aufgehoben wird.")
    @click.option("--reason", default="", help="Grund der Aufhebung.")
    @who
    @stated.needs("filing.send", "filing.read")
    def gifts(tenant: str, actor: str, data: Path, monat: date, occasion: str, people: int, cents: int,
              cost_centre: str, cancel: uuid.UUID | None, reason: str) -> None:
        """Zeigt, erfasst oder hebt Zuwendungen an Dritte auf, die pauschal versteuert werden (§ 37b EStG)."""
        from payroll.postings import zuwendungen

        changing = bool(occasion or cancel)
        with clear_words(), acting(data, tenant, actor, "filing.send" if changing else "filing.read") as session:
            if occasion:
                zuwendungen.record(session, monat, today=date.today(), anlass=occasion, empfaenger=people, wert=cents,
                                   kostenstelle=cost_centre)
            if cancel:
                zuwendungen.cancel(session, cancel, grund=reason)
            for row in zuwendungen.listed(session):
                state = f"aufgehoben: {row.aufgehoben_grund}" if row.aufgehoben_von else "gilt"
                click.echo(f"{row.public_id}  {row.monat:%m/%Y}  {row.anlass}  {row.empfaenger} Empfänger  "
                           f"{euros(row.wert)} EUR  Steuern {euros(row.steuern)} EUR  {state}")
