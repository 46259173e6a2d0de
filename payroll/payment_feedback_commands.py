"""Befehle für Rückmeldungen der Bank: einlesen, Aufgaben, Folgeauftrag (Teil von ``kreislohn payments``)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from payroll.payment_options import a_day, clear_words, euros, who
from tenants.commands import stated
from tenants.counting import counted

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]


def add(group: click.Group, acting: Acting) -> None:
    """Hängt die Befehle an die Gruppe."""
    _report(group, acting)
    _tasks(group, acting)
    _follow_up(group, acting)
    _by_hand(group, acting)


def _report(group: click.Group, acting: Acting) -> None:
    @group.command("report")
    @click.argument("file", type=FILE)
    @who
    @stated.needs("posting.release")
    def report(tenant: str, actor: str, data: Path, file: Path) -> None:
        """Liest eine Rückmeldung der Bank (pain.002) ein; dieselbe noch einmal ändert nichts."""
        from payroll.filings.sepa import feedback

        with clear_words(), acting(data, tenant, actor, "posting.release") as session:
            found = feedback.take(session, file.read_bytes())
            new = counted(found.aufgaben, "Aufgabe", "Aufgaben") if found.neu else "war schon eingelesen"
            click.echo(f"{found.auftrag.msg_id}: {found.bericht.status or 'ohne Status der Datei'}, {new}")


def _tasks(group: click.Group, acting: Acting) -> None:
    @group.command("tasks")
    @click.option("--all", "everything", is_flag=True, help="Auch erledigte.")
    @who
    @stated.needs("posting.read")
    def tasks(tenant: str, actor: str, data: Path, everything: bool) -> None:
        """Nennt die Aufgaben aus den Rückmeldungen mit Grund und Abhilfe."""
        from payroll.filings.sepa import feedback

        with clear_words(), acting(data, tenant, actor, "posting.read") as session:
            for one in feedback.tasks(session, open_only=not everything):
                click.echo(_told(one))

    @group.command("settle")
    @click.argument("aufgabe", type=click.UUID)
    @click.option("--reason", required=True, help="Womit sie erledigt ist.")
    @who
    @stated.needs("filing.send")
    def settle(tenant: str, actor: str, data: Path, aufgabe: Any, reason: str) -> None:
        """Erledigt eine Aufgabe mit Begründung."""
        from payroll.filings.sepa import feedback

        with clear_words(), acting(data, tenant, actor, "filing.send") as session:
            row = feedback.settle(session, aufgabe, reason=reason)
            click.echo(f"Erledigt von {row.erledigt_von}: {row.begruendung}")

    @group.command("take-name")
    @click.argument("aufgabe", type=click.UUID)
    @click.option("--reason", required=True, help="Womit die Person den Namen belegt hat.")
    @who
    @stated.needs("person.write")
    def take_name(tenant: str, actor: str, data: Path, aufgabe: Any, reason: str) -> None:
        """Übernimmt den Namen der Bank (Empfängerprüfung) als Inhaber des Kontos und erledigt die Aufgabe."""
        from payroll.filings.sepa import followup

        with clear_words(), acting(data, tenant, actor, "person.write") as session:
            name = followup.take_name(session, aufgabe, valid_from=date.today(), reason=reason)
            click.echo(f"Übernommen: {name}")


def _told(one: Any) -> str:
    """Eine Aufgabe in einer Zeile."""
    paid = one.zahlung
    where = f"{paid.personalnummer} {paid.empfaenger} {euros(paid.betrag)} EUR" if paid else "ganze Datei"
    why = "; ".join(f"{reason.code} {reason.text}" for reason in one.gruende) or one.status.text
    name = f"; Name der Bank: {one.name}" if one.name else ""
    done = f"; erledigt: {one.meldung.begruendung}" if one.meldung.erledigt_am else ""
    return (f"{one.meldung.public_id}  {one.auftrag.msg_id}  {where}: {one.meldung.status} {why}{name}. "
            f"Abhilfe: {one.abhilfe}{done}")


def _follow_up(group: click.Group, acting: Acting) -> None:
    @group.command("follow-up")
    @click.argument("msg_id")
    @click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
    @who
    @stated.needs("filing.send")
    def follow_up(tenant: str, actor: str, data: Path, msg_id: str, reason: str) -> None:
        """Erstellt einen Auftrag nur mit abgelehnten und nicht überwiesenen Zahlungen, an das heute bekannte Konto."""
        from payroll.filings.sepa import followup, reading

        with clear_words(), acting(data, tenant, actor, "filing.send") as session:
            order = reading.by_message(session, msg_id)
            made = followup.create(session, order.public_id, reason=reason, today=date.today(), now=datetime.now(UTC))
            row = made.auftrag
            click.echo(f"{row.msg_id}: {counted(row.anzahl, 'Zahlung', 'Zahlungen')}, {euros(row.summe)} EUR, SHA-256 "
                       f"{row.sha256.hex()}")
            for hint in made.hinweise:
                click.echo(f"  {hint}")


def _by_hand(group: click.Group, acting: Acting) -> None:
    @group.command("by-hand")
    @click.argument("msg_id")
    @click.option("--payment", "positions", type=click.IntRange(1), multiple=True, required=True,
                  help="Nummer der Zahlung im Auftrag, wie „payments show“ sie nennt; mehrmals möglich.")
    @click.option("--day", "day", callback=a_day, default=None, help="Tag der Zahlung (2026-06-30), ohne Angabe heute.")
    @click.option("--note", required=True, help="Beleg, zum Beispiel die Nummer der Quittung.")
    @who
    @stated.needs("filing.send")
    def paid_by_hand(tenant: str, actor: str, data: Path, msg_id: str, positions: tuple[int, ...], day: date,
                     note: str) -> None:
        """Hält fest, was bar oder von Hand gezahlt ist; danach steht es in keinem Folgeauftrag mehr."""
        from payroll.filings.sepa import by_hand, reading

        with clear_words(), acting(data, tenant, actor, "filing.send") as session:
            order = reading.by_message(session, msg_id)
            held = {one.position: one.public_id for one in reading.payments_of(session, order)}
            if unknown := sorted(set(positions) - set(held)):
                raise click.ClickException(f"Eine Zahlung mit der Nummer {unknown[0]} hat dieser Auftrag nicht; "
                                           "„payments show“ nennt sie.")
            made = by_hand.record(session, order.public_id, [held[one] for one in positions], day=day, note=note,
                                  today=date.today(), now=datetime.now(UTC))
            row = made.auftrag
            click.echo(f"{row.msg_id}: {counted(row.liste_anzahl, 'Zahlung', 'Zahlungen')}, {euros(row.liste_summe)} "
                       "EUR, SHA-256 "
                       f"{row.sha256.hex()}. Freigeben muss eine zweite Person.")
